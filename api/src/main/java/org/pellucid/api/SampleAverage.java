package org.pellucid.api;

import java.util.Arrays;

/**
 * A weighted average of arrays over samples, v = sum_m omega_m v_m / sum_m omega_m, with what the
 * jackknife needs: the same average without each of a few groups of samples. Weights are 1, or
 * exp(S_m - max S) with the sums rescaled when the maximum rises. Sums are float64, in sample
 * order; memory does not grow with the number of samples. Sample m belongs to group m mod {@link
 * #groups()}. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class SampleAverage {
  /** A difference below this part of what it is of has lost digits. */
  private static final double CANCELLING = 0.01;

  private final SampleWeights weights;
  private final double[] sum;
  private final double[][] groupSums;

  /**
   * An average of nothing yet.
   *
   * @param length elements per array
   * @param expected how many samples will be added; decides the number of groups
   * @param scale how samples are weighted
   */
  public SampleAverage(int length, int expected, ScoreScale scale) {
    this.weights = new SampleWeights(length, expected, scale);
    this.sum = new double[length];
    this.groupSums = new double[weights.groups()][length];
  }

  /**
   * An average of what was summed elsewhere.
   *
   * @param weights of the samples that were summed
   * @param sum of all samples
   * @param groupSums of each group
   */
  SampleAverage(SampleWeights weights, double[] sum, double[][] groupSums) {
    this.weights = weights;
    this.sum = sum;
    this.groupSums = groupSums;
  }

  /**
   * Adds the next sample.
   *
   * @param score its S
   * @param values its array
   */
  public void add(double score, double[] values) {
    int group = groups() == 0 ? -1 : samples() % groups();
    PowerSums.Factor factor = weights.next(score);
    if (factor.before() != 1) {
      rescale(0, sum.length, factor.before());
    }
    addTo(sum, factor.weight(), values);
    if (group >= 0) {
      addTo(groupSums[group], factor.weight(), values);
    }
  }

  private static void addTo(double[] sum, double omega, double[] values) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += omega * values[i];
    }
  }

  /** The same average where each number stands several times in a row. */
  SampleAverage spread(int times) {
    double[][] groups = new double[groupSums.length][];
    for (int group = 0; group < groups.length; group++) {
      groups[group] = spread(groupSums[group], times);
    }
    return new SampleAverage(weights, spread(sum, times), groups);
  }

  /** Each number several times in a row; the array itself for once. */
  static double[] spread(double[] numbers, int times) {
    if (times == 1) {
      return numbers;
    }
    double[] all = new double[Math.multiplyExact(numbers.length, times)];
    for (int i = 0; i < numbers.length; i++) {
      Arrays.fill(all, i * times, (i + 1) * times, numbers[i]);
    }
    return all;
  }

  /** Multiplies what was summed so far of the elements from (inclusive) to to (exclusive). */
  void rescale(int from, int to, double factor) {
    scaleRange(sum, from, to, factor);
    for (double[] groupSum : groupSums) {
      scaleRange(groupSum, from, to, factor);
    }
  }

  private static void scaleRange(double[] array, int from, int to, double factor) {
    for (int i = from; i < to; i++) {
      array[i] *= factor;
    }
  }

  /** How many samples were added. */
  public int samples() {
    return weights.samples();
  }

  /** (sum omega)^2 / sum omega^2. */
  public double effectiveSamples() {
    return weights.effectiveSamples();
  }

  /** The number of groups, at most 10; 0 when fewer than 2 samples were expected. */
  public int groups() {
    return weights.groups();
  }

  /** The average of all samples, as a new array. */
  public double[] mean() {
    return mean(0, sum.length);
  }

  /** The same of the elements from (inclusive) to to (exclusive). */
  double[] mean(int from, int to) {
    return divided(Arrays.copyOfRange(sum, from, to), weights.total());
  }

  /** The number of samples outside a group. */
  int samplesWithout(int group) {
    return weights.samplesWithout(group);
  }

  /** The effective number of samples outside a group. */
  double effectiveSamplesWithout(int group) {
    return weights.effectiveSamplesWithout(group);
  }

  /** The average of all samples but those of a group, as a new array. */
  public double[] meanWithout(int group) {
    return meanWithout(group, 0, sum.length);
  }

  /**
   * The same of the elements from (inclusive) to to (exclusive). The group is subtracted from the
   * sum of all where little is lost by that; elsewhere, and so where the other groups are zero or
   * the group is not finite, the others are summed.
   */
  double[] meanWithout(int group, int from, int to) {
    double[] left = groupSums[group];
    double[] rest = new double[to - from];
    for (int i = from; i < to; i++) {
      double difference = sum[i] - left[i];
      double size = Math.abs(difference);
      boolean exact = size >= CANCELLING * (Math.abs(sum[i]) + Math.abs(left[i]));
      rest[i - from] = exact && size <= Double.MAX_VALUE ? difference : sumWithout(group, i);
    }
    return divided(rest, weights.totalWithout(group));
  }

  private double sumWithout(int group, int element) {
    double rest = 0;
    for (int other = 0; other < groupSums.length; other++) {
      if (other != group) {
        rest += groupSums[other][element];
      }
    }
    return rest;
  }

  private static double[] divided(double[] array, double by) {
    if (by == 0) {
      // Every weight left has underflowed beside the one that was left out.
      Arrays.fill(array, 0);
      return array;
    }
    for (int i = 0; i < array.length; i++) {
      array[i] /= by;
    }
    return array;
  }
}
