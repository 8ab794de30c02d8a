package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Unary;

/** Operators that take tensors apart and put them together. */
final class IndexingOperators {
  private IndexingOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("Concat", 1, Integer.MAX_VALUE, IndexingOperators::concat);
    registry.add("Split", 1, 2, IndexingOperators::split);
    registry.add("Slice", 1, 5, IndexingOperators::slice);
    registry.add("Gather", 2, 2, IndexingOperators::gather);
    registry.add("GatherElements", 2, 2, GatherOperators::elements);
    registry.add("GatherND", 2, 2, GatherOperators::slices);
    registry.add("Scatter", 3, 3, ScatterOperators::elements);
    registry.add("ScatterElements", 3, 3, ScatterOperators::elements);
    registry.add("ScatterND", 3, 3, ScatterOperators::slices);
    registry.add("GridSample", 2, 2, GridSampleOperator::translate);
    registry.add("RoiAlign", 3, 3, RoiAlignOperator::translate);
    registry.add("Pad", 1, 4, IndexingOperators::pad);
  }

  private static void concat(NodeTranslation node) {
    int axis = node.shape(0).axis(node.attributes().whole("axis"));
    node.output(0, new Concat(axis), node.inputs());
  }

  /** Where every element is picked in its place, as strided views are written, nothing is. */
  private static void gather(NodeTranslation node) {
    Shape from = node.shape(0);
    int axis = from.axis(node.attributes().whole("axis", 0));
    Gather gather = new Gather(axis);
    if (node.isConstant(1) && inPlace(node.constant(1, "indices"), from.dim(axis))) {
      Shape to = gather.infer(List.of(node.type(0), node.type(1))).shape();
      node.output(new Reshape(to), node.input(0));
    } else {
      node.output(gather, node.input(0), node.input(1));
    }
  }

  private static boolean inPlace(Tensor indices, int length) {
    return indices.size() == length
        && !indices.elementType().isFloating()
        && IntStream.range(0, length).allMatch(i -> indices.get(i) == i);
  }

  private static void split(NodeTranslation node) {
    Shape from = node.shape(0);
    int axis = from.axis(node.attributes().whole("axis", 0));
    int length = from.dim(axis);
    List<Integer> sizes = splitSizes(node, length);
    if (sizes.size() != node.outputCount()
        || sizes.stream().anyMatch(size -> size < 0)
        || sizes.stream().mapToLong(Integer::longValue).sum() != length) {
      throw new IllegalArgumentException(
          "parts of "
              + sizes
              + " do not fit a length of "
              + length
              + " and "
              + node.outputCount()
              + " outputs");
    }
    int start = 0;
    for (int part = 0; part < sizes.size(); part++) {
      List<Integer> starts = new ArrayList<>(Collections.nCopies(from.rank(), 0));
      List<Integer> dims = new ArrayList<>(IntStream.of(from.dims()).boxed().toList());
      starts.set(axis, start);
      dims.set(axis, sizes.get(part));
      List<Integer> steps = Collections.nCopies(from.rank(), 1);
      node.output(part, new Slice(starts, dims, steps), List.of(node.input(0)));
      start += sizes.get(part);
    }
  }

  /** As given; otherwise equal parts, of which from opset 18 on the last may be smaller. */
  private static List<Integer> splitSizes(NodeTranslation node, int length) {
    if (node.opset() >= 13 && node.has(1)) {
      return node.wholes(1, "list of parts");
    }
    if (node.opset() < 13 && node.attributes().has("split")) {
      return node.attributes().wholes("split");
    }
    int parts = node.outputCount();
    if (node.opset() >= 18 && node.attributes().whole("num_outputs", parts) != parts) {
      throw new IllegalArgumentException(
          "attribute num_outputs does not agree with its " + parts + " outputs");
    }
    int size = (length + parts - 1) / parts;
    List<Integer> sizes = new ArrayList<>(Collections.nCopies(parts, size));
    int last = length - size * (parts - 1);
    if (last != size && node.opset() < 18 || last < 0) {
      throw new IllegalArgumentException(
          "a length of " + length + " has no " + parts + " equal parts");
    }
    sizes.set(parts - 1, last);
    return sizes;
  }

  private static void slice(NodeTranslation node) {
    boolean inputs = node.opset() >= 10;
    List<Integer> starts =
        inputs ? node.wholes(1, "list of starts") : node.attributes().wholes("starts");
    List<Integer> ends = inputs ? node.wholes(2, "list of ends") : node.attributes().wholes("ends");
    if (starts == null || ends == null) {
      throw new IllegalArgumentException("it has no starts or no ends");
    }
    List<Integer> axes = null;
    if (inputs && node.has(3)) {
      axes = node.wholes(3, "list of axes");
    } else if (!inputs) {
      axes = node.attributes().wholes("axes");
    }
    if (axes == null) {
      axes = IntStream.range(0, starts.size()).boxed().toList();
    }
    List<Integer> steps =
        inputs && node.has(4)
            ? node.wholes(4, "list of steps")
            : Collections.nCopies(starts.size(), 1);
    if (ends.size() != starts.size()
        || axes.size() != starts.size()
        || steps.size() != starts.size()) {
      throw new IllegalArgumentException("starts, ends, axes and steps are not equally many");
    }
    Shape from = node.shape(0);
    ShapeOperators.normalized(axes, from.rank());
    Part part = new Part(from);
    for (int i = 0; i < starts.size(); i++) {
      part.restrict(from.axis(axes.get(i)), starts.get(i), ends.get(i), steps.get(i));
    }
    node.output(part.slice(), node.input(0));
  }

  /** A strided part of a shape, everything at first. */
  private static final class Part {
    private final Shape shape;
    private final List<Integer> starts;
    private final List<Integer> sizes;
    private final List<Integer> steps;

    Part(Shape shape) {
      this.shape = shape;
      this.starts = new ArrayList<>(Collections.nCopies(shape.rank(), 0));
      this.sizes = new ArrayList<>(IntStream.of(shape.dims()).boxed().toList());
      this.steps = new ArrayList<>(Collections.nCopies(shape.rank(), 1));
    }

    /** Restricts an axis by the rule of NumPy: negative ends count from behind, all are clamped. */
    void restrict(int axis, int start, int end, int step) {
      if (step == 0) {
        throw new IllegalArgumentException("a step is 0");
      }
      long length = shape.dim(axis);
      long first = start < 0 ? start + length : start;
      long last = end < 0 ? end + length : end;
      long size;
      if (step > 0) {
        first = Math.max(0, Math.min(length, first));
        last = Math.max(0, Math.min(length, last));
        size = Math.floorDiv(last - first + step - 1, (long) step);
      } else {
        first = Math.max(-1, Math.min(length - 1, first));
        last = Math.max(-1, Math.min(length - 1, last));
        size = Math.floorDiv(first - last - step - 1, -(long) step);
      }
      size = Math.max(0, size);
      starts.set(axis, size == 0 ? 0 : (int) first);
      sizes.set(axis, (int) size);
      steps.set(axis, size <= 1 ? 1 : step);
    }

    Slice slice() {
      return new Slice(starts, sizes, steps);
    }
  }

  /** Counts per axis at both ends; negative ones take elements away. */
  private static void pad(NodeTranslation node) {
    Shape from = node.shape(0);
    int rank = from.rank();
    List<Integer> pads =
        node.opset() >= 11 ? node.wholes(1, "padding") : node.attributes().wholes("pads");
    List<Integer> axes =
        node.opset() >= 18 && node.has(3)
            ? node.wholes(3, "list of axes").stream().map(from::axis).toList()
            : IntStream.range(0, rank).boxed().toList();
    ShapeOperators.normalized(axes, rank);
    if (pads == null || pads.size() != 2 * axes.size()) {
      throw new IllegalArgumentException(
          "padding " + pads + " should be two numbers for each of " + axes.size() + " axes");
    }
    List<Integer> before = new ArrayList<>(Collections.nCopies(rank, 0));
    List<Integer> after = new ArrayList<>(Collections.nCopies(rank, 0));
    Part cropped = new Part(from);
    boolean crops = false;
    for (int i = 0; i < axes.size(); i++) {
      int axis = axes.get(i);
      int first = pads.get(i);
      int last = pads.get(i + axes.size());
      before.set(axis, Math.max(0, first));
      after.set(axis, Math.max(0, last));
      if (first < 0 || last < 0) {
        crops = true;
        long length = (long) from.dim(axis) + Math.min(0, first) + Math.min(0, last);
        if (length < 0) {
          throw new IllegalArgumentException("padding " + pads + " takes more than there is");
        }
        int start = -Math.min(0, first);
        cropped.restrict(axis, start, (int) (start + length), 1);
      }
    }
    boolean adds = before.stream().anyMatch(n -> n > 0) || after.stream().anyMatch(n -> n > 0);
    if (adds && node.attributes().text("mode", "constant").equals("wrap")) {
      String x = crops ? node.helper("cropped", cropped.slice(), node.input(0)) : node.input(0);
      wrap(node, x, before, after);
      return;
    }
    Pad pad = new Pad(before, after, mode(node), fill(node));
    if (!crops) {
      node.output(adds ? pad : new Unary.Identity(), node.input(0));
    } else if (!adds) {
      node.output(cropped.slice(), node.input(0));
    } else {
      node.output(pad, node.helper("cropped", cropped.slice(), node.input(0)));
    }
  }

  /** As if the tensor stood again before and after itself along each axis. */
  private static void wrap(
      NodeTranslation node, String x, List<Integer> before, List<Integer> after) {
    Shape from = node.shape(x);
    String wrapped = x;
    for (int axis = 0; axis < from.rank(); axis++) {
      int length = from.dim(axis);
      int first = before.get(axis);
      long size = (long) first + length + after.get(axis);
      if (size == length) {
        continue;
      }
      if (length == 0) {
        throw new IllegalArgumentException("axis " + axis + " of " + from + " has nothing to wrap");
      }
      node.takeRoom(size);
      long[] places = new long[Math.toIntExact(size)];
      Arrays.setAll(places, i -> Math.floorMod(i - first, length));
      String table = node.constant("places-" + axis, Tensor.of(Shape.of(places.length), places));
      wrapped = node.helper("axis-" + axis, new Gather(axis), wrapped, table);
    }
    node.output(new Unary.Identity(), wrapped);
  }

  private static Pad.Mode mode(NodeTranslation node) {
    String mode = node.attributes().text("mode", "constant");
    return switch (mode) {
      case "constant" -> Pad.Mode.CONSTANT;
      case "reflect" -> Pad.Mode.REFLECT;
      case "edge" -> Pad.Mode.EDGE;
      default -> throw new RefusedNodeException("mode " + mode + " is not supported");
    };
  }

  private static double fill(NodeTranslation node) {
    if (node.opset() >= 11) {
      return node.has(2) ? node.number(2, "value") : 0;
    }
    return node.attributes().real("value", 0);
  }
}
