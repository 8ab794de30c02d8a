package org.pellucid.methods;

import org.pellucid.graph.Shape;

/**
 * Linear enlargement of cells to pixels along every axis, bilinear for rows and columns: cell
 * centres lie at (i + 1/2) times the ratio of lengths, and beyond the outermost centres the
 * outermost cells go on.
 */
final class Enlargement {
  private final Axis[] axes;

  /**
   * An enlargement.
   *
   * @param cells the lengths of the axes
   * @param pixels the lengths that they get, as many
   */
  Enlargement(Shape cells, Shape pixels) {
    axes = new Axis[cells.rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = new Axis(cells.dim(i), pixels.dim(i));
    }
  }

  /** Which two cells each pixel lies between, and how much of the second it takes. */
  private static final class Axis {
    private final int cells;
    private final int[] first;
    private final int[] second;
    private final double[] part;

    Axis(int cells, int pixels) {
      this.cells = cells;
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

    /** Enlarges the middle one of three axes. */
    double[] of(double[] values, int outer, int inner) {
      double[] larger = new double[outer * part.length * inner];
      for (int o = 0; o < outer; o++) {
        for (int i = 0; i < part.length; i++) {
          int a = (o * cells + first[i]) * inner;
          int b = (o * cells + second[i]) * inner;
          int to = (o * part.length + i) * inner;
          for (int k = 0; k < inner; k++) {
            larger[to + k] = values[a + k] * (1 - part[i]) + values[b + k] * part[i];
          }
        }
      }
      return larger;
    }
  }

  /** The pixels, row-major. */
  double[] of(double[] cells) {
    double[] values = cells;
    int inner = 1;
    for (int a = axes.length - 1; a >= 0; a--) {
      values = axes[a].of(values, values.length / inner / axes[a].cells, inner);
      inner *= axes[a].part.length;
    }
    return values;
  }
}
