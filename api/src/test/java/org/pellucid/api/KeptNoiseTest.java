package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

class KeptNoiseTest {
  private static final int SIZE = 3 * 7 * 5;

  /** Each test has a seed of its own, since what is kept is the process's. */
  private static double[] made(long seed, int sample, int size) {
    double[] numbers = new double[size];
    GaussianNoise.fill(seed, sample, numbers);
    return numbers;
  }

  @Test
  void keepsFromTheSecondInputOnWhatTheGeneratorMakes() {
    assertThat(KeptNoise.of(101, SIZE).numbers(0)).isEmpty();
    KeptNoise second = KeptNoise.of(101, SIZE);
    assertThat(second.numbers(3))
        .hasValueSatisfying(z -> assertThat(z).isEqualTo(made(101, 3, SIZE)));
    assertThat(KeptNoise.of(101, SIZE).numbers(3).orElseThrow())
        .isSameAs(second.numbers(3).orElseThrow());
  }

  @Test
  void keepsTheFirstSamplesAlone() {
    KeptNoise.of(102, SIZE);
    KeptNoise kept = KeptNoise.of(102, SIZE);
    assertThat(kept.numbers(KeptNoise.MOST_SAMPLES - 1)).isPresent();
    assertThat(kept.numbers(KeptNoise.MOST_SAMPLES)).isEmpty();
    int large = KeptNoise.MOST_NUMBERS / 2;
    KeptNoise.of(103, large);
    KeptNoise two = KeptNoise.of(103, large);
    assertThat(two.numbers(1)).isPresent();
    assertThat(two.numbers(2)).isEmpty();
    KeptNoise.of(103, KeptNoise.MOST_NUMBERS + 1);
    assertThat(KeptNoise.of(103, KeptNoise.MOST_NUMBERS + 1).numbers(0)).isEmpty();
  }

  @Test
  void tellsSeedsAndSizesApart() {
    for (long seed : new long[] {104, 105}) {
      for (int size : new int[] {SIZE, SIZE + 1}) {
        KeptNoise.of(seed, size);
        assertThat(KeptNoise.of(seed, size).numbers(1).orElseThrow())
            .isEqualTo(made(seed, 1, size));
      }
    }
  }

  @Test
  void staysWhereInputsOfTwoKindsTakeTurns() {
    KeptNoise.of(106, SIZE);
    KeptNoise first = KeptNoise.of(106, SIZE);
    assertThat(KeptNoise.of(107, SIZE).numbers(0)).isEmpty();
    assertThat(KeptNoise.of(106, SIZE)).isSameAs(first);
  }

  @Test
  void severalThreadsFindTheSame() {
    KeptNoise.of(108, SIZE);
    KeptNoise kept = KeptNoise.of(108, SIZE);
    IntStream.range(0, 2000)
        .parallel()
        .forEach(
            i -> {
              int sample = i % KeptNoise.MOST_SAMPLES;
              assertThat(kept.numbers(sample).orElseThrow()).isEqualTo(made(108, sample, SIZE));
            });
  }

  @Test
  void copiesOfTheNextImageAreWhatTheyWouldBeAlone() {
    Shape shape = Shape.of(1, 3, 7, 5);
    Noise noise = new Noise(40, 0.1, Noise.Scale.ABSOLUTE, 109);
    for (int image = 0; image < 3; image++) {
      double[] clean = made(1, image, SIZE);
      NoisyInputs copies =
          new NoisyInputs(noise, Tensor.of(shape, clean), null, ElementType.FLOAT32);
      for (int sample = 0; sample < copies.count(); sample++) {
        double[] z = made(109, sample, SIZE);
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
