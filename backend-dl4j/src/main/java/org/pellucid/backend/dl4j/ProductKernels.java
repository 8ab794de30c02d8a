package org.pellucid.backend.dl4j;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;

/** Products of matrices. */
final class ProductKernels {
  /** Neither matrix is transposed. */
  static final long[] PLAIN = {0, 0};

  private ProductKernels() {}

  static void addTo(Kernels table) {
    table.add(MatMul.class, (op, call) -> product(call));
    table.add(Gemm.class, ProductKernels::gemm);
  }

  private static INDArray gemm(Gemm op, Call call) {
    Numbers n = new Numbers(call);
    long[] transposes = {op.transposeA() ? 1 : 0, op.transposeB() ? 1 : 0};
    INDArray product = call.run("matmul", call.output(), transposes, call.input(0), call.input(1));
    INDArray scaled = op.alpha() == 1 ? product : n.scale(product, op.alpha());
    if (!call.has(2)) {
      return scaled;
    }
    INDArray c = call.input(2);
    return n.add(scaled, op.beta() == 1 ? c : n.scale(c, op.beta()));
  }

  private static INDArray product(Call call) {
    long[] a = NativeArrays.dims(call.shape(0));
    long[] b = NativeArrays.dims(call.shape(1));
    long[] rows = a.length == 1 ? new long[] {1, a[0]} : a;
    long[] columns = b.length == 1 ? new long[] {b[0], 1} : b;
    INDArray left = Call.view(call.input(0), rows);
    INDArray right = Call.view(call.input(1), columns);
    long m = rows[rows.length - 2];
    long n = columns[columns.length - 1];
    INDArray y = call.output();
    if (columns.length == 2) {
      // Rows of all matrices at once.
      long depth = columns[0];
      INDArray all = Call.view(left, call.shape(0).size() / depth, depth);
      call.run("matmul", Call.view(y, call.outputShape().size() / n, n), PLAIN, all, right);
      return y;
    }
    long[] batch = batch(rows, columns);
    long count = Arrays.stream(batch).reduce(1, Math::multiplyExact);
    INDArray lefts = stacked(call, left, batch, count);
    INDArray rights = stacked(call, right, batch, count);
    call.run("matmul", Call.view(y, count, m, n), PLAIN, lefts, rights);
    return y;
  }

  private static long[] batch(long[] a, long[] b) {
    return NativeArrays.dims(Shape.broadcast(outer(a), outer(b)));
  }

  private static Shape outer(long[] dims) {
    return Shape.of(Arrays.stream(dims, 0, dims.length - 2).mapToInt(d -> (int) d).toArray());
  }

  /** As many matrices as the batch has, one after another. */
  private static INDArray stacked(Call call, INDArray x, long[] batch, long count) {
    long rows = x.size(-2);
    long columns = x.size(-1);
    INDArray whole = x;
    if (x.length() != count * rows * columns) {
      long[] dims = Arrays.copyOf(batch, batch.length + 2);
      dims[batch.length] = rows;
      dims[batch.length + 1] = columns;
      whole = new Numbers(call).expand(x, dims);
    }
    return Call.view(whole, count, rows, columns);
  }
}
