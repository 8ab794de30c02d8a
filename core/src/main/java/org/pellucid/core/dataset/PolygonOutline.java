package org.pellucid.core.dataset;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.pellucid.api.ObjectMask;
import org.pellucid.core.image.Geometry;

/**
 * What any of several polygons covers, by the even-odd rule within each.
 *
 * @param polygons each x, y, x, y ... of its corners, in continuous coordinates of the image
 */
record PolygonOutline(List<double[]> polygons) implements Outline {
  PolygonOutline {
    polygons = List.copyOf(polygons);
  }

  @Override
  public Optional<ObjectMask> on(Geometry geometry) {
    BitSet pixels = new BitSet();
    for (double[] polygon : polygons) {
      double[] corners = new double[polygon.length];
      for (int i = 0; i < corners.length; i += 2) {
        corners[i] = geometry.inputX(polygon[i]);
        corners[i + 1] = geometry.inputY(polygon[i + 1]);
      }
      for (int y = 0; y < geometry.inputHeight(); y++) {
        fill(corners, y, geometry, pixels);
      }
    }
    return Outline.outlined(geometry, pixels);
  }

  /** Marks the pixels of a row whose middle lies between an odd crossing and the next. */
  private static void fill(double[] corners, int row, Geometry geometry, BitSet pixels) {
    double y = row + 0.5;
    double[] crossings = new double[corners.length / 2];
    int count = 0;
    for (int i = 0; i < corners.length; i += 2) {
      int next = (i + 2) % corners.length;
      boolean above = corners[i + 1] <= y;
      if (above != corners[next + 1] <= y) {
        double part = (y - corners[i + 1]) / (corners[next + 1] - corners[i + 1]);
        crossings[count++] = corners[i] + part * (corners[next] - corners[i]);
      }
    }
    Arrays.sort(crossings, 0, count);
    for (int i = 0; i + 1 < count; i += 2) {
      int from = column(crossings[i], geometry.inputWidth());
      int to = column(crossings[i + 1], geometry.inputWidth());
      if (to > from) {
        pixels.set(row * geometry.inputWidth() + from, row * geometry.inputWidth() + to);
      }
    }
  }

  /** The first pixel whose middle is not left of an edge. */
  private static int column(double edge, int width) {
    return (int) Math.max(0, Math.min(width, Math.ceil(edge - 0.5)));
  }
}
