package org.pellucid.onnx;

import org.pellucid.graph.ElementType;
import org.pellucid.graph.op.Unary;

/** Operations on one tensor, element by element. */
final class ActivationEncoders {
  private ActivationEncoders() {}

  static void register(Encoders.Registry registry) {
    registry.simple(Unary.Identity.class, "Identity");
    registry.simple(Unary.Sigmoid.class, "Sigmoid");
    registry.simple(Unary.Softplus.class, "Softplus");
    registry.simple(Unary.Softsign.class, "Softsign");
    registry.simple(Unary.Tanh.class, "Tanh");
    registry.simple(Unary.Erf.class, "Erf");
    registry.simple(Unary.Exp.class, "Exp");
    registry.simple(Unary.Log.class, "Log");
    registry.simple(Unary.Sqrt.class, "Sqrt");
    registry.simple(Unary.Reciprocal.class, "Reciprocal");
    registry.simple(Unary.Neg.class, "Neg");
    registry.simple(Unary.Abs.class, "Abs");
    registry.simple(Unary.Sign.class, "Sign");
    registry.simple(Unary.Sin.class, "Sin");
    registry.simple(Unary.Cos.class, "Cos");
    registry.simple(Unary.Atan.class, "Atan");
    registry.simple(Unary.Not.class, "Not");
    registry.add(Unary.Floor.class, (floor, node) -> rounding("Floor", node));
    registry.add(Unary.Ceil.class, (ceil, node) -> rounding("Ceil", node));
    registry.add(Unary.Round.class, (round, node) -> rounding("Round", node));
    registry.simple(Unary.RoundStraightThrough.class, "Round");
    registry.add(Unary.Relu.class, ActivationEncoders::relu);
    registry.add(Unary.Affine.class, ActivationEncoders::affine);
    registry.add(
        Unary.LeakyRelu.class,
        (leaky, node) ->
            node.output(OnnxCall.of("LeakyRelu").with("alpha", leaky.alpha()), node.input(0)));
    registry.add(
        Unary.Elu.class,
        (elu, node) -> node.output(OnnxCall.of("Elu").with("alpha", elu.alpha()), node.input(0)));
    registry.add(
        Unary.Selu.class,
        (selu, node) ->
            node.output(
                OnnxCall.of("Selu").with("alpha", selu.alpha()).with("gamma", selu.gamma()),
                node.input(0)));
    registry.add(Unary.Celu.class, ActivationEncoders::celu);
    registry.add(
        Unary.ThresholdedRelu.class,
        (relu, node) ->
            node.output(OnnxCall.of("ThresholdedRelu").with("alpha", relu.alpha()), node.input(0)));
    registry.add(
        Unary.HardSigmoid.class,
        (sigmoid, node) ->
            node.output(hardSigmoid(sigmoid.alpha(), sigmoid.beta()), node.input(0)));
    registry.add(Unary.HardSwish.class, ActivationEncoders::hardSwish);
    registry.add(Unary.Swish.class, ActivationEncoders::swish);
    registry.add(Unary.Mish.class, ActivationEncoders::mish);
    registry.add(Unary.Gelu.class, ActivationEncoders::gelu);
    registry.add(Unary.Clip.class, ActivationEncoders::clip);
  }

  /** ONNX rounds floating numbers only; integers are round. */
  private static void rounding(String operator, NodeEncoding node) {
    node.output(node.isFloating() ? operator : "Identity", node.input(0));
  }

  /** Of integers the larger of them and 0, which all versions and engines have. */
  private static void relu(Unary.Relu relu, NodeEncoding node) {
    if (node.isFloating()) {
      node.output("Relu", node.input(0));
    } else {
      node.output("Max", node.input(0), node.number("zero", 0));
    }
  }

  /** Factors that change nothing are left out. */
  private static void affine(Unary.Affine affine, NodeEncoding node) {
    String x = node.input(0);
    boolean scaled = affine.scale() != 1;
    if (affine.offset() == 0) {
      if (scaled) {
        node.output("Mul", x, node.number("scale", affine.scale()));
      } else {
        node.output("Identity", x);
      }
      return;
    }
    String product =
        scaled ? node.helper("scaled", "Mul", x, node.number("scale", affine.scale())) : x;
    node.output("Add", product, node.number("offset", affine.offset()));
  }

