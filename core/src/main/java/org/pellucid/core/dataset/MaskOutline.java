package org.pellucid.core.dataset;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.pellucid.api.ObjectMask;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.MalformedInputException;

/**
 * The pixels of a mask of the image's size that have certain colours.
 *
 * @param file the mask, read when it is needed
 * @param belongs whether a colour, {@code 0xRRGGBB}, is the object's
 */
record MaskOutline(Path file, IntPredicate belongs) implements Outline {
  /** Pixels of one colour. */
  static MaskOutline of(Path file, int colour) {
    return new MaskOutline(file, found -> found == colour);
  }

  @Override
  public Optional<ObjectMask> on(Geometry geometry) {
    SourceImage mask = SourceImage.read(file);
    if (mask.width() != geometry.imageWidth() || mask.height() != geometry.imageHeight()) {
      throw new MalformedInputException(
          "A mask has the size of the image, "
              + geometry.imageWidth()
              + " x "
              + geometry.imageHeight()
              + "; "
              + file
              + " has "
              + mask.width()
              + " x "
              + mask.height());
    }
    BitSet pixels = new BitSet();
    for (int y = 0; y < geometry.inputHeight(); y++) {
      int row = (int) Math.floor(geometry.imageY(y + 0.5));
      for (int x = 0; x < geometry.inputWidth(); x++) {
        int column = (int) Math.floor(geometry.imageX(x + 0.5));
        if (row >= 0
            && column >= 0
            && row < mask.height()
            && column < mask.width()
            && belongs.test(colour(mask, column, row))) {
          pixels.set(y * geometry.inputWidth() + x);
        }
      }
    }
    return Outline.outlined(geometry, pixels);
  }

  /** The colour of a pixel, {@code 0xRRGGBB}; grey of value v is v times {@code 0x010101}. */
  static int colour(SourceImage image, int x, int y) {
    return Math.round(image.sample(0, x, y)) << 16
        | Math.round(image.sample(1, x, y)) << 8
        | Math.round(image.sample(2, x, y));
  }
}
