package org.pellucid.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;
import org.pellucid.graph.Shape;

/**
 * A block of neurons of a feature map: a rectangle of rows and columns, a stretch of a signal, a
 * cuboid of a volume.
 *
 * @param unit whether the numbers count cells of the layer or pixels of the model's input
 * @param start where it begins along each axis, from 0: row and column of an image, depth, row and
 *     column of a volume
 * @param size how long it is along each axis, at least 1
 * @since 0.1.0
 */
public record Region(Unit unit, List<Integer> start, List<Integer> size) {
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
    start = List.copyOf(start);
    size = List.copyOf(size);
    boolean fits = !start.isEmpty() && start.size() == size.size();
    if (!fits
        || start.stream().anyMatch(number -> number < 0)
        || size.stream().anyMatch(number -> number < 1)) {
      throw new InvalidRequestException(
          "A region begins at 0 or later along each axis, and is at least 1 long; found a beginning"
              + " of "
              + start
              + " and a size of "
              + size);
    }
  }

  /** One cell of a layer of rows and columns. */
  public static Region cell(int row, int column) {
    return cells(row, column, 1, 1);
  }

  /** A rectangle of cells of a layer of rows and columns. */
  public static Region cells(int row, int column, int height, int width) {
    return new Region(Unit.CELLS, List.of(row, column), List.of(height, width));
  }

  /** A rectangle of pixels of the model's input. */
  public static Region pixels(int row, int column, int height, int width) {
    return new Region(Unit.INPUT_PIXELS, List.of(row, column), List.of(height, width));
  }

  /**
   * Checks that this region lies in a grid, which is the layer's or the input's.
   *
   * @param grid the lengths of its axes
   * @throws InvalidRequestException if it has other axes, or the region reaches outside; nothing is
   *     clipped
   */
  public void requireWithin(Shape grid) {
    String what = unit == Unit.CELLS ? "layer has cells" : "model's input has pixels";
    if (grid.rank() != start.size()) {
      throw new InvalidRequestException(
          "A region of "
              + axes(start.size())
              + " was asked for, beginning at "
              + start
              + "; the "
              + what
              + " along "
              + axes(grid.rank())
              + ", "
              + grid);
    }
    for (int axis = 0; axis < grid.rank(); axis++) {
      if ((long) start.get(axis) + size.get(axis) > grid.dim(axis)) {
        throw new InvalidRequestException(
            "The region of "
                + ranges(start, size)
                + " was asked for; the "
                + what
                + " "
                + ranges(
                    Collections.nCopies(grid.rank(), 0),
                    Arrays.stream(grid.dims()).boxed().toList()));
      }
    }
  }

  private static String axes(int count) {
    return count == 1 ? "1 axis" : count + " axes";
  }

  /** {@code 0 to 3 by 2 to 5}. */
  private static String ranges(List<Integer> from, List<Integer> lengths) {
    List<String> ranges = new ArrayList<>();
    for (int axis = 0; axis < from.size(); axis++) {
      ranges.add(from.get(axis) + " to " + ((long) from.get(axis) + lengths.get(axis) - 1));
    }
    return String.join(" by ", ranges);
  }

  /**
   * Calls with the place of the first cell of each of this region's rows, in order; a row is as
   * long as the last of {@link #size}.
   *
   * @param grid the lengths of a row-major grid's axes, within which the region lies
   */
  public void rows(Shape grid, IntConsumer first) {
    rows(grid, 0, 0, first);
  }

  private void rows(Shape grid, int axis, int at, IntConsumer first) {
    int place = at * grid.dim(axis) + start.get(axis);
    if (axis == grid.rank() - 1) {
      first.accept(place);
      return;
    }
    for (int i = 0; i < size.get(axis); i++) {
      rows(grid, axis + 1, place + i, first);
    }
  }

  /**
   * Marks this region's cells of a layer.
   *
   * @param mask row-major cells of the layer, marked true
   * @param layer the lengths of the layer's axes, rows and columns of an image
   * @param input those of the model's input, as many
   * @throws InvalidRequestException if the region has other axes, or reaches outside; nothing is
   *     clipped
   */
  public void mark(boolean[] mask, Shape layer, Shape input) {
    Region cells = onLayer(layer, input);
    int length = cells.size.get(layer.rank() - 1);
    cells.rows(layer, first -> Arrays.fill(mask, first, first + length, true));
  }

  private Region onLayer(Shape layer, Shape input) {
    Shape grid = unit == Unit.CELLS ? layer : input;
    requireWithin(grid);
    if (layer.rank() != grid.rank()) {
      throw new InvalidRequestException(
          "Pixels of an input of " + input + " are no cells of a layer of " + layer);
    }
    List<Integer> from = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    for (int axis = 0; axis < grid.rank(); axis++) {
      long begin = start.get(axis);
      long cells = layer.dim(axis);
      int first = (int) (begin * cells / grid.dim(axis));
      int last = (int) (((begin + size.get(axis)) * cells - 1) / grid.dim(axis));
      from.add(first);
      lengths.add(last - first + 1);
    }
    return new Region(Unit.CELLS, from, lengths);
  }
}
