package org.pellucid.api;

import java.util.Arrays;

/**
 * A weighted average of arrays over samples, v = sum_m omega_m v_m / sum_m omega_m, with what the
 * jackknife needs: the same average without each of a few groups of samples. Weights are 1, or
 * exp(S_m - max S) with the sums rescaled when the maximum rises. Sums are float64, in sample
 * order; memory does not grow with the number of samples. Sample m belongs to group m mod {@link
 * #groups()}. Not thread-safe.
 */
public final class SampleAverage {
  private static final int MOST_GROUPS = 10;

  /** Elements that are summed over all groups before the next: they stay in the cache. */
  private static final int BLOCK = 1024;

  /** Groups are given up, down to two, when their sums would take more bytes than this. */
  private static final long GROUP_BYTES = 256L << 20;

  private final int length;
  private final ScoreScale scale;
  private final double[] sum;
  private final double[][] groupSums;
  private final int[] groupSamples;
  private final double[] groupWeight;
  private final double[] groupSquaredWeight;
  private double weight;
  private double squaredWeight;
  private double highest = Double.NEGATIVE_INFINITY;
  private int samples;

  /**
   * An average of nothing yet.
   *
   * @param length elements per array
   * @param expected how many samples will be added; decides the number of groups
   * @param scale how samples are weighted
   */
  public SampleAverage(int length, int expected, ScoreScale scale) {
    this.length = length;
    this.scale = scale;
    this.sum = new double[length];
    int groups = expected < 2 ? 0 : Math.min(expected, MOST_GROUPS);
    if (groups > 0) {
      groups = (int) Math.max(2, Math.min(groups, GROUP_BYTES / (8L * Math.max(1, length))));
    }
    this.groupSums = new double[groups][length];
    this.groupSamples = new int[groups];
    this.groupWeight = new double[groups];
    this.groupSquaredWeight = new double[groups];
  }

  /**
   * Adds the next sample.
   *
   * @param score its S
   * @param values its array
   */
  public void add(double score, double[] values) {
    double omega = 1;
    if (scale == ScoreScale.EXP) {
      if (score > highest) {
        // Nothing has been summed yet when the highest score is still -infinity.
        if (samples > 0) {
          lower(Math.exp(highest - score));
        }
        highest = score;
      }
      omega = Math.exp(score - highest);
    }
    weight += omega;
    squaredWeight += omega * omega;
    addTo(sum, omega, values);
    if (groupSums.length > 0) {
      int group = samples % groupSums.length;
      groupSamples[group]++;
      groupWeight[group] += omega;
      groupSquaredWeight[group] += omega * omega;
      addTo(groupSums[group], omega, values);
    }
    samples++;
  }

  private static void addTo(double[] sum, double omega, double[] values) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += omega * values[i];
    }
  }

  private void lower(double factor) {
    weight *= factor;
    squaredWeight *= factor * factor;
    for (int group = 0; group < groupSums.length; group++) {
      groupWeight[group] *= factor;
      groupSquaredWeight[group] *= factor * factor;
    }
    rescale(0, length, factor);
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
    return samples;
  }

  /** (sum omega)^2 / sum omega^2. */
  public double effectiveSamples() {
    return weight * weight / squaredWeight;
  }

  /** The number of groups, at most 10; 0 when fewer than 2 samples were expected. */
  public int groups() {
    return groupSums.length;
  }

  /** The average of all samples, as a new array. */
  public double[] mean() {
    return divided(sum.clone(), weight);
  }

  /** The number of samples outside a group. */
  int samplesWithout(int group) {
    return samples - groupSamples[group];
  }

  /** The effective number of samples outside a group. */
  double effectiveSamplesWithout(int group) {
    double w = total(groupWeight, group);
    return w * w / total(groupSquaredWeight, group);
  }

  /**
   * The average of all samples but those of a group, as a new array. The other groups are summed,
   * rather than this one subtracted, so that zeros stay zeros.
   */
  public double[] meanWithout(int group) {
    double[] rest = new double[length];
    for (int from = 0; from < length; from += BLOCK) {
      int to = Math.min(from + BLOCK, length);
      for (int other = 0; other < groupSums.length; other++) {
        if (other != group) {
          double[] sums = groupSums[other];
          for (int i = from; i < to; i++) {
            rest[i] += sums[i];
          }
        }
      }
    }
    return divided(rest, total(groupWeight, group));
  }

  private static double total(double[] numbers, int without) {
    double total = 0;
    for (int i = 0; i < numbers.length; i++) {
      total += i == without ? 0 : numbers[i];
    }
    return total;
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
