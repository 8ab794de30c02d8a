package org.pellucid.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

class PreprocessorTest {
  private static final SourceImage NOISE = SourceImage.read(Images.file("resample.png"));

  private static float[] apply(Preset preset, SourceImage image, int... input) {
    return new Preprocessor(preset, Shape.of(input)).apply(image).tensor().toFloatArray();
  }

  /** An image of one colour. */
  private static SourceImage plain(int width, int height, float... rgb) {
    float[][] planes = new float[3][width * height];
    for (int channel = 0; channel < 3; channel++) {
      Arrays.fill(planes[channel], rgb[channel]);
    }
    return SourceImage.ofFloats(width, height, planes);
  }

  /** Pillow in floating point, and within a step of Pillow rounding twice to 8 bits. */
  @ParameterizedTest
  @ValueSource(strings = {"9x13", "41x60", "50x20", "1x1"})
  void resamplesAsPillow(String size) {
    Tensor expected = Images.expected("resample-" + size);
    Shape shape = expected.shape();
    float[] values = apply(Preset.NONE, NOISE, 1, 3, shape.dim(1), shape.dim(2));
    assertThat(values).containsExactly(expected.toFloatArray(), within(1e-3f));
    float[] rounded = Images.expected("resample-8-bits-" + size).toFloatArray();
    assertThat(values).containsExactly(rounded, within(1f));
  }

  @Test
  void leavesTheSizeAloneExactly() {
    float[] values = apply(Preset.NONE, NOISE, 1, 3, NOISE.height(), NOISE.width());
    for (int i = 0; i < values.length; i++) {
      int pixel = i % (NOISE.width() * NOISE.height());
      int channel = i / (NOISE.width() * NOISE.height());
      assertThat(values[i])
          .isEqualTo(NOISE.sample(channel, pixel % NOISE.width(), pixel / NOISE.width()));
    }
  }

  /** The whole chain: Resize(16), CenterCrop(16), Normalize of torchvision on float tensors. */
  @Test
  void cropsAndNormalisesAsTorchvision() {
    Preset preset = Preset.IMAGENET.withResize(Preset.Resize.CROP);
    assertThat(apply(preset, NOISE, 1, 3, 16, 16))
        .containsExactly(Images.expected("resample-crop-16").toFloatArray(), within(1e-4f));
  }

