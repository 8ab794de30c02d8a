package org.pellucid.core.compare;

import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import org.pellucid.core.Explanation;
import org.pellucid.core.Subject;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.render.HeatmapRenderer;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Reduce;

/** A subject's image, small enough to be shown many times, with maps over it. */
public final class Thumbnail {
  private final SourceImage image;
  private final Geometry geometry;

  private Thumbnail(SourceImage image, Geometry geometry) {
    this.image = image;
    this.geometry = geometry;
  }

  /**
   * Shrinks an image, or enlarges a small one by a whole number, so that its longer side has about
   * a number of pixels. A subject without an image is black.
   */
  public static Thumbnail of(Subject subject, int longest) {
    Geometry full = subject.geometry();
    double scale = (double) longest / Math.max(full.imageWidth(), full.imageHeight());
    if (scale > 1) {
      scale = Math.floor(scale);
    }
    int width = Math.max(1, (int) Math.round(full.imageWidth() * scale));
    int height = Math.max(1, (int) Math.round(full.imageHeight() * scale));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    subject.image().ifPresent(image -> paint(image.toBufferedImage(), small));
    Geometry geometry =
        new Geometry(
            width,
            height,
            full.inputWidth(),
            full.inputHeight(),
            full.resizedWidth(),
            full.resizedHeight(),
            full.left(),
            full.top());
    return new Thumbnail(SourceImage.of(small), geometry);
  }

  private static void paint(BufferedImage from, BufferedImage to) {
    BufferedImage source = from;
    // By halves as long as that is possible: a single step would skip pixels.
    while (source.getWidth() >= 2 * to.getWidth() && source.getHeight() >= 2 * to.getHeight()) {
      source = scaled(source, source.getWidth() / 2, source.getHeight() / 2);
    }
    draw(source, to);
  }

  private static BufferedImage scaled(BufferedImage from, int width, int height) {
    BufferedImage half = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    draw(from, half);
    return half;
  }

  private static void draw(BufferedImage from, BufferedImage to) {
    Graphics2D graphics = to.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(from, 0, 0, to.getWidth(), to.getHeight(), null);
    graphics.dispose();
  }

  int width() {
    return geometry.imageWidth();
  }

  int height() {
    return geometry.imageHeight();
  }

  /** The image alone. */
  public BufferedImage image() {
    return image.toBufferedImage();
  }

  /** The map over the image. */
  BufferedImage overlay(Explanation explanation, HeatmapSettings settings) {
    return overlay(explanation.saliency().map(), settings);
  }

  /**
   * A raw map over the image.
   *
   * @param map of rows and columns; of a signal, of one axis; of a volume, of three
   */
  public BufferedImage overlay(Tensor map, HeatmapSettings settings) {
    return new HeatmapRenderer(settings).render(flat(map), image, geometry);
  }

  /** A map of rows and columns; of a signal, one row; of a volume, the largest along its depth. */
  private static Tensor flat(Tensor map) {
    if (map.shape().rank() == 1) {
      return map.reshape(Shape.of(1, map.size()));
    }
    if (map.shape().rank() == 3) {
      return new Reduce.ReduceMax(List.of(0), false).evaluate(List.of(map));
    }
    return map;
  }

  /** The map's colours alone, transparent where the network did not look. */
  BufferedImage map(Explanation explanation, HeatmapSettings settings) {
    BufferedImage colours = overlay(explanation, settings.withOverlay(1));
    Rectangle covered = geometry.covered();
    BufferedImage map = new BufferedImage(width(), height(), BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = map.createGraphics();
    graphics.drawImage(
        colours.getSubimage(covered.x, covered.y, covered.width, covered.height),
        covered.x,
        covered.y,
        null);
    graphics.dispose();
    return map;
  }
}
