package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.op.Where;

/** The largest elements, and indices as marks in a row of places. */
final class SelectionOperators {
  /** Each of the largest elements takes some nodes of the graph. */
  private static final int MOST_CHOSEN = 64;

  private SelectionOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("TopK", 1, 2, SelectionOperators::largest);
    registry.add("Hardmax", 1, 1, SelectionOperators::hardmax);
    registry.add("OneHot", 3, 3, SelectionOperators::oneHot);
  }

  /** 0, 1, 2, ... along an axis. */
  private static String positions(NodeTranslation node, int rank, int axis, int length) {
    node.takeRoom(length);
    int[] dims = new int[rank];
    Arrays.fill(dims, 1);
    dims[axis] = length;
    return node.constant(
        "positions", Tensor.of(Shape.of(dims), LongStream.range(0, length).toArray()));
  }

  /** One after the other: the largest, the largest of the others, and so on. */
  private static void largest(NodeTranslation node) {
    Shape shape = node.shape(0);
    int axis = shape.axis(node.attributes().whole("axis", -1));
    int count = node.opset() < 10 ? node.attributes().whole("k") : (int) node.number(1, "k");
    if (count < 1 || count > shape.dim(axis)) {
      throw new IllegalArgumentException(count + " elements of axis " + axis + " of " + shape);
    }
    if (count > MOST_CHOSEN) {
      throw new RefusedNodeException(
          "it takes " + count + " elements; up to " + MOST_CHOSEN + " are supported");
    }
    ElementType type = node.type(0).elementType();
    String positions = positions(node, shape.rank(), axis, shape.dim(axis));
    String zero = node.number("zero", 0, type);
    String taken =
        type.isFloating()
            ? node.number("taken", Double.NEGATIVE_INFINITY, type)
            : node.constant("taken", Tensor.scalar(Long.MIN_VALUE));
    boolean smallest = node.opset() >= 11 && !node.attributes().flag("largest", true);
    String rest = smallest ? node.helper("negated", new Unary.Neg(), node.input(0)) : node.input(0);
    List<String> values = new ArrayList<>();
    List<String> indices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String index = node.helper("index", new ArgMax(axis, true, false), rest);
      String hit = node.helper("hit", new Binary.Equal(), positions, index);
      String alone = node.helper("alone", new Where(), hit, node.input(0), zero);
      values.add(node.helper("value", new Reduce.ReduceSum(List.of(axis), true), alone));
      indices.add(index);
      if (i + 1 < count) {
        rest = node.helper("rest", new Where(), hit, taken, rest);
      }
    }
    node.output(0, new Concat(axis), values);
    if (node.outputCount() > 1) {
      node.output(1, new Concat(axis), indices);
    }
  }

  /** One where the largest element is, the first of equals; before opset 13, of all later axes. */
  private static void hardmax(NodeTranslation node) {
    Shape shape = node.shape(0);
    ElementType type = node.type(0).elementType();
    String one = node.number("one", 1, type);
    String zero = node.number("zero", 0, type);
    if (node.opset() >= 13) {
      int axis = shape.axis(node.attributes().whole("axis", -1));
      node.output(new Where(), first(node, node.input(0), axis), one, zero);
      return;
    }
    int axis = node.attributes().whole("axis", 1);
    axis = axis == shape.rank() ? axis : shape.axis(axis);
    Shape matrix =
        Shape.of(
            Math.toIntExact(shape.sizeOf(0, axis)),
            Math.toIntExact(shape.sizeOf(axis, shape.rank())));
    String flat = node.helper("flat", new Reshape(matrix), node.input(0));
    String marks = node.helper("marks", new Where(), first(node, flat, 1), one, zero);
    node.output(new Reshape(shape), marks);
  }

  private static String first(NodeTranslation node, String x, int axis) {
    Shape shape = node.shape(x);
    String index = node.helper("index", new ArgMax(axis, true, false), x);
    String positions = positions(node, shape.rank(), axis, shape.dim(axis));
    return node.helper("largest", new Binary.Equal(), positions, index);
  }

  /** For each index a row that holds one value at that place, and another elsewhere. */
  private static void oneHot(NodeTranslation node) {
    Shape indices = node.shape(0);
    int depth = Attributes.clamped((long) node.number(1, "depth"));
    int rank = indices.rank() + 1;
    int asked = node.attributes().whole("axis", -1);
    int axis = asked < 0 ? asked + rank : asked;
    if (axis < 0 || axis >= rank || depth < 1 || node.shape(2).size() != 2) {
      throw new IllegalArgumentException(
          "axis " + asked + ", depth " + depth + " and values " + node.shape(2) + " do not fit");
    }
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = i == axis ? 1 : indices.dim(i < axis ? i : i - 1);
    }
    String index = node.input(0);
    if (node.type(0).elementType() != ElementType.INT64) {
      index = node.helper("whole", new Cast(ElementType.INT64), index);
    }
    index = node.helper("index", new Reshape(Shape.of(dims)), index);
    String length = node.constant("depth", Tensor.scalar((long) depth));
    String none = node.constant("zero", Tensor.scalar(0L));
    String negative = node.helper("negative", new Binary.Less(), index, none);
    String moved = node.helper("moved", new Binary.Add(), index, length);
    String place = node.helper("place", new Where(), negative, moved, index);
    String marks =
        node.helper("marks", new Binary.Equal(), positions(node, rank, axis, depth), place);
    node.output(new Where(), marks, value(node, 1, "on"), value(node, 0, "off"));
  }

  private static String value(NodeTranslation node, int place, String suffix) {
    return node.helper(suffix, new Slice(List.of(place), List.of(1), List.of(1)), node.input(2));
  }
}
