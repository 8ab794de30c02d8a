package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Expand;

/** Operators whose result is known when the model is read. */
final class ConstantOperators {
  private static final int MOST_ELEMENTS = 1 << 20;

  private ConstantOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("Constant", 0, 0, ConstantOperators::constant);
    registry.add("ConstantOfShape", 1, 1, ConstantOperators::constantOfShape);
    registry.add("Shape", 1, 1, ConstantOperators::shape);
    registry.add("Size", 1, 1, node -> node.output(Tensor.scalar(node.shape(0).size())));
    registry.add("Range", 3, 3, ConstantOperators::range);
    registry.add("NonZero", 1, 1, ConstantOperators::nonZero);
    registry.add("If", 1, 1, ConstantOperators::choose);
  }

  /** Only the branch that a constant condition chooses is translated. */
  private static void choose(NodeTranslation node) {
    node.branch(node.number(0, "condition") != 0 ? "then_branch" : "else_branch");
  }

  private static void constant(NodeTranslation node) {
    if (node.attributes().get("value") instanceof OnnxAttribute.Dense dense) {
      Tensor value = node.load(dense.value());
      node.output(value, OnnxDataType.of(dense.value().dataType()));
    } else {
      node.output(value(node));
    }
  }

  private static Tensor value(NodeTranslation node) {
    if (node.attributes().get("value_float") instanceof OnnxAttribute.Real real) {
      return Tensor.scalar(real.value());
    }
    if (node.attributes().get("value_int") instanceof OnnxAttribute.Whole whole) {
      return Tensor.scalar(whole.value());
    }
    if (node.attributes().get("value_floats") instanceof OnnxAttribute.Reals reals) {
      float[] elements = new float[reals.values().size()];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = reals.values().get(i);
      }
      return Tensor.of(Shape.of(elements.length), elements);
    }
    if (node.attributes().get("value_ints") instanceof OnnxAttribute.Wholes wholes) {
      long[] elements = wholes.values().stream().mapToLong(Long::longValue).toArray();
      return Tensor.of(Shape.of(elements.length), elements);
    }
    throw new RefusedNodeException("it has no value that is a tensor, float, int or list of these");
  }

  private static void constantOfShape(NodeTranslation node) {
    Tensor value = Tensor.scalar(0f);
    if (node.attributes().get("value") instanceof OnnxAttribute.Dense dense) {
      value = node.load(dense.value());
      if (value.size() != 1) {
        throw new IllegalArgumentException("attribute value should be one number, found " + value);
      }
    }
    Shape shape = ShapeOperators.shapeOf(node.wholes(0, "shape"));
    String single = node.constant("value", value.reshape(Shape.of()));
    node.output(new Expand(shape), single);
  }

  /** From opset 15 on the axes from start to end only, both clamped. */
  private static void shape(NodeTranslation node) {
    Shape shape = node.shape(0);
    int rank = shape.rank();
    int start = node.opset() < 15 ? 0 : node.attributes().whole("start", 0);
    int end = node.opset() < 15 ? rank : node.attributes().whole("end", rank);
    start = Math.max(0, Math.min(rank, start < 0 ? start + rank : start));
    end = Math.max(start, Math.min(rank, end < 0 ? end + rank : end));
    long[] dims = Arrays.stream(shape.dims(), start, end).asLongStream().toArray();
    node.output(Tensor.of(Shape.of(dims.length), dims));
  }

  private static void range(NodeTranslation node) {
    double start = node.number(0, "start");
    double limit = node.number(1, "limit");
    double delta = node.number(2, "delta");
    double count = Math.max(0, Math.ceil((limit - start) / delta));
    if (!(count <= MOST_ELEMENTS)) {
      throw new IllegalArgumentException(
          "a range from " + start + " to " + limit + " in steps of " + delta + " is too long");
    }
    double[] elements = new double[(int) count];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = start + i * delta;
    }
    node.output(Tensor.of(Shape.of(elements.length), elements).cast(node.type(0).elementType()));
  }

  /** Indices of the elements that are not zero, one column each, as [rank, count]. */
  private static void nonZero(NodeTranslation node) {
    Tensor value = node.constant(0, "input");
    if (value.size() > MOST_ELEMENTS) {
      throw new RefusedNodeException("its input has " + value.size() + " elements");
    }
    int[] found = new int[value.size()];
    int count = 0;
    for (int i = 0; i < found.length; i++) {
      if (value.get(i) != 0) {
        found[count++] = i;
      }
    }
    int rank = Math.max(1, value.shape().rank());
    long[] indices = new long[rank * count];
    List<Integer> dims =
        value.shape().rank() == 0
            ? List.of(1)
            : Arrays.stream(value.shape().dims()).boxed().toList();
    for (int column = 0; column < count; column++) {
      int rest = found[column];
      for (int axis = rank - 1; axis >= 0; axis--) {
        indices[axis * count + column] = rest % dims.get(axis);
        rest /= dims.get(axis);
      }
    }
    node.output(Tensor.of(Shape.of(rank, count), indices));
  }
}
