package org.pellucid.methods;

import org.pellucid.api.Philox;
import org.pellucid.graph.Shape;

/**
 * The masks of RISE: grids of cells that are 1 or 0 at random, enlarged to the image bilinearly and
 * shifted at random by less than a cell. The same everywhere for equal seeds: {@link Philox} with
 * counter (block, 0, mask, {@value #STREAM}) and key (low word of the seed, high word of the seed).
 * Word 0 of block 0 chooses the row shift, word 1 the column shift; words of the blocks from 1 are
 * the grid's cells, row by row.
 */
final class RandomMasks {
  /** Word 3 of the counter: keeps this use of the generator apart from others. */
  static final int STREAM = 0x4D41534B;

  private final long seed;
  private final int grid;
  private final double kept;
  private final int rows;
  private final int columns;

  /**
   * Masks of an image.
   *
   * @param grid cells along each side
   * @param kept the probability that a cell is 1
   */
  RandomMasks(long seed, int grid, double kept, int rows, int columns) {
    this.seed = seed;
    this.grid = grid;
    this.kept = kept;
    this.rows = rows;
    this.columns = columns;
  }

  /** A mask, from 0 to 1, row-major. */
  double[] get(int mask) {
    int[] words = new int[4];
    block(0, mask, words);
    int cellRows = (rows + grid - 1) / grid;
    int cellColumns = (columns + grid - 1) / grid;
    int top = below(words[0], cellRows);
    int left = below(words[1], cellColumns);
    double[] cells = new double[grid * grid];
    for (int i = 0; i < cells.length; i++) {
      if (i % 4 == 0) {
        block(1 + i / 4, mask, words);
      }
      cells[i] = Integer.toUnsignedLong(words[i % 4]) < kept * 0x1p32 ? 1 : 0;
    }
    double[] large =
        new Enlargement(
                Shape.of(grid, grid), Shape.of((grid + 1) * cellRows, (grid + 1) * cellColumns))
            .of(cells);
    double[] cropped = new double[rows * columns];
    int width = (grid + 1) * cellColumns;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(large, (row + top) * width + left, cropped, row * columns, columns);
    }
    return cropped;
  }

  private void block(int block, int mask, int[] words) {
    Philox.block(block, 0, mask, STREAM, (int) seed, (int) (seed >>> 32), words);
  }

  /** A whole number from 0 to below a bound, by the word's high bits. */
  private static int below(int word, int bound) {
    return (int) (Integer.toUnsignedLong(word) * bound >>> 32);
  }
}
