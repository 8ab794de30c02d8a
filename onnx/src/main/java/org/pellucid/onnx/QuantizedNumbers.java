package org.pellucid.onnx;

import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

/**
 * A node's narrow integers and the numbers that they stand for, (q - zero point) times scale.
 * Integers that depend on the model's input data are whole numbers in a floating type.
 */
final class QuantizedNumbers {
  private final NodeTranslation node;
  private final String prefix;

  /**
   * Of a node.
   *
   * @param prefix stands before the names of steps
   */
  QuantizedNumbers(NodeTranslation node, String prefix) {
    this.node = node;
    this.prefix = prefix;
  }

  /**
   * Numbers that are known for a tensor of integers without computing them back from it.
   *
   * @param numbers the tensor of the numbers
   * @param scale a single number
   * @param zero a single number
   */
  record Known(String numbers, String scale, String zero) {}

  /** A step on the way; returns the name of what it makes. */
  String step(String suffix, Operation operation, String... inputs) {
    return node.helper(prefix + suffix, operation, inputs);
  }

  /** An input in another shape of as many elements. */
  String shaped(int input, Shape shape, String suffix) {
    return node.shape(input).equals(shape)
        ? node.input(input)
        : step(suffix, new Reshape(shape), node.input(input));
  }

  /** An input's integers as floats. */
  String floating(int input, String suffix) {
    requireIntegers(input);
    return floating(node.input(input), suffix);
  }

  private String floating(String tensor, String suffix) {
    return node.type(tensor).elementType().isFloating()
        ? tensor
        : step(suffix, new Cast(ElementType.FLOAT32), tensor);
  }

  /**
   * An input's integers less a zero point, as floats.
   *
   * @param zero in a shape that broadcasts to the input's; null where it is 0
   */
  String shifted(int input, String zero, String suffix) {
    requireIntegers(input);
    String integers = node.input(input);
    if (zero != null && !isZero(zero)) {
      ElementType type = node.type(integers).elementType();
      String alike =
          node.type(zero).elementType() == type
              ? zero
              : step(suffix + "-point", new Cast(type), zero);
      integers = step(suffix + "-shifted", new Binary.Sub(), integers, alike);
    }
    return floating(integers, suffix + "-numbers");
  }

  /**
   * The numbers that an input's integers stand for.
   *
   * @param scale in a shape that broadcasts to the input's
   * @param zero likewise; null where it is 0
   */
  String dequantized(int input, String scale, String zero, String suffix) {
    String known = known(input, scale, zero);
    return known != null
        ? known
        : step(suffix, new Binary.Mul(), shifted(input, zero, suffix), scale);
  }

  /**
   * The numbers of an input's integers if they are known for this scale and zero point, or null.
   */
  String known(int input, String scale, String zero) {
    Known known = node.knownNumbers(input);
    boolean meant =
        known != null
            && same(known.scale(), scale)
            && (zero == null ? isZero(known.zero()) : same(known.zero(), zero));
    return meant ? known.numbers() : null;
  }

  /**
   * Makes the node's output: numbers over scale, rounded, plus zero point, within the type's range.
   * The rounding's derivative is taken as 1.
   *
   * @param zeroInput the input whose type is the output's
   */
  void quantize(String numbers, String scale, int zeroInput, String zero) {
    OnnxDataType type = node.dataType(zeroInput);
    if (type != OnnxDataType.INT8 && type != OnnxDataType.UINT8) {
      throw new RefusedNodeException(
          "its output is of "
              + (type == null ? "an unknown type" : type.label())
              + ", not int8 or uint8");
    }
    double low = type.lowest();
    double high = type.highest();
    String scaled = step("scaled", new Binary.Div(), numbers, scale);
    String rounded = step("rounded", new Unary.RoundStraightThrough(), scaled);
    String point = floating(zero, "y-point");
    if (!node.isConstant(point) || node.shape(point).size() != 1 || node.shape(scale).size() != 1) {
      node.output(new Unary.Clip(low, high), step("moved", new Binary.Add(), rounded, point));
    } else {
      // The numbers come from before the zero point: it moves what is rounded, not what it means.
      double offset = node.constant(point).get(0);
      String kept = step("kept", new Unary.Clip(low - offset, high - offset), rounded);
      node.output(new Binary.Add(), kept, point);
      String meant = node.helper("dequantized", new Binary.Mul(), kept, scale);
      node.noteNumbers(0, new Known(meant, scale, point));
    }
    node.noteDataType(0, type);
  }

  private void requireIntegers(int input) {
    if (node.type(input).elementType() == ElementType.BOOL) {
      throw new IllegalArgumentException(
          "input " + input + " is " + node.type(input) + ", not integers");
    }
  }

  private boolean isZero(String tensor) {
    return node.isConstant(tensor)
        && node.shape(tensor).size() == 1
        && node.constant(tensor).get(0) == 0;
  }

  /** Whether two tensors of one number each are the same, whatever their shapes and types. */
  private boolean same(String one, String other) {
    if (one.equals(other)) {
      return true;
    }
    if (!node.isConstant(one) || !node.isConstant(other)) {
      return false;
    }
    Tensor a = node.constant(one);
    Tensor b = node.constant(other);
    return a.size() == 1 && b.size() == 1 && a.get(0) == b.get(0);
  }
}
