package org.pellucid.api;

/**
 * What samples weigh in an average, omega = 1 or exp(S - max S), all together and by groups for the
 * jackknife: sample m belongs to group m mod {@link #groups()}. Whoever keeps the sums multiplies
 * them by {@link PowerSums.Factor#before} whenever the maximum has risen.
 */
final class SampleWeights {
  private static final int MOST_GROUPS = 10;

  /** Groups are given up, down to two, when their sums would take more bytes than this. */
  private static final long GROUP_BYTES = 256L << 20;

  private final ScoreScale scale;
  private final int[] groupSamples;
  private final double[] groupWeight;
  private final double[] groupSquaredWeight;
  private double weight;
  private double squaredWeight;
  private double highest = Double.NEGATIVE_INFINITY;
  private int samples;

  /**
   * No samples yet.
   *
   * @param length numbers that are summed of each sample
   * @param expected how many samples there will be
   */
  SampleWeights(int length, int expected, ScoreScale scale) {
    this.scale = scale;
    int groups = expected < 2 ? 0 : Math.min(expected, MOST_GROUPS);
    if (groups > 0) {
      groups = (int) Math.max(2, Math.min(groups, GROUP_BYTES / (8L * Math.max(1, length))));
    }
    this.groupSamples = new int[groups];
    this.groupWeight = new double[groups];
    this.groupSquaredWeight = new double[groups];
  }

  /** Counts the next sample, and tells how it is added. */
  PowerSums.Factor next(double score) {
    double omega = 1;
    double before = 1;
    if (scale == ScoreScale.EXP) {
      if (score > highest) {
        // Nothing has been summed yet when the highest score is still -infinity.
        if (samples > 0) {
          before = Math.exp(highest - score);
          lower(before);
        }
        highest = score;
      }
      omega = Math.exp(score - highest);
    }
    weight += omega;
    squaredWeight += omega * omega;
    if (groups() > 0) {
      int group = samples % groups();
      groupSamples[group]++;
      groupWeight[group] += omega;
      groupSquaredWeight[group] += omega * omega;
    }
    samples++;
    return new PowerSums.Factor(omega, before);
  }

  private void lower(double factor) {
    weight *= factor;
    squaredWeight *= factor * factor;
    for (int group = 0; group < groups(); group++) {
      groupWeight[group] *= factor;
      groupSquaredWeight[group] *= factor * factor;
    }
  }

  /** The number of groups, at most 10; 0 when fewer than 2 samples were expected. */
  int groups() {
    return groupWeight.length;
  }

  /** How many samples there were. */
  int samples() {
    return samples;
  }

  /** The number of samples outside a group. */
  int samplesWithout(int group) {
    return samples - groupSamples[group];
  }

  /** The sum of all weights. */
  double total() {
    return weight;
  }

  /** The sum of the weights outside a group: of the others, so that zeros stay zeros. */
  double totalWithout(int group) {
    return without(groupWeight, group);
  }

  /** (sum omega)^2 / sum omega^2. */
  double effectiveSamples() {
    return weight * weight / squaredWeight;
  }

  /** The same outside a group. */
  double effectiveSamplesWithout(int group) {
    double w = totalWithout(group);
    return w * w / without(groupSquaredWeight, group);
  }

  private static double without(double[] numbers, int group) {
    double total = 0;
    for (int i = 0; i < numbers.length; i++) {
      total += i == group ? 0 : numbers[i];
    }
    return total;
  }
}
