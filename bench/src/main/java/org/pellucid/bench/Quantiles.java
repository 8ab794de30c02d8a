package org.pellucid.bench;

import java.util.Arrays;

/** Quantiles of measured numbers. */
public final class Quantiles {
  private Quantiles() {}

  /** A quantile of ascending numbers, interpolated: 0.5 for the median. */
  static double at(double[] sorted, double part) {
    double position = part * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  /** The median of numbers in any order. */
  public static double median(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return at(sorted, 0.5);
  }
}
