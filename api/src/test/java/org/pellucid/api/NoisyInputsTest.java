package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.FeatureMapAxes;

/** Copies against x + sigma z, one number at a time. */
class NoisyInputsTest {
  private static final int CHANNELS = 3;

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, true, 1, 1", "FLOAT32, true, 33, 31", "FLOAT32, false, 33, 31",
    "FLOAT64, true, 33, 31", "FLOAT64, false, 19, 27", "FLOAT32, true, 32, 32"
  })
  void copiesAreTheCleanInputAndItsNoise(
      ElementType type, boolean channelsFirst, int height, int width) {
    Shape shape =
        channelsFirst ? Shape.of(1, CHANNELS, height, width) : Shape.of(1, height, width, CHANNELS);
    FeatureMapAxes axes =
        channelsFirst
            ? new FeatureMapAxes(0, 1, List.of(2, 3))
            : new FeatureMapAxes(0, 3, List.of(1, 2));
    double[] clean = new double[CHANNELS * height * width];
    for (int i = 0; i < clean.length; i++) {
      clean[i] = Math.sin(i);
    }
    Noise noise = new Noise(4, 0.37, Noise.Scale.ABSOLUTE, 11);
    NoisyInputs copies =
        new NoisyInputs(noise, Tensor.of(shape, clean), FeatureMaps.of(shape, axes), type);
    double[] z = new double[clean.length];
    for (int sample = 0; sample < 4; sample++) {
      GaussianNoise.fill(11, sample, z);
      double[] expected = new double[clean.length];
      for (int e = 0; e < clean.length; e++) {
        int channel = e / (height * width);
        int pixel = e % (height * width);
        int place = channelsFirst ? e : pixel * CHANNELS + channel;
        double value = clean[place] + 0.37 * z[e];
        expected[place] = type == ElementType.FLOAT32 ? (float) value : value;
      }
      Tensor copy = copies.get(sample);
      assertThat(copy.elementType()).isEqualTo(type);
      assertThat(copy.shape()).isEqualTo(shape);
      assertThat(copy.toDoubleArray()).isEqualTo(expected);
      assertThat(copies.part(sample, 4).get(0).toDoubleArray()).isEqualTo(expected);
      float[] batch = new float[1 + clean.length];
      FloatBuffer place = FloatBuffer.wrap(batch, 1, clean.length);
      copies.part(sample, 4).put(0, shape, place);
      assertThat(place.remaining()).isZero();
      assertThat(batch[0]).isZero();
      for (int e = 0; e < clean.length; e++) {
        assertThat(batch[1 + e]).isEqualTo((float) expected[e]);
      }
    }
  }
}
