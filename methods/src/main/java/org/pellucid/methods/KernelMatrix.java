package org.pellucid.methods;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.CancelledException;

/**
 * How alike each two cells of a layer are, less the means of rows and columns, by a part of the
 * largest on the diagonal. Where the numbers of all pairs take no more than {@value #MOST_STORED}
 * bytes they are kept; otherwise they are made for each product anew, some rows at a time.
 */
final class KernelMatrix {
  /** The numbers of 3136 cells, 56 by 56. */
  private static final long MOST_STORED = 80L << 20;

  /** Columns at once: their coordinates in the caches of a core. */
  private static final int COLUMNS = 512;

  private static final int ROWS = 16;

  private final Field points;
  private final KpcaCam.Kernel kernel;
  private final double gamma;
  private final double[] squares;
  private final double scale;
  private final double[][] stored;

  /**
   * A matrix of the cells of some feature maps.
   *
   * @param points a coordinate per feature map
   */
  KernelMatrix(Field points, KpcaCam.Kernel kernel, double gamma) {
    this(points, kernel, gamma, MOST_STORED);
  }

  /**
   * A matrix.
   *
   * @param mostStored as many bytes may be kept
   */
  KernelMatrix(Field points, KpcaCam.Kernel kernel, double gamma, long mostStored) {
    this.points = points;
    this.kernel = kernel;
    this.gamma = gamma;
    this.squares = new double[points.cells()];
    for (int i = 0; i < points.values().length; i++) {
      squares[i % squares.length] += points.values()[i] * points.values()[i];
    }
    double largest = 0;
    for (double square : squares) {
      largest = Math.max(largest, Math.abs(value(square, square, square)));
    }
    this.scale = largest > 0 ? largest : 1;
    long bytes = 8L * squares.length * squares.length;
    this.stored = bytes <= mostStored ? new double[(squares.length + ROWS - 1) / ROWS][] : null;
  }

  /** How many times as large the matrix itself is. */
  double scale() {
    return scale;
  }

  private double value(double product, double first, double second) {
    return switch (kernel) {
      case SIGMOID -> Math.tanh(gamma * product + 1);
      case RBF -> Math.exp(-gamma * (first + second - 2 * product));
      case POLYNOMIAL -> Math.pow(gamma * product + 1, 3);
      case LINEAR -> product;
    };
  }

  /**
   * The products with some vectors.
   *
   * @throws CancelledException if the thread is interrupted
   */
  double[][] times(double[][] vectors) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException("Comparing the cells of a layer was cancelled");
    }
    double[][] centred = new double[vectors.length][];
    for (int v = 0; v < vectors.length; v++) {
      centred[v] = centred(vectors[v]);
    }
    double[][] products = new double[vectors.length][squares.length];
    IntStream.range(0, (squares.length + ROWS - 1) / ROWS)
        .parallel()
        .forEach(block -> multiply(block, centred, products));
    for (int v = 0; v < vectors.length; v++) {
      products[v] = centred(products[v]);
    }
    return products;
  }

  private static double[] centred(double[] vector) {
    double mean = Arrays.stream(vector).sum() / vector.length;
    return Arrays.stream(vector).map(element -> element - mean).toArray();
  }

  private void multiply(int block, double[][] vectors, double[][] products) {
    int from = block * ROWS;
    int to = Math.min(from + ROWS, squares.length);
    int cells = squares.length;
    if (stored == null) {
      double[] part = new double[ROWS * COLUMNS];
      for (int left = 0; left < cells; left += COLUMNS) {
        int right = Math.min(left + COLUMNS, cells);
        fill(part, from, to, left, right);
        add(part, from, to, left, right, vectors, products);
      }
      return;
    }
    if (stored[block] == null) {
      double[] rows = new double[(to - from) * cells];
      fill(rows, from, to, 0, cells);
      stored[block] = rows;
    }
    add(stored[block], from, to, 0, cells, vectors, products);
  }

  /** Makes some rows and columns, row by row. */
  private void fill(double[] part, int from, int to, int left, int right) {
    int width = right - left;
    Arrays.fill(part, 0, (to - from) * width, 0);
    double[] values = points.values();
    for (int map = 0; map < points.maps(); map++) {
      int start = map * points.cells();
      for (int row = from; row < to; row++) {
        double x = values[start + row];
        int at = (row - from) * width;
        for (int column = 0; column < width; column++) {
          part[at + column] += x * values[start + left + column];
        }
      }
    }
    for (int row = from; row < to; row++) {
      for (int column = left; column < right; column++) {
        int at = (row - from) * width + column - left;
        part[at] = value(part[at], squares[row], squares[column]) / scale;
      }
    }
  }

  private static void add(
      double[] part,
      int from,
      int to,
      int left,
      int right,
      double[][] vectors,
      double[][] products) {
    int width = right - left;
    for (int row = from; row < to; row++) {
      int at = (row - from) * width;
      for (int v = 0; v < vectors.length; v++) {
        double[] vector = vectors[v];
        double sum = 0;
        for (int column = 0; column < width; column++) {
          sum += part[at + column] * vector[left + column];
        }
        products[v][row] += sum;
      }
    }
  }
}
