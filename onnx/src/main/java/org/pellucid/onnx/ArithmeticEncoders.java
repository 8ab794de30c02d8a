package org.pellucid.onnx;

import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Where;

/** Arithmetic, comparison and logic on two tensors, with broadcasting; choices and casts. */
final class ArithmeticEncoders {
  private ArithmeticEncoders() {}

  static void register(Encoders.Registry registry) {
    registry.simple(Binary.Add.class, "Add");
    registry.simple(Binary.Sub.class, "Sub");
    registry.simple(Binary.Mul.class, "Mul");
    registry.simple(Binary.Div.class, "Div");
    registry.simple(Binary.Pow.class, "Pow");
    registry.simple(Binary.Min.class, "Min");
    registry.simple(Binary.Max.class, "Max");
    registry.simple(Binary.Equal.class, "Equal");
    registry.simple(Binary.Less.class, "Less");
    registry.simple(Binary.LessOrEqual.class, "LessOrEqual");
    registry.simple(Binary.Greater.class, "Greater");
    registry.simple(Binary.GreaterOrEqual.class, "GreaterOrEqual");
    registry.simple(Binary.And.class, "And");
    registry.simple(Binary.Or.class, "Or");
    registry.simple(Binary.Xor.class, "Xor");
    registry.simple(Where.class, "Where");
    registry.add(Binary.Mod.class, ArithmeticEncoders::mod);
    registry.add(Binary.PRelu.class, ArithmeticEncoders::prelu);
    registry.add(
        Cast.class,
        (cast, node) ->
            node.output(
                OnnxCall.of("Cast").with("to", OnnxDataType.of(cast.to()).code()), node.input(0)));
  }

  /** Of floating numbers ONNX has only C's remainder: the divisor is added where signs differ. */
  private static void mod(Binary.Mod mod, NodeEncoding node) {
    String x = node.input(0);
    String divisor = node.input(1);
    if (mod.fmod() || !node.isFloating()) {
      node.output(OnnxCall.of("Mod").with("fmod", mod.fmod()), x, divisor);
      return;
    }
    String remainder = node.helper("remainder", OnnxCall.of("Mod").with("fmod", true), x, divisor);
    String signs =
        node.helper(
            "signs",
            "Mul",
            node.helper("sign", "Sign", remainder),
            node.helper("divisor-sign", "Sign", divisor));
    String differ = node.helper("differ", "Less", signs, node.number("zero", 0));
    node.output("Where", differ, node.helper("moved", "Add", remainder, divisor), remainder);
  }

  /** ONNX has it for floating numbers, and for slopes that broadcast to x but not the reverse. */
  private static void prelu(Binary.PRelu prelu, NodeEncoding node) {
    String x = node.input(0);
    String slope = node.input(1);
    if (node.isFloating() && node.shape().equals(node.shape(0))) {
      node.output("PRelu", x, slope);
      return;
    }
    String positive = node.helper("positive", "Greater", x, node.number("zero", 0));
    node.output("Where", positive, x, node.helper("scaled", "Mul", x, slope));
  }
}
