package org.pellucid.api;

/**
 * A rectangle of neurons of a feature map.
 *
 * @param unit whether the numbers count cells of the layer or pixels of the model's input
 * @param row first row, from 0
 * @param column first column, from 0
 * @param height number of rows, at least 1
 * @param width number of columns, at least 1
 */
public record Region(Unit unit, int row, int column, int height, int width) {
  /** What a region is measured in. */
  public enum Unit {
    /** Cells of the layer's feature maps. */
    CELLS,
    /**
     * Pixels of the model's input; a cell belongs when its part of the input overlaps the region.
     */
    INPUT_PIXELS
  }

  /** Numbers may not be negative, and the region not empty. */
  public Region {
    if (row < 0 || column < 0 || height < 1 || width < 1) {
      throw new InvalidRequestException(
          "A region has a row and column of at least 0 and a height and width of at least 1, found"
              + " row "
              + row
              + ", column "
              + column
              + ", height "
              + height
              + ", width "
              + width);
    }
  }

  /** One cell of the layer. */
  public static Region cell(int row, int column) {
    return new Region(Unit.CELLS, row, column, 1, 1);
  }

  /** A rectangle of cells of the layer. */
  public static Region cells(int row, int column, int height, int width) {
    return new Region(Unit.CELLS, row, column, height, width);
  }

  /** A rectangle of pixels of the model's input. */
  public static Region pixels(int row, int column, int height, int width) {
    return new Region(Unit.INPUT_PIXELS, row, column, height, width);
  }

  /**
   * Marks this region's cells of a layer.
   *
   * @param mask row-major cells of the layer, marked true
   * @param layerHeight rows of the layer
   * @param layerWidth columns of the layer
   * @param inputHeight rows of the model's input
   * @param inputWidth columns of the model's input
   * @throws InvalidRequestException if the region reaches outside; nothing is clipped
   */
  public void mark(
      boolean[] mask, int layerHeight, int layerWidth, int inputHeight, int inputWidth) {
    boolean cells = unit == Unit.CELLS;
    int rows = cells ? layerHeight : inputHeight;
    int columns = cells ? layerWidth : inputWidth;
    if ((long) row + height > rows || (long) column + width > columns) {
      throw new InvalidRequestException(
          "The region of rows "
              + row
              + " to "
              + ((long) row + height - 1)
              + " and columns "
              + column
              + " to "
              + ((long) column + width - 1)
              + " was asked for; the "
              + (cells ? "layer has cells" : "model's input has pixels")
              + " 0 to "
              + (rows - 1)
              + " by 0 to "
              + (columns - 1));
    }
    int top = (int) ((long) row * layerHeight / rows);
    int bottom = (int) (((long) row + height) * layerHeight - 1) / rows;
    int left = (int) ((long) column * layerWidth / columns);
    int right = (int) (((long) column + width) * layerWidth - 1) / columns;
    for (int r = top; r <= bottom; r++) {
      for (int c = left; c <= right; c++) {
        mask[r * layerWidth + c] = true;
      }
    }
  }
}
