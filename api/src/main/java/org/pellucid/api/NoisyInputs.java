package org.pellucid.api;

import java.nio.FloatBuffer;
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
  private final KeptNoise kept;
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
    this.kept = KeptNoise.of(noise.seed(), clean.length);
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
    this.kept = all.kept;
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
    if (elementType == ElementType.FLOAT32) {
      float[] copy = new float[clean.length];
      fill(sample, copy, 0);
      return Tensor.of(shape, copy);
    }
    double[] copy = new double[clean.length];
    each(sample, (z, start) -> add(z, start, copy));
    return Tensor.of(shape, copy).cast(elementType);
  }

  @Override
  public void put(int index, Shape one, FloatBuffer batch) {
    if (elementType == ElementType.FLOAT32
        && sigma != 0
        && one.equals(shape)
        && batch.hasArray()
        && batch.remaining() >= clean.length) {
      int start = batch.position();
      fill(first + Objects.checkIndex(index, count), batch.array(), batch.arrayOffset() + start);
      batch.position(start + clean.length);
    } else {
      Inputs.super.put(index, one, batch);
    }
  }

  private void fill(int sample, float[] batch, int offset) {
    each(sample, (z, start) -> add(z, start, batch, offset));
  }

  /** Takes the noise of some elements. */
  private interface Taker {
    /** Numbers, of elements from a start. */
    void take(double[] z, int start);
  }

  /** Gives the noise of a sample. */
  private void each(int sample, Taker taker) {
    Optional<double[]> whole = kept.numbers(sample);
    if (whole.isPresent()) {
      taker.take(whole.get(), 0);
      return;
    }
    // A block at a time, which stays near the processor.
    GaussianNoise.Blocks blocks = new GaussianNoise.Blocks(noise.seed(), sample);
    double[] z = new double[Math.min(GaussianNoise.BLOCK, clean.length)];
    for (int start = 0; start < clean.length; start += z.length) {
      if (clean.length - start < z.length) {
        z = new double[clean.length - start];
      }
      blocks.next(z);
      taker.take(z, start);
    }
  }

  /** x + sigma z of some elements where they lie in the layout. */
  private void add(double[] z, int start, float[] copy, int offset) {
    if (places == null) {
      for (int i = 0; i < z.length; i++) {
        copy[offset + start + i] = (float) (clean[start + i] + sigma * z[i]);
      }
    } else {
      for (int i = 0; i < z.length; i++) {
        int place = places[start + i];
        copy[offset + place] = (float) (clean[place] + sigma * z[i]);
      }
    }
  }

  private void add(double[] z, int start, double[] copy) {
    for (int i = 0; i < z.length; i++) {
      int place = places == null ? start + i : places[start + i];
      copy[place] = clean[place] + sigma * z[i];
    }
  }
}
