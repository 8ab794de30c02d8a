package org.pellucid.methods;

import java.util.Arrays;

/**
 * The eigenvalues of a small symmetric matrix, the largest first, and their eigenvectors: by
 * Jacobi's rotations.
 *
 * @param values in descending order
 * @param vectors by value, of length 1
 */
record SymmetricEigen(double[] values, double[][] vectors) {
  private static final int SWEEPS = 40;

  /** The eigenvalues of a matrix, which is overwritten. */
  static SymmetricEigen of(double[][] matrix) {
    int side = matrix.length;
    double[][] vectors = new double[side][side];
    for (int i = 0; i < side; i++) {
      vectors[i][i] = 1;
    }
    boolean rotated = true;
    for (int sweep = 0; sweep < SWEEPS && rotated; sweep++) {
      rotated = false;
      for (int p = 0; p < side; p++) {
        for (int q = p + 1; q < side; q++) {
          rotated |= rotate(matrix, vectors, p, q);
        }
      }
    }
    Integer[] order = new Integer[side];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (i, j) -> Double.compare(matrix[j][j], matrix[i][i]));
    double[] values = new double[side];
    double[][] sorted = new double[side][];
    for (int i = 0; i < side; i++) {
      values[i] = matrix[order[i]][order[i]];
      sorted[i] = vectors[order[i]];
    }
    return new SymmetricEigen(values, sorted);
  }

  /** Makes the element at (p, q) zero, unless it is nothing beside the diagonal. */
  private static boolean rotate(double[][] a, double[][] vectors, int p, int q) {
    double beside = Math.abs(a[p][p]) + Math.abs(a[q][q]);
    if (Math.abs(a[p][q]) <= 0x1p-60 * beside) {
      return false;
    }
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double tangent = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
    double cosine = 1 / Math.hypot(tangent, 1);
    double sine = tangent * cosine;
    for (double[] row : a) {
      double left = row[p];
      row[p] = cosine * left - sine * row[q];
      row[q] = sine * left + cosine * row[q];
    }
    turn(a, p, q, cosine, sine);
    turn(vectors, p, q, cosine, sine);
    return true;
  }

  /** Turns two rows against each other. */
  private static void turn(double[][] rows, int p, int q, double cosine, double sine) {
    for (int i = 0; i < rows[p].length; i++) {
      double upper = rows[p][i];
      rows[p][i] = cosine * upper - sine * rows[q][i];
      rows[q][i] = sine * upper + cosine * rows[q][i];
    }
  }
}
