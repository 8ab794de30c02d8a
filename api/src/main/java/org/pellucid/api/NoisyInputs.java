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
  private final FeatureMaps layout;
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
    this.layout = layout;
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
    this.layout = all.layout;
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
    return layout == null ? Optional.empty() : layout.places();
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
    double[] copy = clean.clone();
    if (sigma != 0) {
      double[] z = new double[copy.length];
      GaussianNoise.fill(noise.seed(), sample, z);
      if (layout != null) {
        z = layout.toLayout(z);
      }
      for (int i = 0; i < copy.length; i++) {
        copy[i] += sigma * z[i];
      }
    }
    return Tensor.of(shape, copy).cast(elementType);
  }
}
