package org.pellucid.core.stats;

import com.google.common.math.Quantiles;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * What a sample of measurements says of the quantity measured, whatever its distribution.
 *
 * @param count how many measurements there are, at least 1
 * @param lower the lower quartile, interpolated between neighbours: position 0.25 (n - 1) of the
 *     sorted measurements, counted from 0
 * @param median the median
 * @param upper the upper quartile
 * @param ofMedian where the true median lies with a confidence of 95 % at least, if the
 *     measurements are independent; empty for fewer than 6, of which no two hold it so surely
 */
public record Summary(
    int count, double lower, double median, double upper, Optional<Interval> ofMedian) {
  private static final double CONFIDENCE = 0.95;

  /**
   * Summarises measurements in any order.
   *
   * @throws IllegalArgumentException if there is none, or one is not finite
   */
  public static Summary of(double... measurements) {
    double[] sorted = Sorted.of(measurements);
    Map<Integer, Double> quartiles = Quantiles.quartiles().indexes(1, 2, 3).compute(sorted);
    return new Summary(
        sorted.length, quartiles.get(1), quartiles.get(2), quartiles.get(3), ofMedian(sorted));
  }

  /**
   * The innermost pair of sorted measurements, the k-th from either end, that holds the median with
   * the confidence. Each measurement lies below the true median with probability 1/2, so that the
   * pair misses it with probability 2 P(B < k) for B binomial (n, 1/2).
   */
  private static Optional<Interval> ofMedian(double[] sorted) {
    int n = sorted.length;
    int found = 0;
    double missed = 0;
    double below = 0;
    // log2 of the probability that exactly i of n lie below.
    double logProbability = -n;
    for (int i = 0; i < n / 2; i++) {
      below += Math.pow(2, logProbability);
      if (2 * below > 1 - CONFIDENCE) {
        break;
      }
      found = i + 1;
      missed = 2 * below;
      logProbability += (Math.log(n - i) - Math.log(i + 1)) / Math.log(2);
    }
    return found == 0
        ? Optional.empty()
        : Optional.of(new Interval(sorted[found - 1], sorted[n - found], 1 - missed));
  }

  /**
   * Whether the median is known well enough: its interval reaches no further to either side than a
   * part of it.
   */
  public boolean isTight(double part) {
    return ofMedian.isPresent()
        && ofMedian.get().high() - median <= part * median
        && median - ofMedian.get().low() <= part * median;
  }

  /** Sorted copies of measurements. */
  static final class Sorted {
    private Sorted() {}

    static double[] of(double[] measurements) {
      if (measurements.length == 0) {
        throw new IllegalArgumentException("There are no measurements");
      }
      if (!Arrays.stream(measurements).allMatch(Double::isFinite)) {
        throw new IllegalArgumentException(
            "Measurements are finite, found " + Arrays.toString(measurements));
      }
      double[] sorted = measurements.clone();
      Arrays.sort(sorted);
      return sorted;
    }
  }
}
