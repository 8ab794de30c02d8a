package org.pellucid.core.dataset;

import java.util.Optional;
import org.pellucid.api.ObjectMask;
import org.pellucid.core.image.Geometry;

/**
 * A box around an object, in continuous coordinates of the image: pixel {@code i} reaches from
 * {@code i} to {@code i + 1}.
 *
 * @param left of the box
 * @param top of the box
 * @param right of the box, more than left
 * @param bottom of the box, more than top
 */
public record BoxOutline(double left, double top, double right, double bottom) implements Outline {
  /** Finite and not empty. */
  public BoxOutline {
    if (!(right > left && bottom > top)
        || !Double.isFinite(right - left)
        || !Double.isFinite(bottom - top)) {
      throw new IllegalArgumentException(
          "No box from " + left + ", " + top + " to " + right + ", " + bottom);
    }
  }

  @Override
  public Optional<ObjectMask> on(Geometry geometry) {
    // The first pixel whose middle is not before an edge.
    int x0 = first(geometry.inputX(Math.max(0, left)), geometry.inputWidth());
    int y0 = first(geometry.inputY(Math.max(0, top)), geometry.inputHeight());
    int x1 = first(geometry.inputX(Math.min(geometry.imageWidth(), right)), geometry.inputWidth());
    int y1 =
        first(geometry.inputY(Math.min(geometry.imageHeight(), bottom)), geometry.inputHeight());
    return x1 > x0 && y1 > y0
        ? Optional.of(
            ObjectMask.box(geometry.inputHeight(), geometry.inputWidth(), y0, x0, y1 - y0, x1 - x0))
        : Optional.empty();
  }

  private static int first(double edge, int length) {
    return (int) Math.max(0, Math.min(length, Math.ceil(edge - 0.5)));
  }
}
