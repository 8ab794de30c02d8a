package org.pellucid.backend.dl4j;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;

/** Reductions, and normalisation by what was reduced. */
final class ReductionKernels {
  private ReductionKernels() {}

  static void addTo(Kernels table) {
    reduce(table, Reduce.ReduceSum.class, "reduce_sum");
    reduce(table, Reduce.ReduceMean.class, "reduce_mean");
    reduce(table, Reduce.ReduceMax.class, "reduce_max");
    reduce(table, Reduce.ReduceMin.class, "reduce_min");
    reduce(table, Reduce.ReduceProd.class, "reduce_prod");
    // oneDNN's softmax is wrong on axes that are not the last.
    table.add(
        Softmax.class,
        (op, call) -> {
          Numbers n = new Numbers(call);
          INDArray powers = n.map(Exp::new, belowLargest(n, call.input(0), op.axis()));
          return n.div(powers, n.reduce("reduce_sum", powers, op.axis()));
        });
    table.add(
        LogSoftmax.class,
        (op, call) -> {
          Numbers n = new Numbers(call);
          INDArray below = belowLargest(n, call.input(0), op.axis());
          INDArray sum = n.reduce("reduce_sum", n.map(Exp::new, below), op.axis());
          return n.sub(below, n.map(Log::new, sum));
        });
    // ND4J's own takes no epsilon.
    table.add(
        Standardize.class,
        (op, call) -> {
          Numbers n = new Numbers(call);
          int[] axes = ints(op.axes());
          INDArray centred = n.sub(call.input(0), n.reduce("reduce_mean", call.input(0), axes));
          INDArray variance = n.reduce("reduce_mean", n.mul(centred, centred), axes);
          return n.div(centred, n.map(Sqrt::new, n.shift(variance, op.epsilon())));
        });
    table.add(BatchNormalization.class, ReductionKernels::normalize);
    table.add(Lrn.class, ReductionKernels::normalizeAcross);
  }

  private static <O extends Reduce> void reduce(Kernels table, Class<O> type, String name) {
    table.add(
        type,
        (op, call) -> {
          INDArray y = call.output();
          long[] kept = NativeArrays.dims(call.shape(0));
          op.axes().forEach(axis -> kept[axis] = 1);
          long[] axes = op.axes().stream().mapToLong(Integer::longValue).toArray();
          boolean[] keep = {true};
          call.run(name, Call.view(y, kept), axes, keep, true, call.input(0));
          return y;
        });
  }

  private static INDArray belowLargest(Numbers n, INDArray x, int axis) {
    return n.sub(x, n.reduce("reduce_max", x, axis));
  }

  static int[] ints(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private static INDArray normalize(BatchNormalization op, Call call) {
    Numbers n = new Numbers(call);
    long[] perChannel = new long[call.shape(0).rank()];
    java.util.Arrays.fill(perChannel, 1);
    perChannel[1] = call.shape(0).dim(1);
    INDArray deviation = n.map(Sqrt::new, n.shift(call.input(4), op.epsilon()));
    INDArray factor = n.div(call.input(1), deviation);
    INDArray centred = n.sub(call.input(0), Call.view(call.input(3), perChannel));
    INDArray scaled = n.mul(centred, Call.view(factor, perChannel));
    return n.add(scaled, Call.view(call.input(2), perChannel));
  }

  /** ND4J's own has another meaning. The sums are those of a pool that slides over channels. */
  private static INDArray normalizeAcross(Lrn op, Call call) {
    Numbers n = new Numbers(call);
    INDArray x = call.input(0);
    long plane = call.shape(0).sizeOf(2, call.shape(0).rank());
    long channels = call.shape(0).dim(1);
    int before = (op.size() - 1) / 2;
    long padded = channels + op.size() - 1;
    INDArray squares = call.floats(call.shape(0).dim(0), padded, plane);
    squares.assign(0);
    INDArray rows = Call.view(n.mul(x, x), call.shape(0).dim(0), channels, plane);
    Call.fill(Strided.part(squares, 1, before, channels), rows);
    INDArray sums = call.like(rows);
    sums.assign(0);
    for (int i = 0; i < op.size(); i++) {
      sums = n.add(sums, call.compact(Strided.part(squares, 1, i, channels)));
    }
    INDArray divisor = n.affine(Call.view(sums, x.shape()), op.alpha() / op.size(), op.bias());
    return n.div(x, n.both("Pow", divisor, n.constant(op.beta())));
  }
}
