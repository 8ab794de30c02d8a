package org.pellucid.core.dataset;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import org.pellucid.api.ObjectMask;
import org.pellucid.core.image.Geometry;
import org.pellucid.graph.MalformedInputException;

/**
 * Pixels of an image as runs down its columns, one after the other: outside, inside, outside, and
 * so on, as COCO writes them. Immutable.
 */
final class RunsOutline implements Outline {
  private final int height;
  private final int width;

  /** Where each run ends. */
  private final long[] ends;

  /**
   * An outline.
   *
   * @param runs lengths, the first of pixels outside; they add up to the number of pixels
   * @throws IllegalArgumentException if they do not, or one is negative
   */
  RunsOutline(int height, int width, long[] runs) {
    this.height = height;
    this.width = width;
    this.ends = new long[runs.length];
    long end = 0;
    for (int i = 0; i < runs.length; i++) {
      if (runs[i] < 0 || runs[i] > (long) height * width - end) {
        throw new IllegalArgumentException("runs that do not fit into the image");
      }
      end += runs[i];
      ends[i] = end;
    }
    if (end != (long) height * width) {
      throw new IllegalArgumentException("runs that do not fill the image");
    }
  }

  /**
   * The lengths that COCO writes as text: groups of five bits, the lowest first, 48 added and 32
   * where another follows; the fourth and later ones less the one two before.
   *
   * @throws IllegalArgumentException if it is no such text
   */
  static long[] decompressed(String text) {
    long[] runs = new long[text.length()];
    int count = 0;
    int position = 0;
    while (position < text.length()) {
      long value = 0;
      int shift = 0;
      int group;
      do {
        if (position == text.length() || shift > 50) {
          throw new IllegalArgumentException("runs that end too early");
        }
        group = text.charAt(position++) - 48;
        if (group < 0 || group > 63) {
          throw new IllegalArgumentException("runs with a strange character");
        }
        value |= (long) (group & 31) << shift;
        shift += 5;
      } while ((group & 32) != 0);
      if ((group & 16) != 0) {
        value |= -1L << shift;
      }
      runs[count] = value + (count > 2 ? runs[count - 2] : 0);
      count++;
    }
    return Arrays.copyOf(runs, count);
  }

  @Override
  public Optional<ObjectMask> on(Geometry geometry) {
    if (geometry.imageWidth() != width || geometry.imageHeight() != height) {
      throw new MalformedInputException(
          "A mask of "
              + width
              + " x "
              + height
              + " pixels was annotated for an image of "
              + geometry.imageWidth()
              + " x "
              + geometry.imageHeight());
    }
    BitSet pixels = new BitSet();
    for (int y = 0; y < geometry.inputHeight(); y++) {
      int row = (int) Math.floor(geometry.imageY(y + 0.5));
      for (int x = 0; x < geometry.inputWidth(); x++) {
        int column = (int) Math.floor(geometry.imageX(x + 0.5));
        if (row >= 0 && column >= 0 && row < height && column < width && contains(column, row)) {
          pixels.set(y * geometry.inputWidth() + x);
        }
      }
    }
    return Outline.outlined(geometry, pixels);
  }

  private boolean contains(int x, int y) {
    int run = Arrays.binarySearch(ends, (long) x * height + y);
    // A pixel at which a run ends belongs to the next that is not empty.
    int of = run >= 0 ? run + 1 : -run - 1;
    while (run >= 0 && of < ends.length && ends[of] == ends[run]) {
      of++;
    }
    return of % 2 == 1;
  }
}
