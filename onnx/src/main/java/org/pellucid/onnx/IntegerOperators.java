package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.op.Where;

/**
 * Operators that compute in narrow integers, as quantised models have them. They become the same
 * operations on the numbers that the integers stand for, with the rounding in between, through
 * which gradients pass as if nothing were rounded ({@link QuantizedNumbers}).
 */
final class IntegerOperators {
  /** Steps stand under the numbers that are meant, which are the layer to look at. */
  private static final String STEPS = "dequantized/";

  private IntegerOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("QLinearConv", 8, 9, IntegerOperators::convolveQuantized);
    registry.add("QLinearMatMul", 8, 8, IntegerOperators::multiplyQuantized);
    registry.add("ConvInteger", 2, 4, IntegerOperators::convolve);
    registry.add("MatMulInteger", 2, 4, IntegerOperators::multiply);
    registry.add("DynamicQuantizeLinear", 1, 1, IntegerOperators::quantizeByRange);
  }

  /**
   * Inputs x, weight, output each with scale and zero point, and a bias in steps of the scales of x
   * and weight.
   */
  private static void convolveQuantized(NodeTranslation node) {
    Conv conv = LinearOperators.conv(node, 3);
    QuantizedNumbers numbers = new QuantizedNumbers(node, STEPS);
    String x =
        numbers.dequantized(
            0, scalar(node, numbers, 1, "x-scale"), scalar(node, numbers, 2, "x-zero"), "x");
    Shape perMap = perMap(node.shape(3));
    String w =
        numbers.dequantized(
            3,
            each(node, numbers, 4, perMap, "weight-scale"),
            each(node, numbers, 5, perMap, "weight-zero"),
            "weight");
    String mixed;
    if (node.has(8)) {
      Shape maps = Shape.of(perMap.dim(0));
      String steps =
          numbers.step(
              "bias-scale",
              new Binary.Mul(),
              scalar(node, numbers, 1, "bias-scale-x"),
              each(node, numbers, 4, maps, "bias-scale-weight"));
      String bias = numbers.step("bias", new Binary.Mul(), numbers.floating(8, "sums"), steps);
      mixed = numbers.step("conv", conv, x, w, bias);
    } else {
      mixed = numbers.step("conv", conv, x, w);
    }
    String scale = scalar(node, numbers, 6, "y-scale");
    numbers.quantize(mixed, scale, 7, scalar(node, numbers, 7, "y-zero"));
  }

  /** Rows of the first input and of the output, and columns of the second, may have scales each. */
  private static void multiplyQuantized(NodeTranslation node) {
    QuantizedNumbers numbers = new QuantizedNumbers(node, STEPS);
    String a =
        numbers.dequantized(
            0, rows(node, numbers, 1, "a-scale"), rows(node, numbers, 2, "a-zero"), "a");
    String b =
        numbers.dequantized(
            3, columns(node, numbers, 4, "b-scale"), columns(node, numbers, 5, "b-zero"), "b");
    String product = numbers.step("product", new MatMul(), a, b);
    String scale = rows(node, numbers, 6, "y-scale");
    numbers.quantize(product, scale, 7, rows(node, numbers, 7, "y-zero"));
  }

  private static void convolve(NodeTranslation node) {
    Conv conv = LinearOperators.conv(node, 1);
    QuantizedNumbers numbers = new QuantizedNumbers(node, "");
    Shape perMap = perMap(node.shape(1));
    String x = numbers.shifted(0, node.has(2) ? scalar(node, numbers, 2, "x-zero") : null, "x");
    String w =
        numbers.shifted(
            1, node.has(3) ? each(node, numbers, 3, perMap, "weight-zero") : null, "weight");
    node.output(conv, x, w);
    node.noteDataType(0, OnnxDataType.INT32);
  }

  private static void multiply(NodeTranslation node) {
    QuantizedNumbers numbers = new QuantizedNumbers(node, "");
    String a = numbers.shifted(0, node.has(2) ? rows(node, numbers, 2, "a-zero") : null, "a");
    String b = numbers.shifted(1, node.has(3) ? columns(node, numbers, 3, "b-zero") : null, "b");
    node.output(new MatMul(), a, b);
    node.noteDataType(0, OnnxDataType.INT32);
  }

  /** The shape [M, 1, 1...] of a number for each map that a weight makes. */
  private static Shape perMap(Shape weight) {
    int[] dims = new int[weight.rank()];
    Arrays.fill(dims, 1);
    dims[0] = weight.dim(0);
    return Shape.of(dims);
  }

  private static String scalar(
      NodeTranslation node, QuantizedNumbers numbers, int input, String suffix) {
    if (node.shape(input).size() != 1) {
      throw new IllegalArgumentException(
          "input " + input + " should be a single number, found " + node.shape(input));
    }
    return numbers.shaped(input, Shape.of(), suffix);
  }

  /** A single number, or as many as a shape has elements. */
  private static String each(
      NodeTranslation node, QuantizedNumbers numbers, int input, Shape shape, String suffix) {
    Shape own = node.shape(input);
    if (own.rank() > 1 || own.size() != 1 && own.size() != shape.size()) {
      throw new IllegalArgumentException(
          "input " + input + " should be 1 or " + shape.size() + " numbers, found " + own);
    }
    // A bias needs as many as it has elements.
    boolean single = own.size() == 1 && shape.rank() > 1;
    return numbers.shaped(input, single || own.rank() == 0 ? Shape.of() : shape, suffix);
  }

  /** A number, one for each row as a vector, or what broadcasts to the matrices. */
  private static String rows(
      NodeTranslation node, QuantizedNumbers numbers, int input, String suffix) {
    Shape own = node.shape(input);
    if (own.size() == 1) {
      return numbers.shaped(input, Shape.of(), suffix);
    }
    return own.rank() == 1
        ? numbers.shaped(input, Shape.of(own.dim(0), 1), suffix)
        : node.input(input);
  }

  private static String columns(
      NodeTranslation node, QuantizedNumbers numbers, int input, String suffix) {
    return node.shape(input).size() == 1
        ? numbers.shaped(input, Shape.of(), suffix)
        : node.input(input);
  }

  /**
   * To 0..255, with the scale and zero point of the range of x and 0. Where x is nothing but zeros
   * the scale is 1, as in ONNX Runtime; the specification divides zero by zero.
   */
  private static void quantizeByRange(NodeTranslation node) {
    String x = node.input(0);
    ElementType type = node.type(0).elementType();
    Shape shape = node.shape(0);
    String zero = node.number("zero", 0, type);
    String least = x;
    String most = x;
    if (shape.rank() > 0) {
      List<Integer> axes = IntStream.range(0, shape.rank()).boxed().toList();
      least = node.helper("least", new Reduce.ReduceMin(axes, false), x);
      most = node.helper("most", new Reduce.ReduceMax(axes, false), x);
    }
    String low = node.helper("low", new Binary.Min(), least, zero);
    String high = node.helper("high", new Binary.Max(), most, zero);
    String range = node.helper("range", new Binary.Sub(), high, low);
    String none = node.helper("none", new Binary.Equal(), range, zero);
    String step = node.helper("step", new Binary.Div(), range, node.number("steps", 255, type));
    String scale = node.helper("scale", new Where(), none, node.number("one", 1, type), step);
    String offset = node.helper("offset", new Binary.Div(), low, scale);
    String turned = node.helper("turned", new Unary.Neg(), offset);
    String point =
        node.helper(
            "point", new Unary.Clip(0, 255), node.helper("near", new Unary.Round(), turned));

    String scaled = node.helper("scaled", new Binary.Div(), x, scale);
    String rounded = node.helper("rounded", new Unary.RoundStraightThrough(), scaled);
    String shifted = node.helper("shifted", new Binary.Add(), rounded, point);
    node.output(new Unary.Clip(0, 255), shifted);
    node.noteDataType(0, OnnxDataType.UINT8);
    if (node.outputCount() > 1) {
      node.output(1, new Unary.Identity(), List.of(scale));
    }
    if (node.outputCount() > 2) {
      node.output(2, new Unary.Identity(), List.of(point));
      node.noteDataType(2, OnnxDataType.UINT8);
    }
  }
}
