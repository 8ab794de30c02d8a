package org.pellucid.methods;

/**
 * Bilinear enlargement of a grid of cells to a grid of pixels: cell centres lie at (i + 1/2) times
 * the ratio of lengths, and beyond the outermost centres the outermost cells go on.
 */
final class Enlargement {
  private final int columns;
  private final int height;
  private final int width;
  private final Axis down;
  private final Axis across;

  /** From rows by columns to height by width. */
  Enlargement(int rows, int columns, int height, int width) {
    this.columns = columns;
    this.height = height;
    this.width = width;
    this.down = new Axis(rows, height);
    this.across = new Axis(columns, width);
  }

  /** Which two cells each pixel lies between, and how much of the second it takes. */
  private static final class Axis {
    private final int[] first;
    private final int[] second;
    private final double[] part;

    Axis(int cells, int pixels) {
      first = new int[pixels];
      second = new int[pixels];
      part = new double[pixels];
      for (int i = 0; i < pixels; i++) {
        double at = Math.min(Math.max((i + 0.5) * cells / pixels - 0.5, 0), cells - 1.0);
        first[i] = (int) at;
        second[i] = Math.min(first[i] + 1, cells - 1);
        part[i] = at - first[i];
      }
    }
  }

  /** The enlarged grid, row-major. */
  double[] of(double[] cells) {
    double[] pixels = new double[height * width];
    for (int row = 0; row < height; row++) {
      int above = down.first[row] * columns;
      int below = down.second[row] * columns;
      double lower = down.part[row];
      for (int column = 0; column < width; column++) {
        int left = across.first[column];
        int right = across.second[column];
        double further = across.part[column];
        double top = cells[above + left] * (1 - further) + cells[above + right] * further;
        double bottom = cells[below + left] * (1 - further) + cells[below + right] * further;
        pixels[row * width + column] = top * (1 - lower) + bottom * lower;
      }
    }
    return pixels;
  }
}
