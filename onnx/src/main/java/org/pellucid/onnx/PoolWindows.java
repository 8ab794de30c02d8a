package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.MaxPool;

/** How the windows of a pool, of which the number is known, are told to other engines. */
record PoolWindows(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    Shape input,
    Shape pooled) {

  /** What is written: the rule for the last window, and the padding after. */
  record Written(boolean ceilMode, List<Integer> padsEnd) {}

  static PoolWindows of(MaxPool pool, Shape input, Shape pooled) {
    return new PoolWindows(
        pool.kernel(), pool.strides(), pool.dilations(), pool.padsBegin(), input, pooled);
  }

  static PoolWindows of(AveragePool pool, Shape input, Shape pooled) {
    return new PoolWindows(
        pool.kernel(), pool.strides(), pool.dilations(), pool.padsBegin(), input, pooled);
  }

  private int reach(int axis) {
    return (kernel.get(axis) - 1) * dilations.get(axis) + 1;
  }

  /**
   * How much padding after the input makes exactly the windows that there are: less than declared
   * where the last elements are in none, more where the last window does not fit.
   */
  List<Integer> padsEnd() {
    List<Integer> pads = new ArrayList<>();
    for (int i = 0; i < kernel.size(); i++) {
      int end = (pooled.dim(i + 2) - 1) * strides.get(i) + reach(i);
      pads.add(Math.max(0, end - padsBegin.get(i) - input.dim(i + 2)));
    }
    return pads;
  }

  /**
   * The form that every reader counts alike; empty if there is none. A last window that would start
   * beyond the input is dropped by the operation and, in ONNX, from some version on; and engines
   * refuse padding as long as the kernel, although a dilated window is longer.
   *
   * @param extend whether there may be more padding than was declared
   */
  Optional<Written> written(boolean ceilMode, List<Integer> padsEnd, boolean extend) {
    Written written;
    if (counts(padsEnd, ceilMode)) {
      written = new Written(ceilMode, padsEnd);
    } else if (counts(padsEnd, false)) {
      written = new Written(false, padsEnd);
    } else if (extend) {
      written = new Written(false, padsEnd());
    } else {
      return Optional.empty();
    }
    boolean narrow =
        IntStream.range(0, kernel.size())
            .allMatch(
                i -> padsBegin.get(i) < kernel.get(i) && written.padsEnd().get(i) < kernel.get(i));
    return narrow ? Optional.of(written) : Optional.empty();
  }

  /** Whether a plain division, rounded up or down, finds the windows that there are. */
  private boolean counts(List<Integer> padsEnd, boolean up) {
    return IntStream.range(0, kernel.size())
        .allMatch(
            i -> {
              int room = input.dim(i + 2) + padsBegin.get(i) + padsEnd.get(i) - reach(i);
              int step = strides.get(i);
              return Math.floorDiv(up ? room + step - 1 : room, step) + 1 == pooled.dim(i + 2);
            });
  }
}
