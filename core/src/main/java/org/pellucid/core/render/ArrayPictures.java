package org.pellucid.core.render;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.Preset;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Draws maps of what is no image: of a signal, a strip with the signal's first channel as a line;
 * of a volume, its slices side by side, grey, the mean of its channels.
 */
public final class ArrayPictures {
  private static final int STRIP_WIDTH = 1024;
  private static final int STRIP_HEIGHT = 128;
  private static final int MOST_SLICES = 16;

  private final HeatmapSettings settings;

  /** Draws by settings. */
  public ArrayPictures(HeatmapSettings settings) {
    this.settings = settings;
  }

  /**
   * A signal's map.
   *
   * @param map {@code [l]}
   * @param signal {@code [C, L]}
   * @return 128 pixels high, and of the signal's width or, where that is less than 1024, a multiple
   *     of it up to that
   */
  public BufferedImage strip(Tensor map, Tensor signal) {
    int length = signal.shape().dim(1);
    int width = length * Math.max(1, STRIP_WIDTH / length);
    BufferedImage line = new BufferedImage(width, STRIP_HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = line.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, STRIP_HEIGHT);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.BLACK);
    graphics.setStroke(new BasicStroke(2));
    double[] grey = greys(signal, 1);
    Path2D path = new Path2D.Double();
    for (int i = 0; i < length; i++) {
      double x = (i + 0.5) * width / length;
      double y = STRIP_HEIGHT * (0.95 - 0.9 * grey[i]);
      if (i == 0) {
        path.moveTo(x, y);
      } else {
        path.lineTo(x, y);
      }
    }
    graphics.draw(path);
    graphics.dispose();
    Geometry geometry = Geometry.of(Preset.Resize.STRETCH, width, STRIP_HEIGHT, length, 1);
    Tensor row = map.reshape(Shape.of(1, map.size()));
    return new HeatmapRenderer(settings).render(row, SourceImage.of(line), geometry);
  }

  /**
   * A volume's map.
   *
   * @param map {@code [d, h, w]}
   * @param volume {@code [C, D, H, W]}
   * @return up to 16 slices, evenly spaced along the depth, by rows; one scale of colours for all
   */
  public BufferedImage slices(Tensor map, Tensor volume) {
    int depth = volume.shape().dim(1);
    int height = volume.shape().dim(2);
    int width = volume.shape().dim(3);
    double[] shown = Resizing.linear(map, Shape.of(depth, height, width)).toDoubleArray();
    double[] grey = greys(volume, volume.shape().dim(0));
    int count = Math.min(depth, MOST_SLICES);
    int columns = (int) Math.ceil(Math.sqrt(count));
    int rows = (count + columns - 1) / columns;
    double[] mosaic = new double[rows * height * columns * width];
    BufferedImage image =
        new BufferedImage(columns * width, rows * height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < count; i++) {
      int slice = (int) ((i + 0.5) * depth / count);
      int left = i % columns * width;
      int top = i / columns * height;
      for (int p = 0; p < height * width; p++) {
        int x = left + p % width;
        int y = top + p / width;
        mosaic[y * columns * width + x] = shown[slice * height * width + p];
        int level = (int) Math.round(255 * grey[slice * height * width + p]);
        image.setRGB(x, y, level << 16 | level << 8 | level);
      }
    }
    Tensor all = Tensor.of(Shape.of(rows * height, columns * width), mosaic);
    Geometry geometry =
        Geometry.of(
            Preset.Resize.STRETCH,
            image.getWidth(),
            image.getHeight(),
            image.getWidth(),
            image.getHeight());
    return new HeatmapRenderer(settings).render(all, SourceImage.of(image), geometry);
  }

  /** The mean of the first channels, from 0 to 1. */
  private static double[] greys(Tensor array, int channels) {
    int size = Math.toIntExact(array.shape().sizeOf(1, array.shape().rank()));
    double[] grey = new double[size];
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      for (int channel = 0; channel < channels; channel++) {
        grey[i] += array.get(channel * size + i);
      }
      min = Math.min(min, grey[i]);
      max = Math.max(max, grey[i]);
    }
    double range = max > min ? max - min : 1;
    for (int i = 0; i < size; i++) {
      grey[i] = (grey[i] - min) / range;
    }
    return grey;
  }
}
