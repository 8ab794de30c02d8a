package org.pellucid.metrics;

import java.util.BitSet;

/**
 * The equations of missing pixels: of each, its diagonal times its value, less 2/12 of each
 * neighbour that shares an edge and 1/12 of each that shares a corner, all times 12. What is not
 * missing counts as 0, and so does what lies outside of the image.
 *
 * <p>Pixels lie row by row in arrays with a margin all around, so that each has eight neighbours;
 * all arrays are 0 where nothing is missing. A coarser set has a pixel for two by two, which is
 * missing where one of them is.
 *
 * <p>Loops go over whole arrays, and neighbours are shifted copies: so a JVM makes vector
 * instructions of them, as it does not where an element depends on others of another index. To be
 * used by one thread at a time.
 */
final class MissingPixels {
  final int height;
  final int width;

  /** From a row to the next. */
  final int pitch;

  /** 1 where a pixel is missing. */
  private final float[] missing;

  /** By pixel, the sum of the weights of its neighbours that are there. */
  private final float[] known;

  /**
   * The diagonal and the four times that the pixel itself is counted among its own neighbours, in
   * their sum by rows and columns.
   */
  private final float[] middle;

  private final float[] inverse;
  private final float[] sums;
  private final float[] before;
  private final float[] after;

  /**
   * The missing pixels of an image.
   *
   * @param missing pixels by {@code y * width + x}
   */
  static MissingPixels of(int height, int width, BitSet missing) {
    int pitch = width + 2;
    float[] open = new float[(height + 2) * pitch];
    float[] there = new float[open.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        boolean gone = missing.get(y * width + x);
        open[(y + 1) * pitch + x + 1] = gone ? 1 : 0;
        there[(y + 1) * pitch + x + 1] = gone ? 0 : 1;
      }
    }
    MissingPixels all = new MissingPixels(height, width, open, new float[open.length]);
    float[] known = new float[open.length];
    all.sum(there);
    for (int i = 0; i < known.length; i++) {
      known[i] = open[i] * (2 * all.sums[i] + all.before[i] + all.after[i]);
    }
    return new MissingPixels(height, width, open, known);
  }

  private MissingPixels(int height, int width, float[] missing, float[] known) {
    this.height = height;
    this.width = width;
    this.pitch = width + 2;
    this.missing = missing;
    this.known = known;
    int size = missing.length;
    this.middle = new float[size];
    this.inverse = new float[size];
    this.sums = new float[size];
    this.before = new float[size];
    this.after = new float[size];
    sum(missing);
    for (int i = 0; i < size; i++) {
      float weights = known[i] + 2 * sums[i] + before[i] + after[i] - 4;
      boolean bound = missing[i] > 0 && weights > 0;
      inverse[i] = bound ? 1 / weights : 0;
      middle[i] = bound ? weights + 4 : 0;
    }
  }

  /** The same at half of the resolution. */
  MissingPixels coarser() {
    int lines = (height + 1) / 2;
    int columns = (width + 1) / 2;
    float[] open = new float[(lines + 2) * (columns + 2)];
    float[] there = new float[open.length];
    for (int y = 1; y <= height; y++) {
      for (int x = 1; x <= width; x++) {
        int i = y * pitch + x;
        int above = (y + 1) / 2 * (columns + 2) + (x + 1) / 2;
        open[above] = Math.max(open[above], missing[i]);
        there[above] += known[i];
      }
    }
    return new MissingPixels(lines, columns, open, there);
  }

  /** How many elements arrays have. */
  int size() {
    return missing.length;
  }

  /**
   * Prepares sums over three by three pixels, weighted 1, 2, 1 either way: they are {@code 2 sums +
   * before + after}.
   */
  private void sum(float[] x) {
    int last = x.length - 1;
    System.arraycopy(x, 0, before, 1, last);
    System.arraycopy(x, 1, after, 0, last);
    for (int i = 0; i < sums.length; i++) {
      sums[i] = 2 * x[i] + before[i] + after[i];
    }
    System.arraycopy(sums, 0, before, pitch, x.length - pitch);
    System.arraycopy(sums, pitch, after, 0, x.length - pitch);
  }

  /** What the equations make of values. */
  void multiply(float[] x, float[] product) {
    sum(x);
    for (int i = 0; i < product.length; i++) {
      product[i] = middle[i] * x[i] - missing[i] * (2 * sums[i] + before[i] + after[i]);
    }
  }

  /** What is left of a right side. */
  void residual(float[] x, float[] right, float[] residual) {
    sum(x);
    for (int i = 0; i < residual.length; i++) {
      residual[i] = right[i] - middle[i] * x[i] + missing[i] * (2 * sums[i] + before[i] + after[i]);
    }
  }

  /** Solves the equation of each pixel as its neighbours would be if they were 0. */
  void begin(float[] right, float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = inverse[i] * right[i];
    }
  }

  /** Solves the equation of each pixel, as its neighbours are (Jacobi). */
  void relax(float[] x, float[] right) {
    sum(x);
    for (int i = 0; i < x.length; i++) {
      x[i] += inverse[i] * (right[i] - middle[i] * x[i] + (2 * sums[i] + before[i] + after[i]));
    }
  }

  /** By pixel of a coarser set, the sum over two by two of this one. */
  void toCoarser(float[] values, MissingPixels coarser, float[] sums) {
    for (int y = 1; y <= coarser.height; y++) {
      int i = y * coarser.pitch + 1;
      int j = (2 * y - 1) * pitch + 1;
      for (int end = i + coarser.width; i < end; i++, j += 2) {
        sums[i] = values[j] + values[j + 1] + values[j + pitch] + values[j + pitch + 1];
      }
    }
  }

  /** Adds to two by two pixels what one of a coarser set has. */
  void addCoarser(float[] values, MissingPixels coarser, float[] x) {
    for (int y = 1; y <= height; y += 2) {
      int j = (y + 1) / 2 * coarser.pitch + 1;
      int row = y * pitch;
      for (int i = row + 1; i <= row + width; i += 2, j++) {
        before[i] = values[j];
        before[i + 1] = values[j];
      }
      System.arraycopy(before, row, before, row + pitch, pitch);
    }
    for (int i = 0; i < x.length; i++) {
      x[i] += missing[i] * before[i];
    }
  }
}
