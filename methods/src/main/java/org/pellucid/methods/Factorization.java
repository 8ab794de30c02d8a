package org.pellucid.methods;

import java.util.Arrays;

/**
 * A factorisation of a matrix without negative numbers, X [cells, maps], into H [cells, n] W [n,
 * maps], none of them negative, that makes the sum of squares of X - H W small: multiplicative
 * updates (D. D. Lee, H. S. Seung: "Algorithms for non-negative matrix factorization", NIPS 2000).
 *
 * <p>It starts from n cells that are as unlike each other as possible, so that no chance is in it
 * and the order of cells and maps does not matter: first the cell farthest from the origin, then
 * each time the one farthest from what the cells before it span.
 */
final class Factorization {
  /** Below this part of the largest, what is left of the farthest cell is rounding. */
  private static final double SPANNED = 1e-9;

  private final double[] cells;
  private final int count;
  private final int maps;
  private double[] left;
  private double[] right;
  private int factors;

  /**
   * A factorisation.
   *
   * @param x row-major, a row per cell
   * @param most the number of factors, fewer where the cells span fewer dimensions
   * @param updates how many times both factors are improved
   */
  Factorization(double[] x, int count, int maps, int most, int updates) {
    this.cells = x;
    this.count = count;
    this.maps = maps;
    begin(most);
    for (int i = 0; i < updates; i++) {
      updateLeft();
      updateRight();
    }
    normalize();
  }

  /** How many factors. */
  int factors() {
    return factors;
  }

  /** A factor's number for each cell; the factor's row of W has length 1. */
  double[] cells(int factor) {
    double[] column = new double[count];
    Arrays.setAll(column, cell -> left[cell * factors + factor]);
    return column;
  }

  /** The part of the sum of squares of X that H W accounts for, 0 to 1; 0 where X is 0. */
  double explained() {
    double squares = 0;
    double missing = 0;
    for (int cell = 0; cell < count; cell++) {
      for (int k = 0; k < maps; k++) {
        double product = 0;
        for (int f = 0; f < factors; f++) {
          product += left[cell * factors + f] * right[f * maps + k];
        }
        double value = cells[cell * maps + k];
        squares += value * value;
        missing += (value - product) * (value - product);
      }
    }
    return squares > 0 ? 1 - missing / squares : 0;
  }

  private void begin(int most) {
    double[] rest = cells.clone();
    int[] chosen = new int[Math.min(most, count)];
    double first = 0;
    factors = 0;
    while (factors < chosen.length) {
      int farthest = 0;
      double length = 0;
      for (int cell = 0; cell < count; cell++) {
        double own = length(rest, cell);
        if (own > length) {
          length = own;
          farthest = cell;
        }
      }
      first = factors == 0 ? length : first;
      if (!(length > SPANNED * first)) {
        break;
      }
      chosen[factors++] = farthest;
      takeAway(rest, farthest, length);
    }
    right = new double[factors * maps];
    for (int f = 0; f < factors; f++) {
      System.arraycopy(cells, chosen[f] * maps, right, f * maps, maps);
    }
    // What is zero would stay zero.
    double mean = Arrays.stream(right).sum() / Math.max(1, right.length);
    for (int i = 0; i < right.length; i++) {
      right[i] += 1e-3 * mean;
    }
    left = new double[count * factors];
    Arrays.fill(left, 1);
  }

  private double length(double[] rest, int cell) {
    double squares = 0;
    for (int k = 0; k < maps; k++) {
      squares += rest[cell * maps + k] * rest[cell * maps + k];
    }
    return Math.sqrt(squares);
  }

  /** Leaves of every cell what is orthogonal to one. */
  private void takeAway(double[] rest, int farthest, double length) {
    double[] direction = new double[maps];
    Arrays.setAll(direction, k -> rest[farthest * maps + k] / length);
    for (int cell = 0; cell < count; cell++) {
      double part = 0;
      for (int k = 0; k < maps; k++) {
        part += rest[cell * maps + k] * direction[k];
      }
      for (int k = 0; k < maps; k++) {
        rest[cell * maps + k] -= part * direction[k];
      }
    }
  }

  /** H = H (X W^T) / (H W W^T). */
  private void updateLeft() {
    double[] gram = new double[factors * factors];
    for (int a = 0; a < factors; a++) {
      for (int b = 0; b < factors; b++) {
        for (int k = 0; k < maps; k++) {
          gram[a * factors + b] += right[a * maps + k] * right[b * maps + k];
        }
      }
    }
    double[] updated = new double[left.length];
    for (int cell = 0; cell < count; cell++) {
      for (int f = 0; f < factors; f++) {
        double wanted = 0;
        for (int k = 0; k < maps; k++) {
          wanted += cells[cell * maps + k] * right[f * maps + k];
        }
        double has = 0;
        for (int g = 0; g < factors; g++) {
          has += left[cell * factors + g] * gram[g * factors + f];
        }
        updated[cell * factors + f] = has > 0 ? left[cell * factors + f] * wanted / has : 0;
      }
    }
    left = updated;
  }

  /** W = W (H^T X) / (H^T H W). */
  private void updateRight() {
    double[] gram = new double[factors * factors];
    double[] wanted = new double[right.length];
    for (int cell = 0; cell < count; cell++) {
      for (int f = 0; f < factors; f++) {
        double own = left[cell * factors + f];
        for (int g = 0; g < factors; g++) {
          gram[f * factors + g] += own * left[cell * factors + g];
        }
        for (int k = 0; k < maps; k++) {
          wanted[f * maps + k] += own * cells[cell * maps + k];
        }
      }
    }
    double[] updated = new double[right.length];
    for (int f = 0; f < factors; f++) {
      for (int k = 0; k < maps; k++) {
        double has = 0;
        for (int g = 0; g < factors; g++) {
          has += gram[f * factors + g] * right[g * maps + k];
        }
        updated[f * maps + k] = has > 0 ? right[f * maps + k] * wanted[f * maps + k] / has : 0;
      }
    }
    right = updated;
  }

  /** Gives each row of W the length 1. */
  private void normalize() {
    for (int f = 0; f < factors; f++) {
      double squares = 0;
      for (int k = 0; k < maps; k++) {
        squares += right[f * maps + k] * right[f * maps + k];
      }
      double length = Math.sqrt(squares);
      for (int cell = 0; cell < count; cell++) {
        left[cell * factors + f] *= length;
      }
      for (int k = 0; k < maps && length > 0; k++) {
        right[f * maps + k] /= length;
      }
    }
  }
}
