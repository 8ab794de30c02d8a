package org.pellucid.core.stats;

import com.google.common.math.Quantiles;
import java.util.Arrays;
import java.util.Optional;

/**
 * By how much one sample of positive measurements is larger than another, whatever the
 * distribution. The estimate is that of Hodges and Lehmann 1963 on logarithms: the median of all
 * ratios of a measurement of the one to a measurement of the other. Its interval is the one that
 * belongs to the rank test of Mann and Whitney 1947: if the two distributions differ by a factor
 * and the measurements are independent, it holds the factor with its confidence.
 *
 * @param value the estimate
 * @param interval where the factor lies; empty where a sample has fewer than 3 measurements
 */
public record Ratio(double value, Optional<Interval> interval) {
  /** The confidence that is aimed at; small samples reach less. */
  private static final double CONFIDENCE = 0.99;

  private static final int FEWEST = 3;

  /**
   * The ratio of measurements to others.
   *
   * @throws IllegalArgumentException if either has none, or one is not positive and finite
   */
  public static Ratio of(double[] measurements, double[] others) {
    double[] ratios = new double[measurements.length * others.length];
    int next = 0;
    for (double one : Summary.Sorted.of(measurements)) {
      for (double other : Summary.Sorted.of(others)) {
        if (!(one > 0 && other > 0)) {
          throw new IllegalArgumentException(
              "Ratios are of positive numbers, found " + one + " and " + other);
        }
        ratios[next++] = one / other;
      }
    }
    Arrays.sort(ratios);
    return new Ratio(
        Quantiles.median().compute(ratios), interval(ratios, measurements.length, others.length));
  }

  /** From the k-th ratio to the k-th from the end, for the largest k that is sure enough. */
  private static Optional<Interval> interval(double[] sorted, int m, int n) {
    if (Math.min(m, n) < FEWEST) {
      return Optional.empty();
    }
    double[] probabilities = rankSums(m, n, sorted.length / 2);
    double below = probabilities[0];
    int k = 1;
    while (k < probabilities.length && 2 * (below + probabilities[k]) <= 1 - CONFIDENCE) {
      below += probabilities[k];
      k++;
    }
    return Optional.of(
        new Interval(sorted[k - 1], sorted[sorted.length - k], Math.max(0, 1 - 2 * below)));
  }

  /**
   * The distribution of Mann and Whitney's U, how many pairs of a measurement of the one and one of
   * the other have the first below the second where both come from one distribution: exact, by the
   * recurrence on which sample has the largest of all, P(u; m, n) = m/(m+n) P(u - n; m - 1, n) +
   * n/(m+n) P(u; m, n - 1).
   *
   * @return P(U = u) for u = 0 ... most
   */
  static double[] rankSums(int m, int n, int most) {
    double[][] row = new double[n + 1][most + 1];
    for (double[] probabilities : row) {
      probabilities[0] = 1;
    }
    for (int i = 1; i <= m; i++) {
      double[][] next = new double[n + 1][most + 1];
      next[0][0] = 1;
      for (int j = 1; j <= n; j++) {
        for (int u = 0; u <= most; u++) {
          double first = u >= j ? row[j][u - j] : 0;
          next[j][u] = (i * first + j * next[j - 1][u]) / (i + j);
        }
      }
      row = next;
    }
    return row[n];
  }
}
