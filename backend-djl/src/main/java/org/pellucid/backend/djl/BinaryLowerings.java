package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.function.BinaryOperator;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;

/** Operations on two tensors, element by element. */
final class BinaryLowerings {
  private BinaryLowerings() {}

  static void addTo(Lowerings table) {
    direct(table, Binary.Add.class, JniUtils::add);
    direct(table, Binary.Sub.class, JniUtils::sub);
    direct(table, Binary.Mul.class, JniUtils::mul);
    direct(table, Binary.Pow.class, JniUtils::pow);
    direct(table, Binary.Min.class, JniUtils::min);
    direct(table, Binary.Max.class, JniUtils::max);
    direct(table, Binary.Equal.class, JniUtils::eq);
    direct(table, Binary.Less.class, JniUtils::lt);
    direct(table, Binary.LessOrEqual.class, JniUtils::lte);
    direct(table, Binary.Greater.class, JniUtils::gt);
    direct(table, Binary.GreaterOrEqual.class, JniUtils::gte);
    direct(table, Binary.And.class, JniUtils::logicalAnd);
    direct(table, Binary.Or.class, JniUtils::logicalOr);
    direct(table, Binary.Xor.class, JniUtils::logicalXor);
    table.add(Binary.Div.class, new Quotient());
    table.script(
        Binary.Mod.class,
        (op, types) -> op.fmod() ? "torch.fmod(x0, x1)" : "torch.remainder(x0, x1)");
    table.script(
        Binary.PRelu.class, (op, types) -> "torch.where(torch.gt(x0, 0), x0, torch.mul(x1, x0))");
  }

  private static <O extends Operation> void direct(
      Lowerings table, Class<O> type, BinaryOperator<PtNDArray> function) {
    table.add(type, (op, call) -> function.apply(call.input(0), call.input(1)));
  }

  /** PyTorch's division of integers makes fractions. */
  private static final class Quotient implements Lowering<Binary.Div> {
    private static final String TRUNCATED = "torch.div(x0, x1, rounding_mode=\"trunc\")";

    @Override
    public PtNDArray run(Binary.Div op, Call call) {
      return isInteger(call.types())
          ? call.script(TRUNCATED)
          : JniUtils.div(call.input(0), call.input(1));
    }

    @Override
    public List<String> scripts(Binary.Div op, List<TensorType> inputs) {
      return isInteger(inputs) ? List.of(TRUNCATED) : List.of();
    }

    private static boolean isInteger(List<TensorType> inputs) {
      return inputs.get(0).elementType() == ElementType.INT64;
    }
  }
}
