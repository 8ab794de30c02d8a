package org.pellucid.backend.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.ScatterAdd;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Transpose;

/** Operations that move elements. */
final class ArrangementKernels {
  private ArrangementKernels() {}

  static void addTo(Kernels table) {
    table.add(Reshape.class, ArrangementKernels::copy);
    table.add(Cast.class, ArrangementKernels::cast);
    // Its indices are integers, which are found in Java before a kernel is asked.
    table.add(
        ArgMax.class,
        (op, call) -> {
          throw new IllegalStateException("ArgMax has no kernel");
        });
    table.add(
        Transpose.class,
        (op, call) ->
            Call.fill(
                call.output(), call.input(0).permute(ReductionKernels.ints(op.permutation()))));
    table.add(
        Expand.class,
        (op, call) -> new Numbers(call).expand(call.input(0), NativeArrays.dims(op.shape())));
    table.add(Slice.class, ArrangementKernels::slice);
    table.add(Concat.class, ArrangementKernels::concat);
    table.add(Pad.class, ArrangementKernels::pad);
    table.add(Tile.class, ArrangementKernels::tile);
    table.add(Gather.class, ArrangementKernels::gather);
    table.add(ScatterAdd.class, ArrangementKernels::scatter);
  }

  private static INDArray copy(Operation op, Call call) {
    INDArray y = call.output();
    NativeArrays.copy(call.input(0), y);
    return y;
  }

  private static INDArray cast(Cast op, Call call) {
    Numbers n = new Numbers(call);
    INDArray x = call.input(0);
    boolean truths = call.type(0) == org.pellucid.graph.ElementType.BOOL;
    if (op.to().isFloating() == !truths) {
      return copy(op, call);
    }
    return truths ? n.numbers(x) : n.truths(x);
  }

  private static long[] longs(List<Integer> numbers) {
    return numbers.stream().mapToLong(Integer::longValue).toArray();
  }

  private static INDArray slice(Slice op, Call call) {
    long[] starts = longs(op.starts());
    long[] sizes = longs(op.sizes());
    long[] steps = longs(op.steps());
    List<Integer> backwards = new ArrayList<>();
    for (int a = 0; a < steps.length; a++) {
      if (steps[a] < 0) {
        backwards.add(a);
        starts[a] += (sizes[a] - 1) * steps[a];
        steps[a] = -steps[a];
      }
    }
    INDArray part = Strided.part(call.input(0), starts, sizes, steps);
    INDArray y = Call.fill(call.output(), part);
    for (int axis : backwards) {
      INDArray turned = call.like(y);
      for (long i = 0; i < sizes[axis]; i++) {
        Call.fill(Strided.part(turned, axis, i, 1), Strided.part(y, axis, sizes[axis] - 1 - i, 1));
      }
      y = turned;
    }
    return y;
  }

  private static INDArray concat(Concat op, Call call) {
    INDArray y = call.output();
    long from = 0;
    for (int i = 0; call.has(i); i++) {
      long length = call.shape(i).dim(op.axis());
      Call.fill(Strided.part(y, op.axis(), from, length), call.input(i));
      from += length;
    }
    return y;
  }

  private static INDArray pad(Pad op, Call call) {
    if (op.mode() == Pad.Mode.CONSTANT) {
      return padded(call, call.input(0), longs(op.before()), longs(op.after()), op.value());
    }
    INDArray y = call.input(0);
    for (int axis = 0; axis < op.before().size(); axis++) {
      int before = op.before().get(axis);
      int length = call.shape(0).dim(axis);
      long[] indices = new long[before + length + op.after().get(axis)];
      for (int i = 0; i < indices.length; i++) {
        int at = i - before;
        indices[i] =
            op.mode() == Pad.Mode.EDGE
                ? Math.max(0, Math.min(length - 1, at))
                : at < 0 ? -at : at < length ? at : 2 * (length - 1) - at;
      }
      y = gather(call, y, axis, indices);
    }
    return y;
  }

  /** With a value before and after along each axis. */
  static INDArray padded(Call call, INDArray x, long[] before, long[] after, double value) {
    long[] dims = x.shape().clone();
    for (int a = 0; a < dims.length; a++) {
      dims[a] += before[a] + after[a];
    }
    INDArray y = call.make(x.dataType(), dims);
    y.assign(value);
    Call.fill(Strided.part(y, before, x.shape(), Strided.ones(dims.length)), x);
    return y;
  }

  private static INDArray tile(Tile op, Call call) {
    // Each repeated axis gets one of length 1 before it, which is expanded.
    Shape x = call.shape(0);
    List<Long> single = new ArrayList<>();
    List<Long> repeated = new ArrayList<>();
    for (int a = 0; a < x.rank(); a++) {
      if (op.repeats().get(a) > 1) {
        single.add(1L);
        repeated.add((long) op.repeats().get(a));
      }
      single.add((long) x.dim(a));
      repeated.add((long) x.dim(a));
    }
    INDArray parts =
        new Numbers(call).expand(Call.view(call.input(0), array(single)), array(repeated));
    INDArray y = call.output();
    NativeArrays.copy(parts, y);
    return y;
  }

  private static long[] array(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private static INDArray gather(Gather op, Call call) {
    long[] indices = indices(call.tensor(1), call.shape(0).dim(op.axis()));
    INDArray found = gather(call, call.input(0), op.axis(), indices);
    INDArray y = call.output();
    NativeArrays.copy(found, y);
    return y;
  }

  private static long[] indices(Tensor tensor, int length) {
    long[] indices = tensor.toLongArray();
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < -length || indices[i] >= length) {
        throw new IllegalArgumentException(
            "index " + indices[i] + " asked of an axis of length " + length);
      }
      indices[i] = Math.floorMod(indices[i], (long) length);
    }
    return indices;
  }

  /** Slices at indices along an axis. */
  private static INDArray gather(Call call, INDArray x, int axis, long... indices) {
    boolean truths = x.dataType() == DataType.BOOL;
    Numbers n = new Numbers(call);
    long[] dims = x.shape().clone();
    dims[axis] = indices.length;
    INDArray y =
        call.run(
            "gather",
            call.floats(dims),
            new long[] {axis},
            truths ? n.numbers(x) : x,
            call.indices(indices));
    return truths ? n.truths(y) : y;
  }

  /** A product with zeros and ones: ND4J's own adds in parallel and may lose some. */
  private static INDArray scatter(ScatterAdd op, Call call) {
    long[] indices = indices(call.tensor(1), op.length());
    Shape output = call.outputShape();
    long outer = output.sizeOf(0, op.axis());
    long inner = output.sizeOf(op.axis() + 1, output.rank());
    INDArray y = call.output();
    INDArray slices = Call.view(call.input(0), outer, indices.length, inner);
    INDArray sums = Call.view(y, outer, op.length(), inner);
    double[] chosen = new double[op.length() * indices.length];
    for (int i = 0; i < indices.length; i++) {
      chosen[(int) indices[i] * indices.length + i] = 1;
    }
    INDArray matrix = call.upload(Tensor.of(Shape.of(op.length(), indices.length), chosen));
    INDArray matrices =
        new Numbers(call)
            .expand(
                Call.view(matrix, 1, op.length(), indices.length),
                outer,
                op.length(),
                indices.length);
    call.run("matmul", sums, ProductKernels.PLAIN, matrices, slices);
    return y;
  }
}
