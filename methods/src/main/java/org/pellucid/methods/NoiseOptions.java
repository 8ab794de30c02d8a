package org.pellucid.methods;

import org.pellucid.api.Noise;
import org.pellucid.api.Option;
import org.pellucid.api.Options;

/** The options of methods that average over noisy copies of the image. */
public final class NoiseOptions {
  private static final String SMOOTH_GRAD =
      "Smilkov et al. 2017 (SmoothGrad), https://arxiv.org/abs/1706.03825";

  /** What random numbers are made by, from a seed. */
  static final String NUMBERS =
      "Salmon et al. 2011 (Philox), https://doi.org/10.1145/2063384.2063405";

  /** The number of noisy copies. */
  public static final Option<SampleCount> SAMPLES =
      new Option<>(
          "samples",
          SampleCount.class,
          SampleCount.of(25),
          "1 to 10000 | auto",
          "How many noisy copies are averaged; auto adds copies until the map has settled to the"
              + " tolerance, up to 1000",
          SMOOTH_GRAD,
          SampleCount::parse);

  /** How far a map may still be from its limit. */
  public static final Option<Double> TOLERANCE =
      Option.number(
          "tolerance",
          0.05,
          1e-6,
          1,
          "With samples auto: up to which part of the map's largest value the standard error of"
              + " every cell, times 1 + 30/n for n copies, has come down when there are enough",
          "Efron and Stein 1981 (the jackknife's error), https://doi.org/10.1214/aos/1176345462;"
              + " Glynn and Whitt 1992 (when to stop), https://doi.org/10.1214/aoap/1177005777");

  /** Noise relative to the input's range. */
  public static final Option<Double> NOISE =
      Option.number(
          "noise",
          0.15,
          0,
          Double.POSITIVE_INFINITY,
          "Standard deviation of the noise as a fraction of the input's range, max(x) - min(x)",
          SMOOTH_GRAD);

  /** Noise in units of the input; 0 leaves it to {@link #NOISE}. */
  public static final Option<Double> SIGMA =
      Option.number(
          "sigma",
          0,
          0,
          Double.POSITIVE_INFINITY,
          "Standard deviation of the noise in units of the model's input, instead of a fraction;"
              + " 0 leaves it to noise",
          "Omeiza et al. 2019, https://arxiv.org/abs/1908.01224");

  /** Which noise. */
  public static final Option<Long> SEED =
      Option.wholeNumber(
          "seed", 0, "Which noise; equal seeds give equal noise on every backend", NUMBERS);

  private NoiseOptions() {}

  /** The noise that options ask for, of a number of copies. */
  static Noise noise(int samples, Options options) {
    double sigma = options.get(SIGMA);
    return sigma > 0
        ? new Noise(samples, sigma, Noise.Scale.ABSOLUTE, options.get(SEED))
        : Noise.level(samples, options.get(NOISE), options.get(SEED));
  }
}