  @Test
  void fillsWhatFitLeavesWithTheMean() {
    Preset preset = Preset.IMAGENET.withResize(Preset.Resize.FIT);
    SourceImage image = plain(20, 10, 255, 255, 255);
    Preprocessor.Input input = new Preprocessor(preset, Shape.of(1, 3, 8, 8)).apply(image);
    float[] values = input.tensor().toFloatArray();
    for (int channel = 0; channel < 3; channel++) {
      double white = (1 - Preset.IMAGENET.mean().get(channel)) / Preset.IMAGENET.std().get(channel);
      for (int i = 0; i < 64; i++) {
        int row = i / 8;
        assertThat(values[channel * 64 + i])
            .isCloseTo(row >= 2 && row < 6 ? (float) white : 0, within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "imagenet, '1.307047, -0.285014, -1.281569'",
    "caffe, '-73.939, -16.779, 76.32'",
    "unit, '0.784314, 0.392157, 0.117647'",
    "none, '200, 100, 30'"
  })
  void knowsThePresets(String name, String expected) {
    float[] values = apply(Preset.of(name), plain(5, 4, 200, 100, 30), 1, 3, 2, 2);
    String[] parts = expected.split(", ");
    for (int channel = 0; channel < 3; channel++) {
      assertThat(values[channel * 4]).isCloseTo(Float.parseFloat(parts[channel]), within(1e-4f));
    }
  }

  @Test
  void followsTheLayout() {
    SourceImage image = plain(4, 4, 1, 2, 3);
    assertThat(apply(Preset.NONE, image, 1, 3, 1, 2)).containsExactly(1, 1, 2, 2, 3, 3);
    assertThat(apply(Preset.NONE, image, 1, 1, 2, 3)).containsExactly(luma(1, 2, 3), within(1e-6f));
    Preset last = Preset.NONE.withLayout(Preset.Layout.NHWC);
    assertThat(apply(last, image, 1, 1, 2, 3)).containsExactly(1, 2, 3, 1, 2, 3);
    assertThat(apply(Preset.NONE, image, 1, 5, 2, 3)).startsWith(1, 2, 3, 1, 2, 3);
    // Axes of 3 on both sides: channels come first unless the preset says otherwise.
    assertThat(apply(Preset.NONE, image, 1, 3, 2, 3)).startsWith(1, 1, 1, 1, 1, 1, 2);
    assertThat(apply(last, image, 1, 3, 2, 3)).startsWith(1, 2, 3, 1, 2, 3);
    // The model was made for batches; one sample is made.
    Preprocessor preprocessor = new Preprocessor(Preset.NONE, Shape.of(7, 3, 2, 2));
    assertThat(preprocessor.apply(image).tensor().shape()).isEqualTo(Shape.of(1, 3, 2, 2));
  }

  private static float[] luma(float red, float green, float blue) {
    float value = 0.299f * red + 0.587f * green + 0.114f * blue;
    float[] values = new float[6];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void turnsColoursToGrey() {
    SourceImage image = plain(4, 4, 200, 100, 50);
    float luma = 0.299f * 200 + 0.587f * 100 + 0.114f * 50;
    assertThat(apply(Preset.NONE, image, 1, 1, 1, 1))
        .containsExactly(new float[] {luma}, within(1e-4f));
    Preset gray =
        new Preset(
            Preset.NONE.size(),
            Preset.Resize.STRETCH,
            Preset.Layout.AUTO,
            Preset.Channels.GRAY,
            255,
            List.of(0.5),
            List.of(2.0));
    float value = (luma / 255 - 0.5f) / 2;
    assertThat(apply(gray, image, 1, 3, 1, 1))
        .containsExactly(new float[] {value, value, value}, within(1e-6f));
  }

  @Test
  void refusesInputsThatAreNoImages() {
    for (int[] dims : new int[][] {{1, 4, 8, 8}, {1, 2, 8, 8}, {1, 8, 8, 4}, {3, 8, 8}, {1, 10}}) {
      assertThatThrownBy(() -> new Preprocessor(Preset.UNIT, Shape.of(dims)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(Shape.of(dims).toString())
          .hasMessageContaining("1 or 3 channels");
    }
    assertThatThrownBy(
            () ->
                new Preprocessor(
                    Preset.UNIT.withLayout(Preset.Layout.NHWC), Shape.of(1, 3, 224, 224)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("[N, H, W, C]");
    assertThatThrownBy(() -> new Preprocessor(Preset.IMAGENET, Shape.of(1, 1, 28, 28)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("1 channel")
        .hasMessageContaining("gray");
    assertThatThrownBy(
            () ->
                new Preprocessor(
                    Preset.UNIT.withSize(new Preset.Size(32, 48)), Shape.of(1, 3, 48, 32)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("32x48")
        .hasMessageContaining("48x32");
  }

  /** Extreme shapes neither fail nor fill the heap. */
  @Test
  void takesNarrowImages() {
    SourceImage tall = plain(1, 65_535, 9, 9, 9);
    SourceImage wide = plain(65_535, 1, 9, 9, 9);
    for (SourceImage image : List.of(tall, wide)) {
      for (Preset.Resize resize : Preset.Resize.values()) {
        float[] values = apply(Preset.NONE.withResize(resize), image, 1, 3, 32, 32);
        float margin = resize == Preset.Resize.FIT ? 0 : 9;
        assertThat(values[0]).isCloseTo(margin, within(1e-4f));
        assertThat(values[16 * 32 + 15]).isIn(0f, 9f);
      }
    }
  }
}
