package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.UnaryOperator;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Unary;

/** Operations on one tensor, element by element. */
final class UnaryLowerings {
  private UnaryLowerings() {}

  static void addTo(Lowerings table) {
    table.add(Unary.Identity.class, (op, call) -> alias(call.input(0)));
    table.script(
        Unary.Affine.class,
        (op, types) ->
            "torch.add(torch.mul(x0, "
                + Script.number(op.scale())
                + "), "
                + Script.number(op.offset())
                + ")");
    direct(table, Unary.Relu.class, JniUtils::relu);
    direct(table, Unary.Sigmoid.class, JniUtils::sigmoid);
    direct(table, Unary.Softsign.class, JniUtils::softSign);
    direct(table, Unary.Tanh.class, JniUtils::tanh);
    direct(table, Unary.Erf.class, JniUtils::erf);
    direct(table, Unary.Exp.class, JniUtils::exp);
    direct(table, Unary.Log.class, JniUtils::log);
    direct(table, Unary.Sqrt.class, JniUtils::sqrt);
    direct(table, Unary.Neg.class, JniUtils::neg);
    direct(table, Unary.Abs.class, JniUtils::abs);
    direct(table, Unary.Sign.class, JniUtils::sign);
    direct(table, Unary.Floor.class, JniUtils::floor);
    direct(table, Unary.Ceil.class, JniUtils::ceil);
    direct(table, Unary.Round.class, JniUtils::round);
    direct(table, Unary.Sin.class, JniUtils::sin);
    direct(table, Unary.Cos.class, JniUtils::cos);
    direct(table, Unary.Atan.class, JniUtils::atan);
    // Rounded, and a zero with the derivative 1.
    table.script(
        Unary.RoundStraightThrough.class,
        (op, types) -> "torch.add(torch.detach(torch.round(x0)), torch.sub(x0, torch.detach(x0)))");
    direct(table, Unary.Not.class, JniUtils::logicalNot);
    table.add(Unary.LeakyRelu.class, (op, call) -> JniUtils.leakyRelu(call.input(0), op.alpha()));
    table.add(Unary.Elu.class, (op, call) -> JniUtils.elu(call.input(0), op.alpha()));
    table.script(
        Unary.Selu.class,
        (op, types) ->
            "torch.elu(x0, " + Script.number(op.alpha()) + ", " + Script.number(op.gamma()) + ")");
    table.script(
        Unary.Celu.class, (op, types) -> "torch.celu(x0, " + Script.number(op.alpha()) + ")");
    table.script(
        Unary.ThresholdedRelu.class,
        (op, types) -> "torch.threshold(x0, " + Script.number(op.alpha()) + ", 0.)");
    // As hardsigmoid, hardtanh has the derivative 0 at its bounds; clamp has 1.
    table.script(
        Unary.HardSigmoid.class,
        (op, types) ->
            "torch.hardtanh(torch.add(torch.mul(x0, "
                + Script.number(op.alpha())
                + "), "
                + Script.number(op.beta())
                + "), 0., 1.)");
    table.script(Unary.HardSwish.class, (op, types) -> "torch.hardswish(x0)");
    table.script(
        Unary.Swish.class,
        (op, types) ->
            op.alpha() == 1
                ? "torch.silu(x0)"
                : "torch.mul(x0, torch.sigmoid(torch.mul(x0, " + Script.number(op.alpha()) + ")))");
    table.script(Unary.Mish.class, (op, types) -> "torch.mish(x0)");
    // Beyond 40, log(1 + exp(x)) is x to the last digit of float64; PyTorch's own limit is 20.
    table.script(Unary.Softplus.class, (op, types) -> "torch.softplus(x0, 1., 40.)");
    table.script(
        Unary.Gelu.class,
        (op, types) -> "torch.gelu(x0, approximate=" + (op.tanh() ? "\"tanh\"" : "\"none\"") + ")");
    table.script(Unary.Reciprocal.class, (op, types) -> "torch.reciprocal(x0)");
    table.script(Unary.Clip.class, (op, types) -> clip(op, types.get(0)));
  }

  private static <O extends Operation> void direct(
      Lowerings table, Class<O> type, UnaryOperator<PtNDArray> function) {
    table.add(type, (op, call) -> function.apply(call.input(0)));
  }

  /** The same elements as a new array, of its own to autograd. */
  static PtNDArray alias(PtNDArray x) {
    return JniUtils.reshape(x, x.getShape().getShape());
  }

  private static String clip(Unary.Clip op, TensorType type) {
    boolean below = op.min() > Double.NEGATIVE_INFINITY;
    boolean above = op.max() < Double.POSITIVE_INFINITY;
    if (!below && !above) {
      return "torch.reshape(x0, torch.size(x0))";
    }
    String min = bound(op.min(), type, Math.ceil(op.min()));
    String max = bound(op.max(), type, Math.floor(op.max()));
    if (!above) {
      return "torch.clamp_min(x0, " + min + ")";
    }
    return below ? "torch.clamp(x0, " + min + ", " + max + ")" : "torch.clamp_max(x0, " + max + ")";
  }

  private static String bound(double bound, TensorType type, double rounded) {
    return type.elementType() == ElementType.INT64
        ? Long.toString((long) rounded)
        : Script.number(bound);
  }
}
