package org.pellucid.methods;

/**
 * The eigenvector of a symmetric matrix that belongs to the largest eigenvalue. The matrix is
 * squared until one eigenvector is left in it, so that the result depends on no starting vector,
 * nor on the order of rows.
 *
 * @param vector of length 1, of either sign; zeros for a matrix of zeros
 * @param value the eigenvalue
 * @param distinct whether the second eigenvalue is clearly smaller; if not, the vector is one of
 *     many
 */
record LeadingEigenvector(double[] vector, double value, boolean distinct) {
  /** After as many squarings a ratio of eigenvalues below 1 - 1e-7 has vanished. */
  private static final int SQUARINGS = 30;

  /**
   * The leading eigenvector.
   *
   * @param matrix row-major, symmetric, without negative eigenvalues
   */
  static LeadingEigenvector of(double[] matrix, int side) {
    double trace = trace(matrix, side);
    if (!(trace > 0)) {
      return new LeadingEigenvector(new double[side], 0, true);
    }
    double[] scaled = matrix.clone();
    scale(scaled, 1 / trace);
    double[] power = scaled;
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
      vector = times(scaled, vector, side, side);
      normalize(vector);
    }
    double[] image = times(scaled, vector, side, side);
    double share = 0;
    for (int i = 0; i < side; i++) {
      share += image[i] * vector[i];
    }
    return new LeadingEigenvector(vector, share * trace, one);
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

  /** A matrix times a vector. */
  static double[] times(double[] matrix, double[] vector, int rows, int columns) {
    double[] product = new double[rows];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        product[row] += matrix[row * columns + column] * vector[column];
      }
    }
    return product;
  }

  /** The sum of the diagonal. */
  static double trace(double[] matrix, int side) {
    double trace = 0;
    for (int i = 0; i < side; i++) {
      trace += matrix[i * side + i];
    }
    return trace;
  }

  /** Multiplies in place. */
  static void scale(double[] numbers, double factor) {
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

  /** Brings a vector to length 1 in place. */
  static void normalize(double[] vector) {
    double squares = 0;
    for (double element : vector) {
      squares += element * element;
    }
    scale(vector, 1 / Math.sqrt(squares));
  }
}
