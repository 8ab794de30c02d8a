package org.pellucid.onnx;

import java.util.Arrays;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

/**
 * Numbers stored as narrow integers, (x - zero point) times scale: for all elements, for each index
 * of an axis, or for blocks along it.
 */
final class QuantizationOperators {
  private QuantizationOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("DequantizeLinear", 2, 3, QuantizationOperators::dequantize);
    registry.add("QuantizeLinear", 2, 3, QuantizationOperators::quantize);
  }

  private static void dequantize(NodeTranslation node) {
    QuantizedNumbers numbers = new QuantizedNumbers(node, "");
    String scale = spread(node, 1, "scale");
    String zero = node.has(2) ? spread(node, 2, "zero") : null;
    String known = numbers.known(0, scale, zero);
    if (known != null) {
      node.output(new Unary.Identity(), known);
    } else {
      node.output(new Binary.Mul(), numbers.shifted(0, zero, "of"), scale);
    }
  }

  /**
   * What is known now becomes integers. What depends on the model's input data becomes whole
   * numbers in its own floating type, rounded with the straight-through gradient: 1 within the
   * range of the integers, 0 beyond.
   */
  private static void quantize(NodeTranslation node) {
    boolean known = node.isConstant(0) && node.isConstant(1);
    OnnxDataType type = type(node);
    double low = type.lowest();
    double high = type.highest();
    String scaled =
        node.helper("scaled", new Binary.Div(), node.input(0), spread(node, 1, "scale"));
    String rounded =
        node.helper(
            "rounded", known ? new Unary.Round() : new Unary.RoundStraightThrough(), scaled);
    if (node.has(2)) {
      String zero = node.helper("point", new Cast(ElementType.FLOAT32), spread(node, 2, "zero"));
      rounded = node.helper("shifted", new Binary.Add(), rounded, zero);
    }
    if (known) {
      String kept = node.helper("clipped", new Unary.Clip(low, high), rounded);
      node.output(new Cast(ElementType.INT64), kept);
    } else {
      node.output(new Unary.Clip(low, high), rounded);
    }
    node.noteDataType(0, type);
  }

  private static OnnxDataType type(NodeTranslation node) {
    int code = node.attributes().whole("output_dtype", 0);
    OnnxDataType type =
        code != 0 ? OnnxDataType.of(code) : node.has(2) ? node.dataType(2) : OnnxDataType.UINT8;
    boolean narrow = type != null && type.element() == ElementType.INT64 && type.bits() <= 16;
    if (!narrow) {
      throw new RefusedNodeException(
          "it makes elements of another type than integers of 4, 8 or 16 bits");
    }
    return type;
  }

  /** Scales or zero points in a shape that broadcasts to the input's. */
  private static String spread(NodeTranslation node, int input, String suffix) {
    Shape shape = node.shape(0);
    Shape own = node.shape(input);
    if (own.size() == 1 && own.rank() <= 1) {
      return node.helper(suffix, new Reshape(Shape.of()), node.input(input));
    }
    int axis = shape.axis(node.attributes().whole("axis", 1));
    int block = node.attributes().whole("block_size", 0);
    if (block < 0 || block == 0 && !own.equals(Shape.of(shape.dim(axis)))) {
      throw misfit(shape, own, suffix);
    }
    if (block == 0) {
      int[] dims = new int[shape.rank()];
      Arrays.fill(dims, 1);
      dims[axis] = shape.dim(axis);
      return node.helper(suffix, new Reshape(Shape.of(dims)), node.input(input));
    }
    int length = shape.dim(axis);
    int blocks = (int) (((long) length + block - 1) / block);
    if (own.rank() != shape.rank() || !own.equals(shape.with(axis, blocks))) {
      throw misfit(shape, own, suffix);
    }
    node.takeRoom(length);
    long[] places = new long[length];
    Arrays.setAll(places, i -> i / block);
    String table = node.constant(suffix + "-places", Tensor.of(Shape.of(length), places));
    return node.helper(suffix, new Gather(axis), node.input(input), table);
  }

  private static IllegalArgumentException misfit(Shape shape, Shape own, String suffix) {
    return new IllegalArgumentException(
        "its " + suffix + " of shape " + own + " does not fit its input " + shape);
  }
}
