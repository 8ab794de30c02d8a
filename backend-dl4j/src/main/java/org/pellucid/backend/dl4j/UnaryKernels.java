package org.pellucid.backend.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Ceil;
import org.nd4j.linalg.api.ops.impl.transforms.same.Floor;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Reciprocal;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ATan;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erfc;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Expm1;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log1p;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Rint;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sin;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.Unary;

/** Operations on one tensor, element by element. */
final class UnaryKernels {
  /** Computes from the operand. */
  private interface Formula<O> {
    INDArray of(O operation, Numbers numbers, INDArray x);
  }

  private UnaryKernels() {}

  static void addTo(Kernels table) {
    direct(table, Unary.Sigmoid.class, Sigmoid::new);
    direct(table, Unary.Tanh.class, Tanh::new);
    direct(table, Unary.Erf.class, Erf::new);
    direct(table, Unary.Exp.class, Exp::new);
    direct(table, Unary.Log.class, Log::new);
    direct(table, Unary.Sqrt.class, Sqrt::new);
    direct(table, Unary.Reciprocal.class, Reciprocal::new);
    direct(table, Unary.Neg.class, Negative::new);
    direct(table, Unary.Abs.class, Abs::new);
    direct(table, Unary.Sign.class, Sign::new);
    direct(table, Unary.Floor.class, Floor::new);
    direct(table, Unary.Ceil.class, Ceil::new);
    direct(table, Unary.Round.class, Rint::new);
    direct(table, Unary.RoundStraightThrough.class, Rint::new);
    direct(table, Unary.Sin.class, Sin::new);
    direct(table, Unary.Cos.class, Cos::new);
    direct(table, Unary.Atan.class, ATan::new);
    table.add(
        Unary.Identity.class,
        (op, call) -> {
          INDArray y = call.output();
          NativeArrays.copy(call.input(0), y);
          return y;
        });
    table.add(Unary.Not.class, (op, call) -> call.run("boolean_not", call.output(), call.input(0)));
    formula(table, Unary.Affine.class, (op, n, x) -> n.affine(x, op.scale(), op.offset()));
    formula(table, Unary.Relu.class, (op, n, x) -> n.atLeast(x, 0));
    formula(table, Unary.Clip.class, (op, n, x) -> n.atMost(n.atLeast(x, op.min()), op.max()));
    formula(
        table,
        Unary.LeakyRelu.class,
        (op, n, x) -> n.add(n.atLeast(x, 0), n.scale(n.atMost(x, 0), op.alpha())));
    formula(table, Unary.Elu.class, (op, n, x) -> elu(n, x, op.alpha()));
    formula(table, Unary.Selu.class, (op, n, x) -> n.scale(elu(n, x, op.alpha()), op.gamma()));
    formula(
        table,
        Unary.Celu.class,
        (op, n, x) -> {
          INDArray left = n.scale(n.map(Expm1::new, n.scale(x, 1 / op.alpha())), op.alpha());
          return n.add(n.atLeast(x, 0), n.atMost(left, 0));
        });
    formula(
        table,
        Unary.ThresholdedRelu.class,
        (op, n, x) -> n.where(n.compare("greater", x, n.constant(op.alpha())), x, n.scale(x, 0)));
    formula(
        table,
        Unary.HardSigmoid.class,
        (op, n, x) -> n.atMost(n.atLeast(n.affine(x, op.alpha(), op.beta()), 0), 1));
    formula(
        table,
        Unary.HardSwish.class,
        (op, n, x) -> n.mul(x, n.atMost(n.atLeast(n.affine(x, 1 / 6.0, 0.5), 0), 1)));
    formula(
        table,
        Unary.Swish.class,
        (op, n, x) -> n.mul(x, n.map(Sigmoid::new, n.scale(x, op.alpha()))));
    formula(table, Unary.Softplus.class, (op, n, x) -> softplus(n, x));
    formula(table, Unary.Mish.class, (op, n, x) -> n.mul(x, n.map(Tanh::new, softplus(n, x))));
    formula(table, Unary.Softsign.class, (op, n, x) -> n.div(x, n.shift(n.map(Abs::new, x), 1)));
    formula(table, Unary.Gelu.class, (op, n, x) -> op.tanh() ? roughGelu(n, x) : gelu(n, x));
  }

  private static <O extends Operation> void direct(
      Kernels table, Class<O> type, Numbers.Function function) {
    table.add(type, (op, call) -> new Numbers(call).map(function, call.input(0)));
  }

  private static <O extends Operation> void formula(
      Kernels table, Class<O> type, Formula<O> formula) {
    table.add(type, (op, call) -> formula.of(op, new Numbers(call), call.input(0)));
  }

  private static INDArray elu(Numbers n, INDArray x, double alpha) {
    INDArray left = n.map(Expm1::new, n.atMost(x, 0));
    return n.add(n.atLeast(x, 0), n.scale(left, alpha));
  }

  /** max(x, 0) + log(1 + exp(-|x|)): never of exp of a positive number, which would overflow. */
  private static INDArray softplus(Numbers n, INDArray x) {
    INDArray decay = n.map(Exp::new, n.map(Negative::new, n.map(Abs::new, x)));
    return n.add(n.atLeast(x, 0), n.map(Log1p::new, decay));
  }

  /** ND4J's own is an approximation. */
  private static INDArray gelu(Numbers n, INDArray x) {
    INDArray twiceBelow = n.map(Erfc::new, n.scale(x, -Math.sqrt(0.5)));
    return n.mul(n.scale(x, 0.5), twiceBelow);
  }

  private static INDArray roughGelu(Numbers n, INDArray x) {
    double k = Math.sqrt(2 / Math.PI);
    INDArray inner = n.mul(x, n.affine(n.mul(x, x), 0.044715 * k, k));
    return n.mul(n.scale(x, 0.5), n.shift(n.map(Tanh::new, inner), 1));
  }
}
