package org.pellucid.api;

/**
 * Gaussian noise on the model's input, for averages over noisy copies: copy m is x + sigma z, with
 * z the numbers of {@link GaussianNoise} for (seed, m), elements numbered by channel, row and
 * column whatever the model's layout; product and sum are rounded to binary64 each, and the result
 * to the run's precision.
 *
 * @param samples number of noisy copies, 1 to 10 000
 * @param amount the standard deviation: relative to the range of the input, or absolute
 * @param scale what the amount is relative to
 * @param seed which noise; equal seeds give bitwise equal noise everywhere
 * @since 0.1.0
 */
public record Noise(int samples, double amount, Scale scale, long seed) {
  /** What an amount of noise is relative to. */
  public enum Scale {
    /** sigma = amount * (max(x) - min(x)) of the model's input. */
    RELATIVE,
    /** sigma = amount, in units of the model's input. */
    ABSOLUTE
  }

  /** Refuses what is out of range. */
  public Noise {
    if (samples < 1 || samples > 10_000) {
      throw new InvalidRequestException("Samples are 1 to 10000, found " + samples);
    }
    if (!(amount >= 0) || Double.isInfinite(amount)) {
      throw new InvalidRequestException("Noise is a finite amount of at least 0, found " + amount);
    }
  }

  /** Noise relative to the input's range. */
  public static Noise level(int samples, double level, long seed) {
    return new Noise(samples, level, Scale.RELATIVE, seed);
  }

  /** The same with another number of copies; the first ones are equal. */
  public Noise withSamples(int count) {
    return new Noise(count, amount, scale, seed);
  }
}
