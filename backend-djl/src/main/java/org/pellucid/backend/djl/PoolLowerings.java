package org.pellucid.backend.djl;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.MaxPool;

/**
 * Pooling. PyTorch's pools pad both ends alike and by at most half a window, its average pool has
 * no dilation, and DJL ignores the option to leave padding out of the mean; what they cannot do is
 * padded here to the very cells that the windows cover, and pooled without padding.
 */
final class PoolLowerings {
  private PoolLowerings() {}

  static void addTo(Lowerings table) {
    table.add(MaxPool.class, new Max());
    table.add(AveragePool.class, new Average());
  }

  /** Whether the engine's own padding will do. */
  static boolean nativePadding(
      List<Integer> kernel, List<Integer> padsBegin, List<Integer> padsEnd) {
    for (int i = 0; i < kernel.size(); i++) {
      if (!padsBegin.get(i).equals(padsEnd.get(i)) || padsBegin.get(i) > kernel.get(i) / 2) {
        return false;
      }
    }
    return true;
  }

  /** The cells to add after each axis so that every window of the output fits exactly. */
  static List<Integer> after(
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> dilations,
      List<Integer> padsBegin,
      TensorType input,
      TensorType output) {
    List<Integer> after = new ArrayList<>();
    for (int i = 0; i < kernel.size(); i++) {
      int reach =
          (output.shape().dim(i + 2) - 1) * strides.get(i)
              + (kernel.get(i) - 1) * dilations.get(i)
              + 1;
      after.add(Math.max(0, reach - padsBegin.get(i) - input.shape().dim(i + 2)));
    }
    return after;
  }

  private static final class Max implements Lowering<MaxPool> {
    @Override
    public PtNDArray run(MaxPool pool, Call call) {
      if (nativePadding(pool.kernel(), pool.padsBegin(), pool.padsEnd())) {
        return pool(pool, call, call.input(0), pool.padsBegin(), pool.ceilMode());
      }
      List<Integer> after =
          after(
              pool.kernel(),
              pool.strides(),
              pool.dilations(),
              pool.padsBegin(),
              call.types().get(0),
              call.output());
      try (PtNDArray padded =
          JniUtils.pad(
              call.input(0), Spatial.padding(pool.padsBegin(), after), Double.NEGATIVE_INFINITY)) {
        return pool(pool, call, padded, zeros(pool), false);
      }
    }

    private static PtNDArray pool(
        MaxPool pool, Call call, PtNDArray x, List<Integer> pads, boolean ceil) {
      if (Spatial.allOnes(pool.dilations())) {
        return JniUtils.maxPool(
            x,
            Spatial.shape(pool.kernel()),
            Spatial.shape(pool.strides()),
            Spatial.shape(pads),
            ceil);
      }
      return call.script(dilated(pool, pads, ceil), x);
    }

    private static List<Integer> zeros(MaxPool pool) {
      return Collections.nCopies(pool.kernel().size(), 0);
    }

    private static String dilated(MaxPool pool, List<Integer> pads, boolean ceil) {
      return "torch.max_pool"
          + pool.kernel().size()
          + "d(x0, "
          + pool.kernel()
          + ", "
          + pool.strides()
          + ", "
          + pads
          + ", "
          + pool.dilations()
          + ", "
          + Script.bool(ceil)
          + ")";
    }

    @Override
    public List<String> scripts(MaxPool pool, List<TensorType> inputs) {
      if (Spatial.allOnes(pool.dilations())) {
        return List.of();
      }
      return nativePadding(pool.kernel(), pool.padsBegin(), pool.padsEnd())
          ? List.of(dilated(pool, pool.padsBegin(), pool.ceilMode()))
          : List.of(dilated(pool, zeros(pool), false));
    }

    @Override
    public Optional<String> refusal(MaxPool pool) {
      return Spatial.refusal(pool.kernel().size());
    }
  }

