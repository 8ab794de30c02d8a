package org.pellucid.core.stats;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How sure a mean is, whatever the distribution: the percentile bootstrap of B. Efron and R. J.
 * Tibshirani, "An introduction to the bootstrap", 1993, chapter 13. The same resamples serve all
 * quantities that were measured on the same cases, so that the interval of a difference of two
 * means is that of paired values. Equal seeds give equal intervals. Immutable.
 *
 * <pre>{@code
 * Bootstrap bootstrap = new Bootstrap(values.length, 0);
 * Interval ofMean = bootstrap.interval(values);
 * }</pre>
 */
public final class Bootstrap {
  /** How many times cases are drawn again. */
  public static final int RESAMPLES = 2000;

  /** Of each interval. */
  public static final double CONFIDENCE = 0.95;

  /** By resample, how often each case was drawn. */
  private final short[][] counts;

  private final int cases;

  /**
   * Draws resamples.
   *
   * @param cases how many values there are of each quantity, 1 to 30000
   * @throws IllegalArgumentException if there is none, or too many
   */
  public Bootstrap(int cases, long seed) {
    if (cases < 1 || cases > 30_000) {
      throw new IllegalArgumentException("Between 1 and 30000 cases, found " + cases);
    }
    this.cases = cases;
    this.counts = new short[RESAMPLES][cases];
    SplittableRandom random = new SplittableRandom(seed);
    for (short[] count : counts) {
      for (int i = 0; i < cases; i++) {
        count[random.nextInt(cases)]++;
      }
    }
  }

  /**
   * The mean of each resample.
   *
   * @param values one per case
   */
  public double[] means(double[] values) {
    if (values.length != cases) {
      throw new IllegalArgumentException(cases + " cases, found " + values.length + " values");
    }
    double[] means = new double[counts.length];
    for (int b = 0; b < means.length; b++) {
      double sum = 0;
      short[] count = counts[b];
      for (int i = 0; i < cases; i++) {
        sum += count[i] * values[i];
      }
      means[b] = sum / cases;
    }
    return means;
  }

  /**
   * Where the mean lies.
   *
   * @param values one per case
   */
  public Interval interval(double[] values) {
    double[] means = means(values);
    Arrays.sort(means);
    double outside = (1 - CONFIDENCE) / 2;
    int low = (int) Math.floor(outside * (means.length - 1));
    return new Interval(means[low], means[means.length - 1 - low], CONFIDENCE);
  }
}
