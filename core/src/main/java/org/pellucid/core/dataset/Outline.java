package org.pellucid.core.dataset;

import java.util.BitSet;
import java.util.Optional;
import org.pellucid.api.ObjectMask;
import org.pellucid.core.image.Geometry;

/** Where an object is in an image as displayed, and so on a network's input. */
public interface Outline {
  /**
   * The pixels of a network's input whose middle lies on the object.
   *
   * @return empty where there is none, as of an object that was cropped away or is smaller than a
   *     pixel
   * @throws org.pellucid.graph.MalformedInputException if what was annotated cannot be read, or is
   *     of another image's size
   */
  Optional<ObjectMask> on(Geometry geometry);

  /** A mask of pixels, if there are any. */
  static Optional<ObjectMask> outlined(Geometry geometry, BitSet pixels) {
    return pixels.isEmpty()
        ? Optional.empty()
        : Optional.of(ObjectMask.of(geometry.inputHeight(), geometry.inputWidth(), pixels));
  }
}
