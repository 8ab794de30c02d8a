package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;

/** Products of matrices. */
final class ProductLowerings {
  private ProductLowerings() {}

  static void addTo(Lowerings table) {
    table.add(MatMul.class, (op, call) -> JniUtils.matmul(call.input(0), call.input(1)));
    table.add(Gemm.class, new Affine());
  }

  private static final class Affine implements Lowering<Gemm> {
    @Override
    public PtNDArray run(Gemm gemm, Call call) {
      return isLinear(gemm, call.types())
          ? JniUtils.linear(call.input(0), call.input(1), call.optional(2))
          : call.script(expression(gemm, call.inputs().size()));
    }

    /** A linear layer as it is trained: weight [columns, depth], bias [columns]. */
    private static boolean isLinear(Gemm gemm, List<TensorType> inputs) {
      return gemm.alpha() == 1
          && !gemm.transposeA()
          && gemm.transposeB()
          && (inputs.size() < 3 || (gemm.beta() == 1 && inputs.get(2).shape().rank() == 1));
    }

    private static String expression(Gemm gemm, int inputs) {
      String a = gemm.transposeA() ? "torch.t(x0)" : "x0";
      String b = gemm.transposeB() ? "torch.t(x1)" : "x1";
      String alpha = Script.number(gemm.alpha());
      return inputs < 3
          ? "torch.mul(torch.mm(" + a + ", " + b + "), " + alpha + ")"
          : "torch.addmm(x2, "
              + a
              + ", "
              + b
              + ", beta="
              + Script.number(gemm.beta())
              + ", alpha="
              + alpha
              + ")";
    }

    @Override
    public List<String> scripts(Gemm gemm, List<TensorType> inputs) {
      return isLinear(gemm, inputs) ? List.of() : List.of(expression(gemm, inputs.size()));
    }
  }
}
