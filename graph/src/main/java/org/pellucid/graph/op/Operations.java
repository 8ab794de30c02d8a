package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Operation;

/** The table of all operations. A backend that dispatches by class is checked against it. */
public final class Operations {
  private static final List<Class<? extends Operation>> ALL =
      List.of(
          ArgMax.class,
          AveragePool.class,
          BatchNormalization.class,
          Cast.class,
          Concat.class,
          Conv.class,
          Expand.class,
          Gather.class,
          Gemm.class,
          LogSoftmax.class,
          Lrn.class,
          MatMul.class,
          MaxPool.class,
          Pad.class,
          Reshape.class,
          Slice.class,
          Softmax.class,
          Standardize.class,
          Tile.class,
          Transpose.class,
          Where.class,
          Unary.Identity.class,
          Unary.Relu.class,
          Unary.LeakyRelu.class,
          Unary.Elu.class,
          Unary.Selu.class,
          Unary.Celu.class,
          Unary.ThresholdedRelu.class,
          Unary.Sigmoid.class,
          Unary.HardSigmoid.class,
          Unary.HardSwish.class,
          Unary.Swish.class,
          Unary.Mish.class,
          Unary.Softplus.class,
          Unary.Softsign.class,
          Unary.Gelu.class,
          Unary.Tanh.class,
          Unary.Erf.class,
          Unary.Exp.class,
          Unary.Log.class,
          Unary.Sqrt.class,
          Unary.Reciprocal.class,
          Unary.Neg.class,
          Unary.Abs.class,
          Unary.Sign.class,
          Unary.Floor.class,
          Unary.Ceil.class,
          Unary.Round.class,
          Unary.Sin.class,
          Unary.Cos.class,
          Unary.Clip.class,
          Unary.Not.class,
          Binary.Add.class,
          Binary.Sub.class,
          Binary.Mul.class,
          Binary.Div.class,
          Binary.Pow.class,
          Binary.Min.class,
          Binary.Max.class,
          Binary.Mod.class,
          Binary.PRelu.class,
          Binary.Equal.class,
          Binary.Less.class,
          Binary.LessOrEqual.class,
          Binary.Greater.class,
          Binary.GreaterOrEqual.class,
          Binary.And.class,
          Binary.Or.class,
          Binary.Xor.class,
          Reduce.ReduceSum.class,
          Reduce.ReduceMean.class,
          Reduce.ReduceMax.class,
          Reduce.ReduceMin.class,
          Reduce.ReduceProd.class);

  private Operations() {}

  /** Every operation of the vocabulary. */
  public static List<Class<? extends Operation>> all() {
    return ALL;
  }
}
