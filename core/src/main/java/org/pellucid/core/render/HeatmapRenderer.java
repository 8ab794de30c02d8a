package org.pellucid.core.render;

import java.awt.Color;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Draws a raw saliency map over its image, at the image's size. In this order: ReLU and normalising
 * at the layer's resolution, upsampling, colouring, blending. The map is taken to lie evenly over
 * the network's input, and the input over the image as the {@link Geometry} says; where a crop left
 * parts of the image out, the image stays as it is.
 *
 * <p>Everywhere else the share of colour is the same, also where the map is 0: a map without
 * positive evidence gives an image under an even film of the colour of 0.
 *
 * <pre>{@code
 * BufferedImage picture =
 *     new HeatmapRenderer(HeatmapSettings.DEFAULT).render(saliency.map(), image, geometry);
 * Pictures.writePng(picture, Path.of("out/cat.grad-cam.png"));
 * }</pre>
 */
public final class HeatmapRenderer {
  /** Values within a shade are drawn alike; far finer than 8 bits of colour can show. */
  private static final int SHADES = 4096;

  private final HeatmapSettings settings;
  private final float[][] shades = new float[SHADES + 1][3];

  /** Prepares the colours. */
  public HeatmapRenderer(HeatmapSettings settings) {
    this.settings = Objects.requireNonNull(settings, "settings");
    for (int i = 0; i <= SHADES; i++) {
      int rgb = settings.colormap().rgb((double) i / SHADES);
      for (int channel = 0; channel < 3; channel++) {
        shades[i][channel] = rgb >> (16 - 8 * channel) & 0xff;
      }
    }
  }

  /**
   * Draws a map.
   *
   * @param map raw and signed, {@code [h, w]}, at the layer's resolution
   * @param image the image that was explained
   * @param geometry how it became the network's input
   * @return a new picture of the image's size, {@link BufferedImage#TYPE_INT_RGB}
   * @throws IllegalArgumentException if the map has not two axes or is empty, or if the geometry is
   *     that of an image of another size
   */
  public BufferedImage render(Tensor map, SourceImage image, Geometry geometry) {
    check(map, image, geometry);
    Rectangle covered = covered(geometry);
    double[] normalised = settings.normalization().apply(map, settings.peak());
    BufferedImage picture = image.toBufferedImage();
    blend(picture, image, covered, sampler(normalised, map.shape(), covered, geometry));
    return picture;
  }

  /**
   * Draws several maps, each in a colour of its own: at each pixel that of the largest, the more of
   * it the larger. All are divided by the largest number of any.
   *
   * @param maps without negative numbers, each {@code [h, w]}, at the layer's resolution; at least
   *     one
   * @return a new picture of the image's size, {@link BufferedImage#TYPE_INT_RGB}
   * @throws IllegalArgumentException as {@link #render}
   */
  public BufferedImage renderTogether(List<Tensor> maps, SourceImage image, Geometry geometry) {
    Rectangle covered = covered(geometry);
    double peak =
        maps.stream().flatMapToDouble(map -> Arrays.stream(map.toDoubleArray())).max().orElse(0);
    List<Upsampling.Sampler> samplers = new ArrayList<>();
    for (Tensor map : maps) {
      check(map, image, geometry);
      double[] normalised = map.toDoubleArray();
      Arrays.setAll(normalised, i -> peak > 0 ? normalised[i] / peak : 0);
      samplers.add(sampler(normalised, map.shape(), covered, geometry));
    }
    BufferedImage picture = image.toBufferedImage();
    double[][] values = new double[maps.size()][covered.width];
    for (int y = 0; y < covered.height; y++) {
      for (int i = 0; i < values.length; i++) {
        samplers.get(i).row(y, values[i], 0);
      }
      for (int x = 0; x < covered.width; x++) {
        int largest = 0;
        for (int i = 1; i < values.length; i++) {
          largest = values[i][x] > values[largest][x] ? i : largest;
        }
        double share = settings.overlay() * Math.min(1, values[largest][x]);
        int at = picture.getRGB(covered.x + x, covered.y + y);
        int colour = colour(largest, maps.size());
        picture.setRGB(covered.x + x, covered.y + y, mixed(at, colour, share));
      }
    }
    return picture;
  }

  /** The colour of one of several maps that are drawn together, 0xRRGGBB: hues evenly apart. */
  public static int colour(int index, int count) {
    return Color.HSBtoRGB((float) index / count, 0.9f, 1) & 0xffffff;
  }

  private static int mixed(int rgb, int colour, double share) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      double channel = (1 - share) * (rgb >> shift & 0xff) + share * (colour >> shift & 0xff);
      mixed = mixed << 8 | (int) Math.round(channel);
    }
    return mixed;
  }

  private static void check(Tensor map, SourceImage image, Geometry geometry) {
    if (map.shape().rank() != 2 || map.size() == 0) {
      throw new IllegalArgumentException("A map is [h, w], found " + map);
    }
    if (image.width() != geometry.imageWidth() || image.height() != geometry.imageHeight()) {
      throw new IllegalArgumentException(
          "The image has " + image + " pixels, the geometry is " + geometry);
    }
  }

  /** What reads a map at the pixels that the input covers. */
  private Upsampling.Sampler sampler(
      double[] normalised, Shape shape, Rectangle covered, Geometry geometry) {
    int rows = shape.dim(0);
    int columns = shape.dim(1);
    double[] ys = new double[covered.height];
    for (int i = 0; i < ys.length; i++) {
      ys[i] = geometry.inputY(covered.y + i + 0.5) * rows / geometry.inputHeight();
    }
    double[] xs = new double[covered.width];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = geometry.inputX(covered.x + i + 0.5) * columns / geometry.inputWidth();
    }
    return new Upsampling.Sampler(settings.upsampling(), normalised, rows, columns, ys, xs);
  }

  /** The pixels whose middle the input covers: the crop's edge may run through a pixel. */
  private static Rectangle covered(Geometry geometry) {
    int x0 = first(geometry.imageX(0), geometry.imageWidth());
    int y0 = first(geometry.imageY(0), geometry.imageHeight());
    int x1 = first(geometry.imageX(geometry.inputWidth()), geometry.imageWidth());
    int y1 = first(geometry.imageY(geometry.inputHeight()), geometry.imageHeight());
    return new Rectangle(x0, y0, x1 - x0, y1 - y0);
  }

  /** The first pixel whose middle is at or behind a position. */
  private static int first(double position, int length) {
    return (int) Math.max(0, Math.min(length, Math.ceil(position - 0.5)));
  }

  private void blend(
      BufferedImage picture, SourceImage image, Rectangle covered, Upsampling.Sampler sampler) {
    float share = (float) settings.overlay();
    double[] values = new double[covered.width];
    float[][] row = new float[3][image.width()];
    int[] pixels = new int[covered.width];
    for (int y = 0; y < covered.height; y++) {
      sampler.row(y, values, 0);
      for (int channel = 0; channel < 3; channel++) {
        image.readRow(channel, covered.y + y, row[channel]);
      }
      for (int x = 0; x < covered.width; x++) {
        float[] colour = shades[(int) Math.round(values[x] * SHADES)];
        int rgb = 0;
        for (int channel = 0; channel < 3; channel++) {
          float blended = (1 - share) * row[channel][covered.x + x] + share * colour[channel];
          rgb = rgb << 8 | Math.round(blended);
        }
        pixels[x] = rgb;
      }
      picture.setRGB(covered.x, covered.y + y, covered.width, 1, pixels, 0, covered.width);
    }
  }
}
