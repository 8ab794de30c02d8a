package org.pellucid.core.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/**
 * By how much one quantity is larger than another that was measured on the same cases.
 *
 * @param count the number of cases
 * @param mean the mean of the differences
 * @param interval where that lies, by {@link Bootstrap}
 * @param effect the matched-pairs rank-biserial correlation (D. S. Kerby 2014): the sum of the
 *     ranks of differences above 0 less that of those below, by the sum of all; -1 to 1, 0 where
 *     neither is larger
 * @param pValue how often differences of no direction are as large as these by chance: the signed
 *     rank test of F. Wilcoxon 1945, two-sided, differences of 0 left out
 */
public record PairedDifference(
    int count, double mean, Interval interval, double effect, double pValue) {

  /**
   * Compares two quantities.
   *
   * @param first one value per case
   * @param second of the same cases in the same order
   * @param seed of the bootstrap
   * @throws IllegalArgumentException if there is no case, or their numbers differ
   */
  public static PairedDifference of(double[] first, double[] second, long seed) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "Pairs of values, found " + first.length + " and " + second.length);
    }
    return of(first, second, new Bootstrap(first.length, seed));
  }

  /**
   * The same with resamples that serve several comparisons.
   *
   * @param bootstrap of as many cases
   */
  public static PairedDifference of(double[] first, double[] second, Bootstrap bootstrap) {
    double[] differences = new double[first.length];
    Arrays.setAll(differences, i -> first[i] - second[i]);
    double[] moved = Arrays.stream(differences).filter(value -> value != 0).toArray();
    return new PairedDifference(
        first.length,
        Arrays.stream(differences).average().orElseThrow(),
        bootstrap.interval(differences),
        effect(moved),
        moved.length == 0 ? 1 : WilcoxonSignedRankTest.withDefaults().test(moved).getPValue());
  }

  /** Ties share the mean of their ranks. */
  private static double effect(double[] differences) {
    Integer[] order =
        IntStream.range(0, differences.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> Math.abs(differences[i])))
            .toArray(Integer[]::new);
    double signed = 0;
    double all = 0;
    for (int start = 0; start < order.length; ) {
      int end = start;
      while (end < order.length
          && Math.abs(differences[order[end]]) == Math.abs(differences[order[start]])) {
        end++;
      }
      double rank = (start + 1 + end) / 2.0;
      for (int i = start; i < end; i++) {
        signed += Math.signum(differences[order[i]]) * rank;
        all += rank;
      }
      start = end;
    }
    return all == 0 ? 0 : signed / all;
  }

  /**
   * P-values as they are to be read where several hypotheses are tested at once: S. Holm, "A simple
   * sequentially rejective multiple test procedure", 1979.
   *
   * @return in the same order, each from 0 to 1
   */
  public static double[] holm(double[] pValues) {
    Integer[] order =
        IntStream.range(0, pValues.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> pValues[i]))
            .toArray(Integer[]::new);
    double[] adjusted = new double[pValues.length];
    double highest = 0;
    for (int rank = 0; rank < order.length; rank++) {
      highest = Math.max(highest, Math.min(1, (order.length - rank) * pValues[order[rank]]));
      adjusted[order[rank]] = highest;
    }
    return adjusted;
  }
}
