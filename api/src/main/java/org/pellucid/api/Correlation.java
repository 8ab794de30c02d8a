package org.pellucid.api;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How alike two maps of the same cells are, whatever their scales.
 *
 * @since 0.1.0
 */
public final class Correlation {
  private Correlation() {}

  /**
   * Pearson's, from centred values in units of the largest, so that no square vanishes.
   *
   * @return -1 to 1; NaN where one of the two is constant
   */
  public static double pearson(double[] a, double[] b) {
    double[] x = centred(a);
    double[] y = centred(b);
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += x[i] * x[i];
      yy += y[i] * y[i];
      xy += x[i] * y[i];
    }
    return xx > 0 && yy > 0
        ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)))
        : Double.NaN;
  }

  /**
   * Spearman's: Pearson's of the ranks, equal values sharing the mean of theirs.
   *
   * @return -1 to 1; NaN where one of the two is constant
   */
  public static double spearman(double[] a, double[] b) {
    return pearson(ranks(a), ranks(b));
  }

  private static double[] centred(double[] values) {
    boolean constant = Arrays.stream(values).allMatch(value -> value == values[0]);
    if (constant) {
      return new double[values.length];
    }
    double unit = largest(values);
    double mean = Arrays.stream(values).map(value -> value / unit).average().orElse(0);
    double[] centred = Arrays.stream(values).map(value -> value / unit - mean).toArray();
    double spread = largest(centred);
    return spread > 0 ? Arrays.stream(centred).map(value -> value / spread).toArray() : centred;
  }

  /** Ranks from 1; equal values get the mean of the ranks that they take up. */
  private static double[] ranks(double[] values) {
    Integer[] order = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
    // Zeros of both signs are equal.
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> values[i] + 0.0));
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