  /** ONNX defines Celu for float32 only. */
  private static void celu(Unary.Celu celu, NodeEncoding node) {
    String x = node.input(0);
    if (node.type().elementType() == ElementType.FLOAT32) {
      node.output(OnnxCall.of("Celu").with("alpha", celu.alpha()), x);
      return;
    }
    String alpha = node.number("alpha", celu.alpha());
    String positive = node.helper("positive", "Relu", x);
    String scaled = node.helper("scaled", "Div", x, alpha);
    String curve = node.helper("curve", "Elu", scaled);
    String negative =
        node.helper(
            "negative",
            "Min",
            node.helper("unscaled", "Mul", curve, alpha),
            node.number("zero", 0));
    node.output("Add", positive, negative);
  }

  private static OnnxCall hardSigmoid(double alpha, double beta) {
    return OnnxCall.of("HardSigmoid").with("alpha", alpha).with("beta", beta);
  }

  private static void hardSwish(Unary.HardSwish swish, NodeEncoding node) {
    String x = node.input(0);
    if (node.opset() >= 14) {
      node.output("HardSwish", x);
    } else {
      node.output("Mul", x, node.helper("gate", hardSigmoid(1 / 6.0, 0.5), x));
    }
  }

  /** Also where ONNX has it in one piece (opset 24): engines know this form, and few that one. */
  private static void swish(Unary.Swish swish, NodeEncoding node) {
    String x = node.input(0);
    String scaled =
        swish.alpha() == 1
            ? x
            : node.helper("scaled", "Mul", x, node.number("alpha", swish.alpha()));
    node.output("Mul", x, node.helper("gate", "Sigmoid", scaled));
  }

  private static void mish(Unary.Mish mish, NodeEncoding node) {
    String x = node.input(0);
    if (node.opset() >= 18) {
      node.output("Mish", x);
    } else {
      node.output("Mul", x, node.helper("gate", "Tanh", node.helper("softplus", "Softplus", x)));
    }
  }

  private static void gelu(Unary.Gelu gelu, NodeEncoding node) {
    String x = node.input(0);
    if (node.opset() >= 20) {
      node.output(OnnxCall.of("Gelu").with("approximate", gelu.tanh() ? "tanh" : "none"), x);
      return;
    }
    String curve;
    if (gelu.tanh()) {
      String cube = node.helper("cube", "Mul", x, node.helper("square", "Mul", x, x));
      String small = node.helper("small", "Mul", cube, node.number("coefficient", 0.044715));
      String inner =
          node.helper(
              "inner",
              "Mul",
              node.helper("sum", "Add", x, small),
              node.number("factor", Math.sqrt(2 / Math.PI)));
      curve = node.helper("tanh", "Tanh", inner);
    } else {
      String scaled = node.helper("scaled", "Div", x, node.number("root", Math.sqrt(2)));
      curve = node.helper("erf", "Erf", scaled);
    }
    String twice = node.helper("twice", "Add", curve, node.number("one", 1));
    String product = node.helper("product", "Mul", x, twice);
    node.output("Mul", product, node.number("half", 0.5));
  }

  /** Bounds that do not bind are left out. */
  private static void clip(Unary.Clip clip, NodeEncoding node) {
    boolean lower = clip.min() != Double.NEGATIVE_INFINITY;
    boolean upper = clip.max() != Double.POSITIVE_INFINITY;
    if (!lower && !upper) {
      node.output("Identity", node.input(0));
      return;
    }
    double min = node.isFloating() ? clip.min() : Math.ceil(clip.min());
    double max = node.isFloating() ? clip.max() : Math.floor(clip.max());
    String low = lower ? node.number("min", min) : "";
    if (upper) {
      node.output("Clip", node.input(0), low, node.number("max", max));
    } else {
      node.output("Clip", node.input(0), low);
    }
  }
}
