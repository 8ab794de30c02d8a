package org.pellucid.methods;

import java.util.Arrays;
import java.util.List;
import org.pellucid.api.Philox;
import org.pellucid.api.Region;
import org.pellucid.graph.Shape;

/**
 * The masks of RISE: grids of cells that are 1 or 0 at random, enlarged to the image linearly and
 * shifted at random by less than a cell. The same everywhere for equal seeds: {@link Philox} with
 * counter (block, 0, mask, {@value #STREAM}) and key (low word of the seed, high word of the seed).
 * The words of block 0 choose the shifts along the axes, of rows first; words of the blocks from 1
 * are the grid's cells, row by row.
 *
 * @param seed which masks
 * @param grid cells along each axis
 * @param kept the probability that a cell is 1
 * @param space the lengths of the image's axes, at most 4
 */
record RandomMasks(long seed, int grid, double kept, Shape space) {
  /** Word 3 of the counter: keeps this use of the generator apart from others. */
  static final int STREAM = 0x4D41534B;

  /** A mask, from 0 to 1, row-major. */
  double[] get(int mask) {
    int[] words = new int[4];
    block(0, mask, words);
    int[] larger = new int[space.rank()];
    Integer[] shifts = new Integer[space.rank()];
    for (int axis = 0; axis < larger.length; axis++) {
      int cell = (space.dim(axis) + grid - 1) / grid;
      larger[axis] = (grid + 1) * cell;
      shifts[axis] = below(words[axis], cell);
    }
    int[] sides = larger.clone();
    Arrays.fill(sides, grid);
    double[] enlarged =
        new Enlargement(Shape.of(sides), Shape.of(larger)).of(cells(mask, Shape.of(sides)));
    return cropped(enlarged, Shape.of(larger), List.of(shifts));
  }

  private double[] cells(int mask, Shape sides) {
    int[] words = new int[4];
    double[] cells = new double[Math.toIntExact(sides.size())];
    for (int i = 0; i < cells.length; i++) {
      if (i % 4 == 0) {
        block(1 + i / 4, mask, words);
      }
      cells[i] = Integer.toUnsignedLong(words[i % 4]) < kept * 0x1p32 ? 1 : 0;
    }
    return cells;
  }

  private double[] cropped(double[] enlarged, Shape larger, List<Integer> shifts) {
    List<Integer> lengths = Arrays.stream(space.dims()).boxed().toList();
    double[] cropped = new double[Math.toIntExact(space.size())];
    int width = space.dim(space.rank() - 1);
    int[] done = {0};
    new Region(Region.Unit.INPUT_PIXELS, shifts, lengths)
        .rows(
            larger,
            first -> {
              System.arraycopy(enlarged, first, cropped, done[0], width);
              done[0] += width;
            });
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
