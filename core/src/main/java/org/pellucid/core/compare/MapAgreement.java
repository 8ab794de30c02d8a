package org.pellucid.core.compare;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.pellucid.api.Correlation;

/**
 * How far two raw maps of the same shape agree.
 *
 * @param maxAbsolute the largest difference of two cells, {@code max |a - b|}
 * @param relative the same as a part of the largest magnitude in either map, {@code max |a - b| /
 *     max(|a|, |b|)}; 0 where both are zero everywhere. Infinite where a value is not finite
 * @param pearson the correlation of the cells' values, -1 to 1; NaN where a map has the same value
 *     everywhere
 * @param spearman the correlation of the cells' ranks, equal values sharing the mean of theirs, -1
 *     to 1; NaN where a map has the same value everywhere
 * @param topOverlap how much of the highest tenth of the cells the maps have in common, 0 to 1. The
 *     tenth is rounded up to whole cells; cells that are equal at its edge share what is left of it
 */
public record MapAgreement(
    double maxAbsolute, double relative, double pearson, double spearman, double topOverlap) {

  /** The part of the cells that {@link #topOverlap} looks at. */
  public static final double TOP = 0.1;

  /**
   * Compares two maps, cell by cell.
   *
   * @throws IllegalArgumentException if they differ in length or are empty
   */
  public static MapAgreement of(double[] a, double[] b) {
    if (a.length != b.length || a.length == 0) {
      throw new IllegalArgumentException(
          "Maps of " + a.length + " and " + b.length + " cells cannot be compared");
    }
    return new MapAgreement(
        difference(a, b),
        relative(a, b),
        Correlation.pearson(a, b),
        Correlation.spearman(a, b),
        topOverlap(a, b));
  }

  private static double difference(double[] a, double[] b) {
    double difference = 0;
    for (int i = 0; i < a.length; i++) {
      // Equal infinities do not differ; NaN differs from everything.
      double one = a[i] == b[i] ? 0 : Math.abs(a[i] - b[i]);
      difference = Math.max(difference, Double.isNaN(one) ? Double.POSITIVE_INFINITY : one);
    }
    return difference;
  }

  /** The largest difference as a part of the largest magnitude in either. */
  static double relative(double[] a, double[] b) {
    double difference = difference(a, b);
    double largest = Math.max(largest(a), largest(b));
    return difference == 0
        ? 0
        : Double.isFinite(largest) ? difference / largest : Double.POSITIVE_INFINITY;
  }

  /** How many cells differ by more than a part of the largest magnitude in either map. */
  static int cellsBeyond(double[] a, double[] b, double tolerance) {
    double bound = tolerance * Math.max(largest(a), largest(b));
    return (int)
        IntStream.range(0, a.length)
            .filter(i -> a[i] != b[i] && !(Math.abs(a[i] - b[i]) <= bound))
            .count();
  }

  static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static double topOverlap(double[] a, double[] b) {
    int count = (int) Math.ceil(TOP * a.length);
    double[] first = membership(a, count);
    double[] second = membership(b, count);
    return IntStream.range(0, a.length).mapToDouble(i -> Math.min(first[i], second[i])).sum()
        / count;
  }

  /** How much each cell belongs to the highest ones: 1, 0, or a share for those at the edge. */
  private static double[] membership(double[] values, int count) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double edge = sorted[sorted.length - count];
    long above = Arrays.stream(values).filter(value -> value > edge).count();
    long equal = Arrays.stream(values).filter(value -> value == edge).count();
    double share = (double) (count - above) / equal;
    return Arrays.stream(values)
        .map(value -> value > edge ? 1 : value == edge ? share : 0)
        .toArray();
  }
}
