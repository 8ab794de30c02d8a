package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

class KeptNoiseTest {
  private static final int SIZE = 3 * 7 * 5;

  /** Each test has seeds of its own, since what is kept is the process's. */
  private static final AtomicLong SEEDS = new AtomicLong(1000);

  private static long seed() {
    return SEEDS.getAndIncrement();
  }

  /** What the second input finds. */
  private static KeptNoise begun(long seed, int size) {
    KeptNoise.of(seed, size);
    return KeptNoise.of(seed, size);
  }

  private static double[] made(long seed, int sample, int size) {
    double[] numbers = new double[size];
    GaussianNoise.fill(seed, sample, numbers);
    return numbers;
  }

  @Test
  void keepsFromTheSecondInputOnWhatTheGeneratorMakes() {
    long seed = seed();
    assertThat(KeptNoise.of(seed, SIZE).numbers(0)).isEmpty();
    KeptNoise second = KeptNoise.of(seed, SIZE);
    assertThat(second.numbers(3))
        .hasValueSatisfying(z -> assertThat(z).isEqualTo(made(seed, 3, SIZE)));
    assertThat(KeptNoise.of(seed, SIZE).numbers(3).orElseThrow())
        .isSameAs(second.numbers(3).orElseThrow());
  }

  @Test
  void keepsTheFirstSamplesAlone() {
    long seed = seed();
    long other = seed();
    KeptNoise kept = begun(seed, SIZE);
    assertThat(kept.numbers(KeptNoise.MOST_SAMPLES - 1)).isPresent();
    assertThat(kept.numbers(KeptNoise.MOST_SAMPLES)).isEmpty();
    long heap = Runtime.getRuntime().maxMemory() / 16 / Double.BYTES;
    int most = (int) Math.min(KeptNoise.MOST_NUMBERS, heap);
    int large = most / 2;
    KeptNoise two = begun(other, large);
    assertThat(two.numbers(1)).isPresent();
    assertThat(two.numbers(2)).isEmpty();
    assertThat(begun(other, most + 1).numbers(0)).isEmpty();
  }

  @Test
  void tellsSeedsAndSizesApart() {
    for (long seed : new long[] {seed(), seed()}) {
      for (int size : new int[] {SIZE, SIZE + 1}) {
        assertThat(begun(seed, size).numbers(1).orElseThrow()).isEqualTo(made(seed, 1, size));
      }
    }
  }

  @Test
  void staysWhereInputsOfTwoKindsTakeTurns() {
    long seed = seed();
    long other = seed();
    KeptNoise first = begun(seed, SIZE);
    for (int round = 0; round < 5; round++) {
      assertThat(KeptNoise.of(other, SIZE).numbers(0)).isEmpty();
      assertThat(KeptNoise.of(seed, SIZE)).isSameAs(first);
    }
  }

  @Test
  void severalThreadsFindTheSame() {
    long seed = seed();
    KeptNoise kept = begun(seed, SIZE);
    IntStream.range(0, 2000)
        .parallel()
        .forEach(
            i -> {
              int sample = i % KeptNoise.MOST_SAMPLES;
              assertThat(kept.numbers(sample).orElseThrow()).isEqualTo(made(seed, sample, SIZE));
            });
  }

  @Test
  void copiesOfTheNextImageAreWhatTheyWouldBeAlone() {
    long seed = seed();
    Shape shape = Shape.of(1, 3, 7, 5);
    Noise noise = new Noise(40, 0.1, Noise.Scale.ABSOLUTE, seed);
    for (int image = 0; image < 3; image++) {
      double[] clean = made(1, image, SIZE);
      NoisyInputs copies =
          new NoisyInputs(noise, Tensor.of(shape, clean), null, ElementType.FLOAT32);
      for (int sample = 0; sample < copies.count(); sample++) {
        double[] z = made(seed, sample, SIZE);
        float[] expected = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
          expected[i] = (float) (clean[i] + 0.1 * z[i]);
        }
        assertThat(copies.get(sample).toFloatArray()).isEqualTo(expected);
        FloatBuffer batch = FloatBuffer.allocate(SIZE);
        copies.put(sample, shape, batch);
        assertThat(batch.array()).isEqualTo(expected);
      }
      assertThatThrownBy(() -> copies.put(40, shape, FloatBuffer.allocate(SIZE)))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> copies.put(0, Shape.of(1, 3, 5, 7), FloatBuffer.allocate(SIZE)))
          .isInstanceOf(InvalidRequestException.class);
    }
  }
}
