package org.pellucid.core.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.Preset;
import org.pellucid.core.image.Preset.Resize;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

class HeatmapRendererTest {
  private static final HeatmapSettings PLAIN =
      HeatmapSettings.DEFAULT
          .withOverlay(1)
          .with(Colormap.GRAY)
          .with(Normalization.NONE)
          .with(Upsampling.NEAREST);

  @TempDir Path folder;

  private static Tensor map(int rows, int columns, double... values) {
    return Tensor.of(Shape.of(rows, columns), values);
  }

  private static SourceImage image(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, 0x102030 + x + (y << 8));
      }
    }
    return SourceImage.of(image);
  }

  @Test
  void normalises() {
    Tensor map = map(1, 4, -1, 0, 1, 3);
    assertThat(Normalization.MAX.apply(map)).containsExactly(0, 0, 1 / 3.0, 1);
    assertThat(Normalization.MINMAX.apply(map))
        .containsExactly(new double[] {0, 0.25, 0.5, 1}, within(1e-15));
    assertThat(Normalization.NONE.apply(map)).containsExactly(0, 0, 1, 1);
    OptionalDouble peak = OptionalDouble.of(2);
    assertThat(Normalization.MAX.apply(map, peak)).containsExactly(0, 0, 0.5, 1);
    assertThat(Normalization.MINMAX.apply(map, peak))
        .containsExactly(new double[] {0, 1 / 3.0, 2 / 3.0, 1}, within(1e-15));
    assertThat(Normalization.NONE.apply(map, peak)).containsExactly(0, 0, 1, 1);
  }

  @ParameterizedTest
  @EnumSource
  void normalisesWhatIsDegenerate(Normalization normalization) {
    assertThat(normalization.apply(map(1, 2, 0, 0))).containsExactly(0, 0);
    assertThat(normalization.apply(map(1, 2, -5, -5))).containsExactly(0, 0);
    for (double huge : new double[] {Double.MAX_VALUE, Double.MIN_VALUE, Double.NaN}) {
      double[] values = normalization.apply(map(1, 2, huge, -huge));
      assertThat(values[0]).isBetween(0.0, 1.0);
      assertThat(values[1]).isBetween(0.0, 1.0);
    }
    // Flat and positive: everything is evidence, unless only differences count.
    assertThat(normalization.apply(map(1, 2, 1, 1)))
        .containsOnly(normalization == Normalization.MINMAX ? 0 : 1);
  }

  /** By hand: middles at 0.5 and 1.5 of 2 cells; PyTorch's interpolate gives the same. */
  @Test
  void upsamplesBilinearly() {
    double[] positions = {0.25, 0.75, 1.25, 1.75};
    double[] values =
        Upsampling.BILINEAR.sample(new double[] {0, 1}, 1, 2, new double[] {0.5}, positions);
    assertThat(values).containsExactly(new double[] {0, 0.25, 0.75, 1}, within(1e-12));
    double[] square =
        Upsampling.BILINEAR.sample(
            new double[] {0, 1, 1, 0}, 2, 2, new double[] {1}, new double[] {1, 0.5});
    assertThat(square).containsExactly(new double[] {0.5, 0.5}, within(1e-12));
  }

  @Test
  void upsamplesToTheNearest() {
    double[] values =
        Upsampling.NEAREST.sample(
            new double[] {0.1, 0.9}, 1, 2, new double[] {0.5}, new double[] {0, 0.99, 1, 1.99});
    assertThat(values).containsExactly(0.1, 0.1, 0.9, 0.9);
  }

  /** Keys' kernel: exact on parabolas, unlike a = -0.75; half-way weights -1/16, 9/16. */
  @Test
  void upsamplesBicubically() {
    double[] parabola = new double[8];
    for (int i = 0; i < parabola.length; i++) {
      parabola[i] = 0.01 * i * i + 0.02 * i + 0.1;
    }
    double[] xs = {2.5, 3.2, 4.9, 5.75};
    double[] values = Upsampling.BICUBIC.sample(parabola, 1, 8, new double[] {0.5}, xs);
    for (int i = 0; i < xs.length; i++) {
      double x = xs[i] - 0.5;
      assertThat(values[i]).isCloseTo(0.01 * x * x + 0.02 * x + 0.1, within(1e-12));
    }
    double[] step = {0, 0, 1, 1};
    assertThat(
            Upsampling.BICUBIC.sample(step, 1, 4, new double[] {0.5}, new double[] {2, 1.5, 1.2}))
        .containsExactly(new double[] {0.5, 0, 0}, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void upsamplingKeepsFlatMapsFlat(Upsampling upsampling) {
    double[] flat = {0.3, 0.3, 0.3, 0.3, 0.3, 0.3};
    double[] positions = {0, 0.1, 0.9, 1.4, 1.999};
    double[] values = upsampling.sample(flat, 2, 3, positions, positions);
    double[] expected = new double[values.length];
    Arrays.fill(expected, 0.3);
    assertThat(values).containsExactly(expected, within(1e-12));
  }

  @Test
  void placesTheMapOnTheImage() {
    SourceImage image = image(8, 4);
    Geometry geometry = Geometry.of(Resize.STRETCH, 8, 4, 32, 32);
    BufferedImage picture =
        new HeatmapRenderer(PLAIN).render(map(2, 2, 0, 1, 0.2, 0.4), image, geometry);
    assertThat(picture.getWidth()).isEqualTo(8);
    assertThat(picture.getHeight()).isEqualTo(4);
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 8; x++) {
        int expected = y < 2 ? (x < 4 ? 0 : 0xffffff) : (x < 4 ? 0x333333 : 0x666666);
        assertThat(picture.getRGB(x, y) & 0xffffff).isEqualTo(expected);
      }
    }
  }

  @Test
  void leavesWhatWasCroppedAlone() {
    SourceImage image = image(8, 4);
    Geometry geometry = Geometry.of(Resize.CROP, 8, 4, 16, 16);
    BufferedImage picture = new HeatmapRenderer(PLAIN).render(map(1, 1, 1), image, geometry);
    BufferedImage original = image.toBufferedImage();
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 8; x++) {
        boolean inside = x >= 2 && x < 6;
        assertThat(picture.getRGB(x, y)).isEqualTo(inside ? 0xffffffff : original.getRGB(x, y));
      }
    }
  }

  /** The margins of the input are not in the picture: only the map's middle rows are. */
  @Test
  void dropsTheMarginsOfAFittedImage() {
    SourceImage image = image(8, 4);
    Geometry geometry = Geometry.of(Resize.FIT, 8, 4, 16, 16);
    Tensor map = map(4, 1, 1, 0.2, 0.4, 1);
    BufferedImage picture = new HeatmapRenderer(PLAIN).render(map, image, geometry);
    for (int y = 0; y < 4; y++) {
      assertThat(picture.getRGB(5, y) & 0xffffff).isEqualTo(y < 2 ? 0x333333 : 0x666666);
    }
  }

  @Test
  void blends() {
    SourceImage image = image(4, 4);
    Geometry geometry = Geometry.of(Resize.STRETCH, 4, 4, 4, 4);
    Tensor map = map(1, 1, 1);
    BufferedImage original = image.toBufferedImage();
    BufferedImage none = new HeatmapRenderer(PLAIN.withOverlay(0)).render(map, image, geometry);
    BufferedImage quarter =
        new HeatmapRenderer(PLAIN.withOverlay(0.25)).render(map, image, geometry);
    for (int i = 0; i < 16; i++) {
      int before = original.getRGB(i % 4, i / 4);
      assertThat(none.getRGB(i % 4, i / 4)).isEqualTo(before);
      int red = before >> 16 & 0xff;
      assertThat(quarter.getRGB(i % 4, i / 4) >> 16 & 0xff)
          .isEqualTo(Math.round(0.75f * red + 0.25f * 255));
    }
  }

  /** Nothing speaks for the target: an even film of the colour of 0. */
  @Test
  void drawsSeveralMapsInColoursOfTheirOwn() {
    SourceImage image = image(4, 1);
    BufferedImage picture =
        new HeatmapRenderer(PLAIN)
            .renderTogether(
                List.of(map(1, 4, 4, 0, 1, 0), map(1, 4, 2, 2, 0, 0)),
                image,
                Geometry.of(Preset.Resize.STRETCH, 4, 1, 4, 1));
    int first = HeatmapRenderer.colour(0, 2);
    int second = HeatmapRenderer.colour(1, 2);
    assertThat(first).isEqualTo(0xff1a1a);
    assertThat(second).isEqualTo(0x1affff);
    // The largest of all, half of it, a quarter, nothing.
    assertThat(picture.getRGB(0, 0) & 0xffffff).isEqualTo(first);
    int[] shares = {2, 1};
    int[] colours = {second, first};
    for (int x = 1; x < 3; x++) {
      for (int shift = 0; shift <= 16; shift += 8) {
        double before = 0x102030 + x >> shift & 0xff;
        double share = shares[x - 1] / 4.0;
        double expected = (1 - share) * before + share * (colours[x - 1] >> shift & 0xff);
        assertThat((double) (picture.getRGB(x, 0) >> shift & 0xff))
            .isCloseTo(expected, within(0.51));
      }
    }
    assertThat(picture.getRGB(3, 0) & 0xffffff).isEqualTo(0x102033);
  }

  @ParameterizedTest
  @EnumSource
  void drawsMapsWithoutPositiveEvidence(Colormap colormap) {
    SourceImage image = image(4, 4);
    Geometry geometry = Geometry.of(Resize.STRETCH, 4, 4, 4, 4);
    HeatmapRenderer renderer =
        new HeatmapRenderer(HeatmapSettings.DEFAULT.withOverlay(1).with(colormap));
    for (double value : new double[] {0, -1}) {
      BufferedImage picture = renderer.render(map(1, 2, value, 0), image, geometry);
      for (int i = 0; i < 16; i++) {
        assertThat(picture.getRGB(i % 4, i / 4) & 0xffffff).isEqualTo(colormap.rgb(0));
      }
    }
  }

  @Test
  void refusesWhatDoesNotBelongTogether() {
    HeatmapRenderer renderer = new HeatmapRenderer(PLAIN);
    Geometry geometry = Geometry.of(Resize.STRETCH, 4, 4, 4, 4);
    assertThatThrownBy(() -> renderer.render(map(1, 1, 1), image(5, 4), geometry))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 x 4");
    assertThatThrownBy(
            () -> renderer.render(Tensor.of(Shape.of(1, 1, 1), 1.0), image(4, 4), geometry))
        .isInstanceOf(IllegalArgumentException.class);
    for (double overlay : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> PLAIN.withOverlay(overlay))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("0 to 1");
    }
  }

  @Test
  void writesEqualBytesForEqualPictures() throws IOException {
    Geometry geometry = Geometry.of(Resize.STRETCH, 31, 17, 8, 8);
    HeatmapRenderer renderer = new HeatmapRenderer(HeatmapSettings.DEFAULT);
    Path first = folder.resolve("new/first.png");
    Path second = folder.resolve("new/second.png");
    for (Path file : new Path[] {first, second}) {
      BufferedImage picture = renderer.render(map(2, 2, 0, 1, 2, 3), image(31, 17), geometry);
      Pictures.writePng(picture, file);
      BufferedImage read = ImageIO.read(file.toFile());
      assertThat(read.getRGB(30, 16)).isEqualTo(picture.getRGB(30, 16));
    }
    assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    assertThat(folder.resolve("new")).isDirectoryNotContaining("glob:**.tmp");
  }
}
