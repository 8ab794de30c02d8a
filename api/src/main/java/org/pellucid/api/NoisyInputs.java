package org.pellucid.api;

import java.util.Objects;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Noisy copies of an input: x + sigma z, with z of {@link GaussianNoise} and elements numbered by
 * channel, row and column whatever the layout, product and sum rounded to binary64 and the result
 * to the run's precision.
 *
 * @since 0.1.0
 */
public final class NoisyInputs implements Inputs {
  private final Noise noise;
  private final double[] clean;
  private final Shape shape;
  private final int[] places;
  private final ElementType elementType;
  private final double sigma;
  private final int first;
  private final int count;

  /**
   * Noise on an input.
   *
   * @param input one sample
   * @param layout of the input; null when it is not known, which numbers elements row-major
   * @param elementType of the copies
   */
  NoisyInputs(Noise noise, Tensor input, FeatureMaps layout, ElementType elementType) {
    this.noise = noise;
    this.clean = input.toDoubleArray();
    this.shape = input.shape();
    this.places = layout == null ? null : layout.places().orElse(null);
    this.elementType = elementType;
    this.sigma = sigma(noise, clean);
    this.first = 0;
    this.count = noise.samples();
  }

  /** Some of the copies. */
  private NoisyInputs(NoisyInputs all, int first, int count) {
    this.noise = all.noise;
    this.clean = all.clean;
    this.shape = all.shape;
    this.places = all.places;
    this.elementType = all.elementType;
    this.sigma = all.sigma;
    this.first = first;
    this.count = count;
  }

  private static double sigma(Noise noise, double[] clean) {
    if (noise.scale() == Noise.Scale.ABSOLUTE) {
      return noise.amount();
    }
    if (clean.length == 0) {
      return 0;
    }
    double min = clean[0];
    double max = clean[0];
    for (double x : clean) {
      min = Math.min(min, x);
      max = Math.max(max, x);
    }
    return noise.amount() * (max - min);
  }

  /** x, one sample in the model's layout, float64, row-major; not to be changed. */
  public double[] clean() {
    return clean;
  }

  /** The shape of a copy. */
  public Shape shape() {
    return shape;
  }

  /** The standard deviation of the noise in units of the input; where it is 0, copies equal x. */
  public double sigma() {
    return sigma;
  }

  /** Which noise. */
  public long seed() {
    return noise.seed();
  }

  /**
   * Where each element, numbered by channel, row and column, lies in a sample; empty where it lies
   * in that order.
   */
  public Optional<int[]> places() {
    return Optional.ofNullable(places).map(int[]::clone);
  }

  /** The number of the first of these copies, by which its noise is made. */
  public int first() {
    return first;
  }

  @Override
  public int count() {
    return count;
  }

  private record Copies(Noise noise, int first, int count) {}

  @Override
  public Optional<Object> identity() {
    return Optional.of(new Copies(noise, first, count));
  }

  @Override
  public NoisyInputs part(int from, int to) {
    Objects.checkFromToIndex(from, to, count);
    return new NoisyInputs(this, first + from, to - from);
  }

  @Override
  public Tensor get(int index) {
    int sample = first + Objects.checkIndex(index, count);
    if (sigma == 0) {
      return Tensor.of(shape, clean.clone()).cast(elementType);
    }
    float[] narrow = new float[elementType == ElementType.FLOAT32 ? clean.length : 0];
    double[] wide = new double[clean.length - narrow.length];
    // A block at a time, which stays near the processor.
    GaussianNoise.Blocks blocks = new GaussianNoise.Blocks(noise.seed(), sample);
    double[] z = new double[Math.min(GaussianNoise.BLOCK, clean.length)];
    for (int start = 0; start < clean.length; start += z.length) {
      if (clean.length - start < z.length) {
        z = new double[clean.length - start];
      }
      blocks.next(z);
      if (places != null) {
        scatter(z, start, narrow, wide);
      } else if (narrow.length > 0) {
        for (int i = 0; i < z.length; i++) {
          narrow[start + i] = (float) (clean[start + i] + sigma * z[i]);
        }
      } else {
        for (int i = 0; i < z.length; i++) {
          wide[start + i] = clean[start + i] + sigma * z[i];
        }
      }
    }
    return narrow.length > 0 ? Tensor.of(shape, narrow) : Tensor.of(shape, wide).cast(elementType);
  }

  /** Adds the noise of elements from a start where they lie in the layout. */
  private void scatter(double[] z, int start, float[] narrow, double[] wide) {
    for (int i = 0; i < z.length; i++) {
      int place = places[start + i];
      double noisy = clean[place] + sigma * z[i];
      if (narrow.length > 0) {
        narrow[place] = (float) noisy;
      } else {
        wide[place] = noisy;
      }
    }
  }
}
