package org.pellucid.api;

import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * The pixels of a network's input that an object covers. Immutable.
 *
 * <pre>{@code
 * ObjectMask box = ObjectMask.box(224, 224, 10, 20, 60, 40);
 * boolean hit = box.contains(15, 30);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class ObjectMask {
  private final int height;
  private final int width;
  private final BitSet pixels;
  private final boolean outlined;

  private ObjectMask(int height, int width, BitSet pixels, boolean outlined) {
    this.height = height;
    this.width = width;
    this.pixels = pixels;
    this.outlined = outlined;
  }

  /**
   * A mask of pixels.
   *
   * @param pixels by row and column, {@code y * width + x}; copied
   * @throws IllegalArgumentException if the size is not positive, or a pixel lies outside
   */
  public static ObjectMask of(int height, int width, BitSet pixels) {
    return checked(height, width, (BitSet) pixels.clone(), true);
  }

  /**
   * All pixels of a rectangle within the input: the box of an object whose outline is not known.
   *
   * @throws IllegalArgumentException if it reaches outside, or is empty
   */
  public static ObjectMask box(
      int height, int width, int top, int left, int boxHeight, int boxWidth) {
    if (top < 0
        || left < 0
        || boxHeight < 1
        || boxWidth < 1
        || (long) top + boxHeight > height
        || (long) left + boxWidth > width) {
      throw new IllegalArgumentException(
          "A box of "
              + boxHeight
              + " x "
              + boxWidth
              + " pixels at row "
              + top
              + " and column "
              + left
              + " reaches out of "
              + height
              + " x "
              + width);
    }
    BitSet pixels = new BitSet(height * width);
    for (int y = top; y < top + boxHeight; y++) {
      pixels.set(y * width + left, y * width + left + boxWidth);
    }
    return checked(height, width, pixels, false);
  }

  private static ObjectMask checked(int height, int width, BitSet pixels, boolean outlined) {
    if (height < 1 || width < 1 || pixels.length() > Math.multiplyExact(height, width)) {
      throw new IllegalArgumentException(
          "A mask of " + height + " x " + width + " pixels, found one at " + pixels.length());
    }
    return new ObjectMask(height, width, pixels, outlined);
  }

  /** Rows of the input. */
  public int height() {
    return height;
  }

  /** Columns of the input. */
  public int width() {
    return width;
  }

  /** Whether it follows the object's outline, rather than the box around it. */
  public boolean outlined() {
    return outlined;
  }

  /** The number of pixels. */
  public int size() {
    return pixels.cardinality();
  }

  /** Whether a pixel belongs to it, by {@code y * width + x}. */
  public boolean contains(int pixel) {
    return pixels.get(pixel);
  }

  /** Whether a pixel belongs to it. */
  public boolean contains(int y, int x) {
    return pixels.get(y * width + x);
  }

  /** The rectangle around it, filled; itself where it is empty or a box already. */
  public ObjectMask box() {
    if (!outlined || pixels.isEmpty()) {
      return this;
    }
    int top = pixels.nextSetBit(0) / width;
    int bottom = (pixels.length() - 1) / width;
    int left = width;
    int right = 0;
    for (int i = pixels.nextSetBit(0); i >= 0; i = pixels.nextSetBit(i + 1)) {
      left = Math.min(left, i % width);
      right = Math.max(right, i % width);
    }
    return box(height, width, top, left, bottom - top + 1, right - left + 1);
  }

  /**
   * What any of several objects of one input covers; outlined where all of them are.
   *
   * @throws IllegalArgumentException if there is none, or their inputs differ in size
   */
  public static ObjectMask union(List<ObjectMask> masks) {
    if (masks.isEmpty()) {
      throw new IllegalArgumentException("There is no object");
    }
    ObjectMask first = masks.get(0);
    BitSet all = new BitSet(first.height * first.width);
    boolean outlined = true;
    for (ObjectMask mask : masks) {
      if (mask.height != first.height || mask.width != first.width) {
        throw new IllegalArgumentException("Masks of inputs of different sizes");
      }
      all.or(mask.pixels);
      outlined &= mask.outlined;
    }
    return new ObjectMask(first.height, first.width, all, outlined);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ObjectMask mask
        && height == mask.height
        && width == mask.width
        && outlined == mask.outlined
        && pixels.equals(mask.pixels);
  }

  @Override
  public int hashCode() {
    return Objects.hash(height, width, outlined, pixels);
  }

  /** As {@code 1234 of 224 x 224 pixels}. */
  @Override
  public String toString() {
    return size() + " of " + height + " x " + width + " pixels";
  }
}