  private static final class Average implements Lowering<AveragePool> {
    @Override
    public PtNDArray run(AveragePool pool, Call call) {
      if (isNative(pool)) {
        return JniUtils.avgPool(
            call.input(0),
            Spatial.shape(pool.kernel()),
            Spatial.shape(pool.strides()),
            Spatial.shape(pool.padsBegin()),
            pool.ceilMode(),
            true);
      }
      if (isScripted(pool)) {
        return call.script(excludingPadding(pool));
      }
      List<Integer> after =
          after(
              pool.kernel(),
              pool.strides(),
              pool.dilations(),
              pool.padsBegin(),
              call.types().get(0),
              call.output());
      try (PtNDArray padded =
              JniUtils.pad(call.input(0), Spatial.padding(pool.padsBegin(), after), 0);
          PtNDArray sums = sums(pool, call, padded);
          PtNDArray counts = call.upload(counts(pool, call))) {
        return JniUtils.div(sums, counts);
      }
    }

    private static boolean plain(AveragePool pool) {
      return Spatial.allOnes(pool.dilations())
          && nativePadding(pool.kernel(), pool.padsBegin(), pool.padsEnd());
    }

    private static boolean isNative(AveragePool pool) {
      return plain(pool) && (pool.countIncludePad() || !Spatial.anyPositive(pool.padsBegin()));
    }

    private static boolean isScripted(AveragePool pool) {
      return plain(pool) && !isNative(pool);
    }

    private static String excludingPadding(AveragePool pool) {
      return "torch.avg_pool"
          + pool.kernel().size()
          + "d(x0, "
          + pool.kernel()
          + ", "
          + pool.strides()
          + ", "
          + pool.padsBegin()
          + ", "
          + Script.bool(pool.ceilMode())
          + ", False"
          + (pool.kernel().size() == 1 ? ")" : ", None)");
    }

    /** Sums over windows as a convolution of each map with ones. */
    private static PtNDArray sums(AveragePool pool, Call call, PtNDArray padded) {
      int axes = pool.kernel().size();
      long[] single = padded.getShape().getShape();
      single[0] *= single[1];
      single[1] = 1;
      long[] window = new long[axes + 2];
      window[0] = 1;
      window[1] = 1;
      for (int i = 0; i < axes; i++) {
        window[i + 2] = pool.kernel().get(i);
      }
      try (PtNDArray maps = JniUtils.reshape(padded, single);
          PtNDArray ones = (PtNDArray) call.manager().ones(new Shape(window), call.precision());
          PtNDArray sums =
              JniUtils.convolution(
                  maps,
                  ones,
                  null,
                  Spatial.shape(pool.strides()),
                  new Shape(new long[axes]),
                  Spatial.shape(pool.dilations()),
                  1)) {
        return JniUtils.reshape(sums, NativeArrays.shape(call.output().shape()).getShape());
      }
    }

    /** The divisor of each window, [1, 1, spatial...]. */
    private static Tensor counts(AveragePool pool, Call call) {
      org.pellucid.graph.Shape output = call.output().shape();
      double[] counts = {1};
      int[] dims = new int[output.rank()];
      Arrays.fill(dims, 1);
      for (int axis = 0; axis < pool.kernel().size(); axis++) {
        int windows = output.dim(axis + 2);
        int length = call.types().get(0).shape().dim(axis + 2);
        double[] outer = counts;
        counts = new double[outer.length * windows];
        for (int i = 0; i < counts.length; i++) {
          counts[i] = outer[i / windows] * count(pool, axis, i % windows, length);
        }
        dims[axis + 2] = windows;
      }
      return Tensor.of(org.pellucid.graph.Shape.of(dims), counts);
    }

    private static int count(AveragePool pool, int axis, int window, int length) {
      int start = window * pool.strides().get(axis) - pool.padsBegin().get(axis);
      int from = pool.countIncludePad() ? -pool.padsBegin().get(axis) : 0;
      int to = pool.countIncludePad() ? length + pool.padsEnd().get(axis) : length;
      int count = 0;
      for (int k = 0; k < pool.kernel().get(axis); k++) {
        int at = start + k * pool.dilations().get(axis);
        count += at >= from && at < to ? 1 : 0;
      }
      return count;
    }

    @Override
    public List<String> scripts(AveragePool pool, List<TensorType> inputs) {
      return isScripted(pool) ? List.of(excludingPadding(pool)) : List.of();
    }

    @Override
    public Optional<String> refusal(AveragePool pool) {
      return Spatial.refusal(pool.kernel().size());
    }
  }
}
