package org.pellucid.methods;

import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;

/**
 * The direction in which a layer's cells, as points with a coordinate per feature map, extend
 * furthest from the origin: the first right singular vector of the matrix [cells, maps], not
 * centred.
 *
 * <p>A Gram matrix of the shorter side is squared until one eigenvector is left in it, so that the
 * result depends on no starting vector, and the order of maps and cells not on it.
 *
 * @param vector a number per map, of length 1; zeros for a matrix of zeros
 * @param share which part of the sum of squares lies in this direction, 0 to 1
 * @param distinct whether the second singular value is clearly smaller; if not, the direction is
 *     one of many
 */
record LeadingDirection(Field vector, double share, boolean distinct) {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  /** After as many squarings a ratio of eigenvalues below 1 - 1e-7 has vanished. */
  private static final int SQUARINGS = 30;

  /** Below this a sum of the vector's elements is rounding error. */
  private static final double BALANCED = 1e-12;

  /**
   * The direction of a field of maps by cells. Of the two signs it has the one whose elements sum
   * to a positive number: the projection then agrees with the plain sum of the maps. Where they sum
   * to 0, the first element of the largest magnitude is positive.
   */
  static LeadingDirection of(Field field) {
    int maps = field.maps();
    int cells = field.cells();
    double[] rows = ALGEBRA.div(field, ALGEBRA.scaleOf(field)).values();
    boolean few = maps <= cells;
    int side = Math.min(maps, cells);
    double[] gram =
        few ? gram(rows, maps, cells) : gram(transposed(rows, maps, cells), cells, maps);
    double trace = trace(gram, side);
    if (!(trace > 0)) {
      return new LeadingDirection(new Field(maps, 1, new double[maps]), 0, true);
    }
    scale(gram, 1 / trace);
    double[] power = gram;
    boolean one = false;
    for (int i = 0; i < SQUARINGS && !one; i++) {
      power = product(power, power, side);
      // The sum of squared eigenvalues that sum to 1: 1 where one is left.
      double squares = trace(power, side);
      one = 1 - squares <= side * 0x1p-50;
      scale(power, 1 / squares);
    }
    double[] vector = largestColumn(power, side);
    normalize(vector);
    // What squaring rounded is made good by the matrix itself.
    for (int i = 0; i < 3; i++) {
      vector = times(gram, vector, side, side);
      normalize(vector);
    }
    double[] image = times(gram, vector, side, side);
    double share = 0;
    for (int i = 0; i < side; i++) {
      share += image[i] * vector[i];
    }
    if (!few) {
      vector = times(rows, vector, maps, cells);
      normalize(vector);
    }
    orient(vector);
    return new LeadingDirection(new Field(maps, 1, vector), Math.min(1, share), one);
  }

  private static double[] transposed(double[] rows, int maps, int cells) {
    double[] columns = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      columns[i % cells * maps + i / cells] = rows[i];
    }
    return columns;
  }

  /** The products of rows with rows. */
  private static double[] gram(double[] rows, int count, int length) {
    double[] gram = new double[count * count];
    for (int a = 0; a < count; a++) {
      for (int b = 0; b <= a; b++) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
          sum += rows[a * length + i] * rows[b * length + i];
        }
        gram[a * count + b] = sum;
        gram[b * count + a] = sum;
      }
    }
    return gram;
  }

  private static double[] product(double[] a, double[] b, int side) {
    double[] product = new double[side * side];
    for (int row = 0; row < side; row++) {
      for (int k = 0; k < side; k++) {
        double factor = a[row * side + k];
        for (int column = 0; column < side; column++) {
          product[row * side + column] += factor * b[k * side + column];
        }
      }
    }
    return product;
  }

  private static double[] times(double[] matrix, double[] vector, int rows, int columns) {
    double[] product = new double[rows];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        product[row] += matrix[row * columns + column] * vector[column];
      }
    }
    return product;
  }

  private static double trace(double[] matrix, int side) {
    double trace = 0;
    for (int i = 0; i < side; i++) {
      trace += matrix[i * side + i];
    }
    return trace;
  }

  private static void scale(double[] numbers, double factor) {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] *= factor;
    }
  }

  /** Of a matrix that is a vector times itself, the vector but for a factor. */
  private static double[] largestColumn(double[] matrix, int side) {
    int largest = 0;
    for (int i = 1; i < side; i++) {
      if (matrix[i * side + i] > matrix[largest * side + largest]) {
        largest = i;
      }
    }
    double[] column = new double[side];
    for (int row = 0; row < side; row++) {
      column[row] = matrix[row * side + largest];
    }
    return column;
  }

  private static void normalize(double[] vector) {
    double squares = 0;
    for (double element : vector) {
      squares += element * element;
    }
    scale(vector, 1 / Math.sqrt(squares));
  }

  private static void orient(double[] vector) {
    double sum = 0;
    double largest = 0;
    for (double element : vector) {
      sum += element;
      largest = Math.abs(element) > Math.abs(largest) ? element : largest;
    }
    if ((Math.abs(sum) > BALANCED ? sum : largest) < 0) {
      scale(vector, -1);
    }
  }
}
