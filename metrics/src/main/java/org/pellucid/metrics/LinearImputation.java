package org.pellucid.metrics;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Guesses pixels that were taken away from those around: each is the weighted mean of its
 * neighbours, 1/6 of each that shares an edge and 1/12 of each that shares a corner, of which those
 * that were taken away are unknown, too; where neighbours lie outside of the image, the other
 * weights count for more. That is a system of linear equations, symmetric and positive definite as
 * long as anything is left. It is solved by conjugate gradients, preconditioned by an incomplete
 * factorisation that keeps the sums of rows (I. Gustafsson, "A class of first order factorization
 * methods", 1978), until residuals are below {@value #TOLERANCE} of what they began with.
 */
final class LinearImputation {
  private static final double EDGE = 1 / 6.0;
  private static final double CORNER = 1 / 12.0;
  private static final double TOLERANCE = 1e-7;
  private static final int MOST_ITERATIONS = 2000;

  /** Rows of the factorisation keep this part of what is dropped: all of it may be too much. */
  private static final double KEPT = 0.97;

  private static final int[] DOWN = {-1, -1, -1, 0, 0, 1, 1, 1};
  private static final int[] ACROSS = {-1, 0, 1, -1, 1, -1, 0, 1};
  private static final double[] WEIGHTS = {CORNER, EDGE, CORNER, EDGE, EDGE, CORNER, EDGE, CORNER};

  /** The neighbours before a pixel in the order of rows. */
  private static final int BEFORE = 4;

  private final int height;
  private final int width;
  private final int[] pixels;

  /** By unknown and neighbour the neighbour's number, or -1 where it is known or outside. */
  private final int[] neighbours;

  private final double[] diagonal;
  private final double[] factor;

  /**
   * Prepares for an image.
   *
   * @param missing pixels by {@code y * width + x}; not all of them
   */
  LinearImputation(int height, int width, BitSet missing) {
    this.height = height;
    this.width = width;
    this.pixels = missing.stream().toArray();
    if (pixels.length == height * width) {
      throw new IllegalArgumentException("Nothing is left of the image to guess the rest from");
    }
    int[] numbers = new int[height * width];
    Arrays.fill(numbers, -1);
    for (int i = 0; i < pixels.length; i++) {
      numbers[pixels[i]] = i;
    }
    this.neighbours = new int[pixels.length * WEIGHTS.length];
    this.diagonal = new double[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      for (int n = 0; n < WEIGHTS.length; n++) {
        int pixel = neighbour(pixels[i], n);
        neighbours[i * WEIGHTS.length + n] = pixel < 0 ? -1 : numbers[pixel];
        diagonal[i] += pixel < 0 ? 0 : WEIGHTS[n];
      }
    }
    this.factor = factor();
  }

  /** The pixel beside one, or -1 outside of the image. */
  private int neighbour(int pixel, int n) {
    int y = pixel / width + DOWN[n];
    int x = pixel % width + ACROSS[n];
    return y < 0 || x < 0 || y >= height || x >= width ? -1 : y * width + x;
  }

  /** The diagonal of an incomplete factorisation (D + L) D^-1 (D + L'). */
  private double[] factor() {
    double[] d = diagonal.clone();
    for (int i = 0; i < d.length; i++) {
      for (int n = 0; n < BEFORE; n++) {
        int j = neighbours[i * WEIGHTS.length + n];
        if (j >= 0) {
          double above = 0;
          for (int m = BEFORE; m < WEIGHTS.length; m++) {
            int k = neighbours[j * WEIGHTS.length + m];
            above += k < 0 || k == i ? 0 : WEIGHTS[m];
          }
          d[i] -= WEIGHTS[n] * (WEIGHTS[n] + KEPT * above) / d[j];
        }
      }
      // A row whose neighbours are all unknown would come out at 0 but for rounding.
      d[i] = Math.max(d[i], 1e-3 * diagonal[i]);
    }
    return d;
  }

  /**
   * Puts guesses in place of the missing pixels of a channel.
   *
   * @param channel row-major, its missing pixels finite: where the search begins
   */
  void fill(double[] channel) {
    int size = pixels.length;
    double[] x = new double[size];
    double[] residual = new double[size];
    for (int i = 0; i < size; i++) {
      x[i] = channel[pixels[i]];
      for (int n = 0; n < WEIGHTS.length; n++) {
        int pixel = neighbour(pixels[i], n);
        if (pixel >= 0 && neighbours[i * WEIGHTS.length + n] < 0) {
          residual[i] += WEIGHTS[n] * channel[pixel];
        }
      }
    }
    double begin = norm(residual);
    double[] product = new double[size];
    multiply(x, product);
    for (int i = 0; i < size; i++) {
      residual[i] -= product[i];
    }
    double[] z = new double[size];
    precondition(residual, z);
    double[] direction = z.clone();
    double rho = dot(residual, z);
    double bound = TOLERANCE * Math.max(begin, Double.MIN_NORMAL);
    for (int step = 0; step < MOST_ITERATIONS && norm(residual) > bound; step++) {
      multiply(direction, product);
      double alpha = rho / dot(direction, product);
      for (int i = 0; i < size; i++) {
        x[i] += alpha * direction[i];
        residual[i] -= alpha * product[i];
      }
      precondition(residual, z);
      double next = dot(residual, z);
      double beta = next / rho;
      rho = next;
      for (int i = 0; i < size; i++) {
        direction[i] = z[i] + beta * direction[i];
      }
    }
    for (int i = 0; i < size; i++) {
      channel[pixels[i]] = x[i];
    }
  }

  private void multiply(double[] x, double[] product) {
    for (int i = 0; i < x.length; i++) {
      double sum = diagonal[i] * x[i];
      int first = i * WEIGHTS.length;
      for (int n = 0; n < WEIGHTS.length; n++) {
        int j = neighbours[first + n];
        if (j >= 0) {
          sum -= WEIGHTS[n] * x[j];
        }
      }
      product[i] = sum;
    }
  }

  private void precondition(double[] residual, double[] z) {
    for (int i = 0; i < z.length; i++) {
      double sum = residual[i];
      int first = i * WEIGHTS.length;
      for (int n = 0; n < BEFORE; n++) {
        int j = neighbours[first + n];
        if (j >= 0) {
          sum += WEIGHTS[n] * z[j];
        }
      }
      z[i] = sum / factor[i];
    }
    for (int i = z.length - 1; i >= 0; i--) {
      double sum = 0;
      int first = i * WEIGHTS.length;
      for (int n = BEFORE; n < WEIGHTS.length; n++) {
        int j = neighbours[first + n];
        if (j >= 0) {
          sum += WEIGHTS[n] * z[j];
        }
      }
      z[i] += sum / factor[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double norm(double[] a) {
    return Math.sqrt(dot(a, a));
  }
}
