package org.pellucid.onnx;

import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.op.Where;

/** Functions of one tensor, element by element, that are made of others. */
final class ComposedFunctions {
  private ComposedFunctions() {}

  static void register(Operators.Registry registry) {
    registry.add("Shrink", 1, 1, ComposedFunctions::shrink);
    registry.add("Sinh", 1, 1, node -> hyperbolic(node, new Binary.Sub()));
    registry.add("Cosh", 1, 1, node -> hyperbolic(node, new Binary.Add()));
    registry.add("Tan", 1, 1, ComposedFunctions::tangent);
    registry.add("Asin", 1, 1, node -> node.output(new Unary.Atan(), angle(node)));
    registry.add("Acos", 1, 1, ComposedFunctions::arcCosine);
    registry.add("Asinh", 1, 1, ComposedFunctions::inverseSine);
    registry.add("Acosh", 1, 1, ComposedFunctions::inverseCosine);
    registry.add("Atanh", 1, 1, ComposedFunctions::inverseTangent);
    registry.add("IsNaN", 1, 1, ComposedFunctions::isNan);
    registry.add("IsInf", 1, 1, ComposedFunctions::isInfinite);
  }

  private static String number(NodeTranslation node, String suffix, double value) {
    return node.number(suffix, value, node.type(0).elementType());
  }

  /** Zero near zero; beyond, the distance to the bias. */
  private static void shrink(NodeTranslation node) {
    double bound = node.attributes().real("lambd", 0.5f);
    double bias = node.attributes().real("bias", 0);
    String x = node.input(0);
    String below = node.helper("below", new Binary.Less(), x, number(node, "low", -bound));
    String above = node.helper("above", new Binary.Greater(), x, number(node, "high", bound));
    String lower = node.helper("lower", new Unary.Affine(1, bias), x);
    String upper = node.helper("upper", new Unary.Affine(1, -bias), x);
    String right = node.helper("right", new Where(), above, upper, number(node, "zero", 0));
    node.output(new Where(), below, lower, right);
  }

  /** (e^x - e^-x) / 2, or their sum. */
  private static void hyperbolic(NodeTranslation node, Binary operation) {
    String growing = node.helper("growing", new Unary.Exp(), node.input(0));
    String negated = node.helper("negated", new Unary.Neg(), node.input(0));
    String falling = node.helper("falling", new Unary.Exp(), negated);
    node.output(new Unary.Affine(0.5, 0), node.helper("both", operation, growing, falling));
  }

  private static void tangent(NodeTranslation node) {
    String sine = node.helper("sine", new Unary.Sin(), node.input(0));
    node.output(new Binary.Div(), sine, node.helper("cosine", new Unary.Cos(), node.input(0)));
  }

  /** The tangent of the angle whose sine is x: x / sqrt((1 - x) (1 + x)). */
  private static String angle(NodeTranslation node) {
    String x = node.input(0);
    String below = node.helper("below", new Unary.Affine(-1, 1), x);
    String above = node.helper("above", new Unary.Affine(1, 1), x);
    String square = node.helper("square", new Binary.Mul(), below, above);
    return node.helper(
        "tangent", new Binary.Div(), x, node.helper("root", new Unary.Sqrt(), square));
  }

  /** pi / 2 - asin(x). */
  private static void arcCosine(NodeTranslation node) {
    String sine = node.helper("sine", new Unary.Atan(), angle(node));
    node.output(new Unary.Affine(-1, Math.PI / 2), sine);
  }

  /** sign(x) log(|x| + sqrt(x^2 + 1)): in the magnitude, so that nothing cancels. */
  private static void inverseSine(NodeTranslation node) {
    String magnitude = node.helper("magnitude", new Unary.Abs(), node.input(0));
    String sign = node.helper("sign", new Unary.Sign(), node.input(0));
    node.output(new Binary.Mul(), sign, logarithm(node, magnitude, 1));
  }

  /** log(x + sqrt(x^2 - 1)). */
  private static void inverseCosine(NodeTranslation node) {
    node.output(new Unary.Identity(), logarithm(node, node.input(0), -1));
  }

  private static String logarithm(NodeTranslation node, String x, double offset) {
    String square = node.helper("square", new Binary.Mul(), x, x);
    String shifted = node.helper("shifted", new Unary.Affine(1, offset), square);
    String root = node.helper("root", new Unary.Sqrt(), shifted);
    return node.helper("log", new Unary.Log(), node.helper("sum", new Binary.Add(), x, root));
  }

  /** (log(1 + x) - log(1 - x)) / 2. */
  private static void inverseTangent(NodeTranslation node) {
    String above = node.helper("above", new Unary.Affine(1, 1), node.input(0));
    String below = node.helper("below", new Unary.Affine(-1, 1), node.input(0));
    String difference =
        node.helper(
            "difference",
            new Binary.Sub(),
            node.helper("log-above", new Unary.Log(), above),
            node.helper("log-below", new Unary.Log(), below));
    node.output(new Unary.Affine(0.5, 0), difference);
  }

  /** What is not a number is not equal to itself. */
  private static void isNan(NodeTranslation node) {
    String same = node.helper("same", new Binary.Equal(), node.input(0), node.input(0));
    node.output(new Unary.Not(), same);
  }

  private static void isInfinite(NodeTranslation node) {
    boolean negative = node.attributes().flag("detect_negative", true);
    boolean positive = node.attributes().flag("detect_positive", true);
    String x = node.input(0);
    if (negative && positive) {
      x = node.helper("magnitude", new Unary.Abs(), x);
    }
    double infinity = positive ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    if (negative || positive) {
      node.output(new Binary.Equal(), x, number(node, "infinity", infinity));
    } else {
      node.output(new Binary.Less(), x, x);
    }
  }
}
