package org.pellucid.backend.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.FModOp;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Where;

/** Operations on several tensors, element by element, with broadcasting. */
final class BinaryKernels {
  private BinaryKernels() {}

  static void addTo(Kernels table) {
    direct(table, Binary.Add.class, "add");
    direct(table, Binary.Sub.class, "subtract");
    direct(table, Binary.Mul.class, "multiply");
    direct(table, Binary.Div.class, "realdiv");
    direct(table, Binary.Pow.class, "Pow");
    direct(table, Binary.Min.class, "minimum");
    direct(table, Binary.Max.class, "maximum");
    direct(table, Binary.Less.class, "less");
    direct(table, Binary.LessOrEqual.class, "less_equal");
    direct(table, Binary.Greater.class, "greater");
    direct(table, Binary.GreaterOrEqual.class, "greater_equal");
    table.add(Binary.Equal.class, (op, call) -> equal(call));
    // Of zeros and ones.
    logical(table, Binary.And.class, "multiply");
    logical(table, Binary.Or.class, "maximum");
    logical(table, Binary.Xor.class, "subtract");
    table.add(Binary.Mod.class, BinaryKernels::remainder);
    table.add(
        Binary.PRelu.class,
        (op, call) -> {
          Numbers n = new Numbers(call);
          INDArray left = n.mul(n.atMost(call.input(0), 0), call.input(1));
          return n.add(n.atLeast(call.input(0), 0), left);
        });
    table.add(
        Where.class,
        (op, call) -> {
          Numbers n = new Numbers(call);
          long[] dims = NativeArrays.dims(call.outputShape());
          INDArray condition = n.expand(call.input(0), dims);
          return n.where(condition, n.expand(call.input(1), dims), n.expand(call.input(2), dims));
        });
  }

  private static <O extends Operation> void direct(Kernels table, Class<O> type, String name) {
    table.add(
        type, (op, call) -> call.broadcast(name, call.output(), call.input(0), call.input(1)));
  }

  private static <O extends Operation> void logical(Kernels table, Class<O> type, String name) {
    table.add(
        type,
        (op, call) -> {
          Numbers n = new Numbers(call);
          return n.truths(n.both(name, n.numbers(call.input(0)), n.numbers(call.input(1))));
        });
  }

  private static INDArray equal(Call call) {
    Numbers n = new Numbers(call);
    boolean truths = call.type(0) == ElementType.BOOL;
    INDArray a = truths ? n.numbers(call.input(0)) : call.input(0);
    INDArray b = truths ? n.numbers(call.input(1)) : call.input(1);
    return n.compare("equals", a, b);
  }

  /** The dividend's sign, or moved by a divisor to the divisor's. */
  private static INDArray remainder(Binary.Mod op, Call call) {
    Numbers n = new Numbers(call);
    INDArray b = call.input(1);
    long[] dims = NativeArrays.dims(call.outputShape());
    INDArray remainder = call.output();
    Nd4j.getExecutioner()
        .exec(new FModOp(n.expand(call.input(0), dims), n.expand(b, dims), remainder));
    if (op.fmod()) {
      return remainder;
    }
    // The signs differ where the product is negative.
    INDArray other = n.numbers(n.compare("less", n.mul(remainder, b), n.constant(0)));
    return n.add(remainder, n.mul(other, b));
  }
}
