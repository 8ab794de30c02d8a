package org.pellucid.core.render;

import java.util.Arrays;

/**
 * How the values between the cells of a map are found. A cell's value stands in its middle, so the
 * middle of the first cell is at 0.5 (PyTorch: {@code align_corners=False}); beyond the outermost
 * middles the edge cells go on.
 */
public enum Upsampling {
  /** Between the nearest 2 x 2 cells, linearly. */
  BILINEAR(2) {
    @Override
    void weights(double part, double[] weights) {
      weights[0] = 1 - part;
      weights[1] = part;
    }
  },
  /** The cell itself. */
  NEAREST(1) {
    @Override
    void weights(double part, double[] weights) {
      weights[0] = 1;
    }
  },
  /**
   * Cubic convolution over the nearest 4 x 4 cells with a = -0.5 (R. Keys, 1981: the value that
   * reproduces parabolas; PyTorch takes -0.75). It overshoots at steps, so results are clamped to 0
   * to 1.
   */
  BICUBIC(4) {
    @Override
    void weights(double part, double[] weights) {
      for (int i = 0; i < weights.length; i++) {
        double distance = Math.abs(part + 1 - i);
        weights[i] =
            distance <= 1
                ? (1.5 * distance - 2.5) * distance * distance + 1
                : ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
      }
    }
  };

  private final int taps;

  Upsampling(int taps) {
    this.taps = taps;
  }

  /** The weights of neighbouring cells for a position a part of the way between the middle two. */
  abstract void weights(double part, double[] weights);

  /**
   * A map's values along one axis, prepared for many positions: which cells, and how much of each.
   *
   * @param cells length of the axis
   * @param positions in cells, continuous: cell {@code i} reaches from {@code i} to {@code i + 1}
   */
  Axis axis(int cells, double[] positions) {
    int[][] indices = new int[positions.length][taps];
    double[][] weights = new double[positions.length][taps];
    for (int i = 0; i < positions.length; i++) {
      double middle = this == NEAREST ? positions[i] : positions[i] - 0.5;
      int below = (int) Math.floor(middle);
      weights(middle - below, weights[i]);
      for (int tap = 0; tap < taps; tap++) {
        int index = below + tap - (taps == 4 ? 1 : 0);
        indices[i][tap] = Math.max(0, Math.min(cells - 1, index));
      }
    }
    return new Axis(indices, weights);
  }

  /**
   * The same as a matrix: the values at points that lie evenly over an axis, each in the middle of
   * its part, as sums of the values of cells.
   *
   * @param cells length of the axis in the map
   * @param points number of points
   * @return row-major {@code [points, cells]}; rows add up to 1
   */
  public double[] matrix(int cells, int points) {
    double[] positions = new double[points];
    for (int i = 0; i < points; i++) {
      positions[i] = (i + 0.5) * cells / points;
    }
    Axis axis = axis(cells, positions);
    double[] matrix = new double[Math.multiplyExact(points, cells)];
    for (int i = 0; i < points; i++) {
      for (int tap = 0; tap < taps; tap++) {
        // At the edges several neighbours are the same cell.
        matrix[i * cells + axis.indices()[i][tap]] += axis.weights()[i][tap];
      }
    }
    return matrix;
  }

  /**
   * Cells and weights per position.
   *
   * @param indices per position the cells
   * @param weights per position the weights of these cells
   */
  record Axis(int[][] indices, double[][] weights) {
    /** The value at a position of a row of cells that begins at an offset. */
    double at(int position, double[] values, int offset) {
      double value = 0;
      for (int tap = 0; tap < indices[position].length; tap++) {
        value += weights[position][tap] * values[offset + indices[position][tap]];
      }
      return value;
    }
  }

  /**
   * A map at other points.
   *
   * @param map values from 0 to 1, row-major {@code [rows, columns]}
   * @param rows of the map
   * @param columns of the map
   * @param ys positions in cells, continuous
   * @param xs positions in cells, continuous
   * @return row-major {@code [ys, xs]}, from 0 to 1
   */
  public double[] sample(double[] map, int rows, int columns, double[] ys, double[] xs) {
    double[] sampled = new double[Math.multiplyExact(ys.length, xs.length)];
    Sampler sampler = new Sampler(this, map, rows, columns, ys, xs);
    for (int y = 0; y < ys.length; y++) {
      sampler.row(y, sampled, y * xs.length);
    }
    return sampled;
  }

  /** Samples a map row by row. */
  static final class Sampler {
    private final double[] map;
    private final int columns;
    private final Axis down;
    private final Axis across;
    private final int width;
    private final double[] line;

    Sampler(Upsampling upsampling, double[] map, int rows, int columns, double[] ys, double[] xs) {
      if (map.length != rows * columns || map.length == 0) {
        throw new IllegalArgumentException(
            "A map of " + rows + " x " + columns + " cells, found " + map.length + " values");
      }
      this.map = map;
      this.columns = columns;
      this.down = upsampling.axis(rows, ys);
      this.across = upsampling.axis(columns, xs);
      this.width = xs.length;
      this.line = new double[columns];
    }

    /** Writes the values of a row of points. */
    void row(int y, double[] target, int offset) {
      Arrays.fill(line, 0);
      for (int tap = 0; tap < down.indices()[y].length; tap++) {
        double weight = down.weights()[y][tap];
        int start = down.indices()[y][tap] * columns;
        for (int c = 0; c < columns; c++) {
          line[c] += weight * map[start + c];
        }
      }
      for (int x = 0; x < width; x++) {
        target[offset + x] = Math.max(0, Math.min(1, across.at(x, line, 0)));
      }
    }
  }
}
