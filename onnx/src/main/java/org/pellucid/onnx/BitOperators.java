package org.pellucid.onnx;

import java.util.function.LongBinaryOperator;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Operators on the bits of integers, which are known when the model is read: no gradient passes
 * them, and what depends on the data of an image has none.
 */
final class BitOperators {
  private BitOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("BitwiseAnd", 2, 2, node -> each(node, (a, b) -> a & b));
    registry.add("BitwiseOr", 2, 2, node -> each(node, (a, b) -> a | b));
    registry.add("BitwiseXor", 2, 2, node -> each(node, (a, b) -> a ^ b));
    registry.add("BitwiseNot", 1, 1, BitOperators::not);
    registry.add("BitShift", 2, 2, BitOperators::shift);
  }

  private static long[] known(NodeTranslation node, int input) {
    if (node.type(input).elementType() != ElementType.INT64) {
      throw new IllegalArgumentException(
          "input " + input + " is " + node.type(input) + ", not integers");
    }
    if (!node.isConstant(input)) {
      throw new RefusedNodeException(
          "it works on the bits of integers that depend on the model's input data");
    }
    return node.constant(input, "integers").toLongArray();
  }

  private static OnnxDataType type(NodeTranslation node) {
    OnnxDataType type = node.dataType(0);
    return type == null ? OnnxDataType.INT64 : type;
  }

  private static void not(NodeTranslation node) {
    long[] bits = known(node, 0);
    node.takeRoom(bits.length);
    OnnxDataType type = type(node);
    for (int i = 0; i < bits.length; i++) {
      bits[i] = type.wrap(~bits[i]);
    }
    node.output(Tensor.of(node.shape(0), bits), type);
  }

  private static void each(NodeTranslation node, LongBinaryOperator operation) {
    long[] left = known(node, 0);
    long[] right = known(node, 1);
    Shape shape = Shape.broadcast(node.shape(0), node.shape(1));
    node.takeRoom(shape.size());
    int[] strides = shape.strides();
    long[] results = new long[Math.toIntExact(shape.size())];
    OnnxDataType type = type(node);
    for (int i = 0; i < results.length; i++) {
      long a = left[place(i, shape, strides, node.shape(0))];
      long b = right[place(i, shape, strides, node.shape(1))];
      results[i] = type.wrap(operation.applyAsLong(a, b));
    }
    node.output(Tensor.of(shape, results), type);
  }

  /** Where the element stands in a tensor that is broadcast to a shape. */
  private static int place(int at, Shape shape, int[] strides, Shape from) {
    int missing = shape.rank() - from.rank();
    int[] own = from.strides();
    int place = 0;
    for (int axis = 0; axis < from.rank(); axis++) {
      int index = at / strides[axis + missing] % shape.dim(axis + missing);
      place += from.dim(axis) == 1 ? 0 : index * own[axis];
    }
    return place;
  }

  /** By as many bits as there are or more, or by fewer than none, only the sign stays. */
  private static void shift(NodeTranslation node) {
    OnnxDataType type = type(node);
    boolean signed = type.lowest() < 0;
    String direction = node.attributes().text("direction", "");
    switch (direction) {
      case "LEFT" -> each(node, (x, by) -> by < 0 || by >= type.bits() ? 0 : x << by);
      case "RIGHT" ->
          each(
              node,
              (x, by) -> {
                if (by < 0 || by >= type.bits()) {
                  return signed && x < 0 ? -1 : 0;
                }
                return signed ? x >> by : x >>> by;
              });
      default ->
          throw new IllegalArgumentException(
              "attribute direction should be LEFT or RIGHT, found " + direction);
    }
  }
}
