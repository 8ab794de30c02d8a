package org.pellucid.graph;

import java.util.Arrays;

/**
 * Elements that are those of a smaller tensor, each several times in a row. They are written out
 * when somebody reads them in place. Safe for use by several threads.
 */
final class Runs {
  private final Tensor values;
  private final int length;
  private volatile Tensor written;

  /**
   * Runs of equal length.
   *
   * @param values floating, one per run
   * @param length of a run
   */
  Runs(Tensor values, int length) {
    this.values = values;
    this.length = length;
  }

  /** An element per run. */
  Tensor values() {
    return values;
  }

  /** How often each stands. */
  int length() {
    return length;
  }

  double get(int index) {
    return values.get(index / length);
  }

  void copy(int start, double[] to, int count) {
    for (int i = 0; i < count; ) {
      int run = (start + i) / length;
      int end = Math.min(count, (run + 1) * length - start);
      Arrays.fill(to, i, end, values.get(run));
      i = end;
    }
  }

  /** All elements, in a tensor of their own. */
  Tensor written() {
    Tensor known = written;
    if (known == null) {
      known =
          values.elementType() == ElementType.FLOAT32
              ? Tensor.of(Shape.of(values.size() * length), floats())
              : Tensor.of(Shape.of(values.size() * length), doubles());
      written = known;
    }
    return known;
  }

  private float[] floats() {
    float[] all = new float[values.size() * length];
    for (int run = 0; run < values.size(); run++) {
      Arrays.fill(all, run * length, (run + 1) * length, (float) values.get(run));
    }
    return all;
  }

  private double[] doubles() {
    double[] all = new double[values.size() * length];
    copy(0, all, all.length);
    return all;
  }
}
