package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Transpose;

/** Operators that keep or repeat the elements and change the shape. */
final class ShapeOperators {
  private ShapeOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("Reshape", 2, 2, ShapeOperators::reshape);
    registry.add("Flatten", 1, 1, ShapeOperators::flatten);
    registry.add("Squeeze", 1, 2, ShapeOperators::squeeze);
    registry.add("Unsqueeze", 1, 2, ShapeOperators::unsqueeze);
    registry.add("Transpose", 1, 1, ShapeOperators::transpose);
    registry.add("Expand", 2, 2, ShapeOperators::expand);
    registry.add("Tile", 2, 2, ShapeOperators::tile);
    registry.add("DepthToSpace", 1, 1, ShapeOperators::depthToSpace);
    registry.add("SpaceToDepth", 1, 1, ShapeOperators::spaceToDepth);
    registry.add("CenterCropPad", 2, 2, ShapeOperators::centre);
  }

  /** A shape from numbers that a file gives. */
  static Shape shapeOf(List<Integer> dims) {
    return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Axes as numbers from 0, ascending. */
  static List<Integer> normalized(List<Integer> axes, int rank) {
    TreeSet<Integer> sorted = new TreeSet<>();
    for (int axis : axes) {
      if (axis < -rank || axis >= rank || !sorted.add(axis < 0 ? axis + rank : axis)) {
        throw new IllegalArgumentException("axes " + axes + " do not fit a rank of " + rank);
      }
    }
    return List.copyOf(sorted);
  }

  /** Axes from an attribute, or from an input since the given opset; null if there are none. */
  static List<Integer> axes(NodeTranslation node, int inputSince) {
    if (node.opset() >= inputSince) {
      return node.has(1) ? node.wholes(1, "list of axes") : null;
    }
    return node.attributes().wholes("axes");
  }

  private static void reshape(NodeTranslation node) {
    Shape from = node.shape(0);
    List<Integer> asked = node.wholes(1, "shape");
    boolean zeroCopies = !(node.opset() >= 14 && node.attributes().flag("allowzero", false));
    int[] dims = new int[asked.size()];
    int open = -1;
    long known = 1;
    for (int i = 0; i < dims.length; i++) {
      dims[i] = asked.get(i);
      if (dims[i] == 0 && zeroCopies) {
        if (i >= from.rank()) {
          throw new IllegalArgumentException(
              "shape " + asked + " copies an axis that is not there");
        }
        dims[i] = from.dim(i);
      }
      if (dims[i] == -1 && open < 0) {
        open = i;
      } else if (dims[i] < 0) {
        throw new IllegalArgumentException("shape " + asked + " is impossible");
      } else {
        known = Math.multiplyExact(known, (long) dims[i]);
      }
    }
    if (open >= 0) {
      if (known == 0 || from.size() % known != 0) {
        throw new IllegalArgumentException("shape " + asked + " does not fit " + from);
      }
      dims[open] = Math.toIntExact(from.size() / known);
    }
    node.output(new Reshape(Shape.of(dims)), node.input(0));
  }

  private static void flatten(NodeTranslation node) {
    Shape from = node.shape(0);
    int axis = node.attributes().whole("axis", 1);
    int split = axis < 0 ? axis + from.rank() : axis;
    if (split < 0 || split > from.rank()) {
      throw new IllegalArgumentException("axis " + axis + " is not one of " + from);
    }
    Shape to =
        Shape.of(
            Math.toIntExact(from.sizeOf(0, split)),
            Math.toIntExact(from.sizeOf(split, from.rank())));
    node.output(new Reshape(to), node.input(0));
  }

  private static void squeeze(NodeTranslation node) {
    Shape from = node.shape(0);
    List<Integer> axes = axes(node, 13);
    List<Integer> dropped =
        axes != null
            ? normalized(axes, from.rank())
            : IntStream.range(0, from.rank()).filter(i -> from.dim(i) == 1).boxed().toList();
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < from.rank(); i++) {
      if (!dropped.contains(i)) {
        dims.add(from.dim(i));
      } else if (from.dim(i) != 1) {
        throw new IllegalArgumentException("axis " + i + " of " + from + " is not of length 1");
      }
    }
    node.output(new Reshape(shapeOf(dims)), node.input(0));
  }

  private static void unsqueeze(NodeTranslation node) {
    Shape from = node.shape(0);
    List<Integer> axes = axes(node, 13);
    if (axes == null) {
      throw new IllegalArgumentException("it does not say which axes to insert");
    }
    List<Integer> inserted = normalized(axes, from.rank() + axes.size());
    List<Integer> dims = new ArrayList<>(Arrays.stream(from.dims()).boxed().toList());
    inserted.forEach(axis -> dims.add(axis, 1));
    node.output(new Reshape(shapeOf(dims)), node.input(0));
  }

  private static void transpose(NodeTranslation node) {
    List<Integer> permutation = node.attributes().wholes("perm");
    int rank = node.shape(0).rank();
    if (permutation == null) {
      permutation = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
      Collections.reverse(permutation);
    } else if (permutation.size() != rank || normalized(permutation, rank).size() != rank) {
      throw new IllegalArgumentException(
          "attribute perm should name each axis of " + node.shape(0) + " once");
    }
    List<Integer> positive =
        permutation.stream().map(axis -> axis < 0 ? axis + rank : axis).toList();
    node.output(new Transpose(positive), node.input(0));
  }

  /** The shape asked for may itself be narrower than the input: both broadcast to each other. */
  private static void expand(NodeTranslation node) {
    Shape asked = shapeOf(node.wholes(1, "shape"));
    node.output(new Expand(Shape.broadcast(node.shape(0), asked)), node.input(0));
  }

  private static void tile(NodeTranslation node) {
    List<Integer> repeats = node.wholes(1, "list of repeats");
    if (repeats.size() != node.shape(0).rank()) {
      throw new IllegalArgumentException("repeats " + repeats + " do not fit " + node.shape(0));
    }
    node.output(new Tile(repeats), node.input(0));
  }

  /** The block length, known to be at least 1. */
  private static int block(NodeTranslation node) {
    int block = node.attributes().whole("blocksize");
    if (block < 1 || block > 1 << 12 || node.shape(0).rank() != 4) {
      throw new IllegalArgumentException(
          "attribute blocksize should be positive and the input of rank 4");
    }
    return block;
  }

  /** Whether blocks are outermost in the channels: mode DCR rather than CRD. */
  private static boolean blocksFirst(NodeTranslation node, int since) {
    String mode = node.opset() < since ? "DCR" : node.attributes().text("mode", "DCR");
    if (!mode.equals("DCR") && !mode.equals("CRD")) {
      throw new IllegalArgumentException("attribute mode should be DCR or CRD, found " + mode);
    }
    return mode.equals("DCR");
  }

  private static void depthToSpace(NodeTranslation node) {
    int block = block(node);
    int[] from = node.shape(0).dims();
    if (from[1] % (block * block) != 0) {
      throw new IllegalArgumentException(
          from[1] + " channels are no multiple of the square of blocksize " + block);
    }
    int channels = from[1] / (block * block);
    boolean blocksFirst = blocksFirst(node, 11);
    Shape parts =
        blocksFirst
            ? Shape.of(from[0], block, block, channels, from[2], from[3])
            : Shape.of(from[0], channels, block, block, from[2], from[3]);
    String split = node.helper("blocks", new Reshape(parts), node.input(0));
    List<Integer> order = blocksFirst ? List.of(0, 3, 4, 1, 5, 2) : List.of(0, 1, 4, 2, 5, 3);
    String moved = node.helper("moved", new Transpose(order), split);
    Shape to =
        Shape.of(
            from[0],
            channels,
            Math.multiplyExact(from[2], block),
            Math.multiplyExact(from[3], block));
    node.output(new Reshape(to), moved);
  }

  private static void spaceToDepth(NodeTranslation node) {
    int block = block(node);
    int[] from = node.shape(0).dims();
    if (from[2] % block != 0 || from[3] % block != 0) {
      throw new IllegalArgumentException(
          "height and width of " + node.shape(0) + " are no multiples of blocksize " + block);
    }
    Shape parts = Shape.of(from[0], from[1], from[2] / block, block, from[3] / block, block);
    String split = node.helper("blocks", new Reshape(parts), node.input(0));
    List<Integer> order =
        blocksFirst(node, 28) ? List.of(0, 3, 5, 1, 2, 4) : List.of(0, 1, 3, 5, 2, 4);
    String moved = node.helper("moved", new Transpose(order), split);
    Shape to =
        Shape.of(
            from[0], Math.multiplyExact(from[1], block * block), from[2] / block, from[3] / block);
    node.output(new Reshape(to), moved);
  }

  /** Each axis cut, or filled up with zeros, about its middle; of odd differences less at first. */
  private static void centre(NodeTranslation node) {
    Shape shape = node.shape(0);
    int rank = shape.rank();
    List<Integer> lengths = node.wholes(1, "shape");
    List<Integer> given = node.attributes().wholes("axes");
    List<Integer> axes =
        given == null
            ? IntStream.range(0, rank).boxed().toList()
            : given.stream().map(shape::axis).toList();
    if (axes.size() != lengths.size() || lengths.stream().anyMatch(length -> length < 0)) {
      throw new IllegalArgumentException("lengths " + lengths + " do not fit the axes " + axes);
    }
    Integer[] starts = new Integer[rank];
    Integer[] sizes = new Integer[rank];
    Integer[] before = new Integer[rank];
    Integer[] after = new Integer[rank];
    for (int axis = 0; axis < rank; axis++) {
      int place = axes.indexOf(axis);
      int wanted = place < 0 ? shape.dim(axis) : lengths.get(place);
      int more = Math.max(0, wanted - shape.dim(axis));
      sizes[axis] = Math.min(wanted, shape.dim(axis));
      starts[axis] = (shape.dim(axis) - sizes[axis]) / 2;
      before[axis] = more / 2;
      after[axis] = more - more / 2;
    }
    Slice cut = new Slice(List.of(starts), List.of(sizes), Collections.nCopies(rank, 1));
    String kept = node.helper("kept", cut, node.input(0));
    node.output(new Pad(List.of(before), List.of(after), Pad.Mode.CONSTANT, 0), kept);
  }
}
