package org.pellucid.core.image;

/**
 * How stored rows and columns become what a person sees: the eight values of the EXIF tag
 * Orientation (CIPA DC-008, 4.6.4). The position of a displayed pixel is a linear function of the
 * stored one.
 */
enum Orientation {
  /** 1: as stored. */
  UPRIGHT(false, false, false),
  /** 2: left and right exchanged. */
  MIRRORED(false, true, false),
  /** 3: turned by half a turn. */
  HALF_TURN(false, true, true),
  /** 4: top and bottom exchanged. */
  FLIPPED(false, false, true),
  /** 5: stored rows are displayed columns. */
  TRANSPOSED(true, false, false),
  /** 6: to be turned clockwise by a quarter; the first stored row is the right column. */
  CLOCKWISE(true, true, false),
  /** 7: stored rows are displayed columns, from the right, read from the bottom. */
  TRANSVERSE(true, true, true),
  /** 8: to be turned counterclockwise by a quarter; the first stored row is the left column. */
  COUNTERCLOCKWISE(true, false, true);

  private final boolean turned;
  private final boolean fromRight;
  private final boolean fromBottom;

  /**
   * @param turned whether stored rows are displayed columns
   * @param fromRight whether the displayed columns count from the right
   * @param fromBottom whether the displayed rows count from the bottom
   */
  Orientation(boolean turned, boolean fromRight, boolean fromBottom) {
    this.turned = turned;
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
  }

  /** The orientation of an EXIF value; values out of 1 to 8 mean nothing and count as 1. */
  static Orientation of(int exif) {
    return exif >= 1 && exif <= 8 ? values()[exif - 1] : UPRIGHT;
  }

  int displayedWidth(int storedWidth, int storedHeight) {
    return turned ? storedHeight : storedWidth;
  }

  int displayedHeight(int storedWidth, int storedHeight) {
    return turned ? storedWidth : storedHeight;
  }

  /** The row-major position among the displayed pixels of the stored pixel (0, 0). */
  int origin(int storedWidth, int storedHeight) {
    int width = displayedWidth(storedWidth, storedHeight);
    int height = displayedHeight(storedWidth, storedHeight);
    return (fromBottom ? (height - 1) * width : 0) + (fromRight ? width - 1 : 0);
  }

  /** How far that position moves with each stored column. */
  int columnStep(int storedWidth, int storedHeight) {
    return turned ? down(storedWidth, storedHeight) : right();
  }

  /** How far that position moves with each stored row. */
  int rowStep(int storedWidth, int storedHeight) {
    return turned ? right() : down(storedWidth, storedHeight);
  }

  private int right() {
    return fromRight ? -1 : 1;
  }

  private int down(int storedWidth, int storedHeight) {
    int width = displayedWidth(storedWidth, storedHeight);
    return fromBottom ? -width : width;
  }
}
