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
   * Puts guesses in place of the missing pixels of all channels at once.
   *
   * @param image channels first, row-major, the missing ones finite: where the search begins
   */
  void fill(double[] image) {
    int cells = height * width;
    int channels = image.length / cells;
    int size = pixels.length;
    double[] x = new double[size * channels];
    double[] residual = new double[x.length];
    for (int i = 0; i < size; i++) {
      for (int channel = 0; channel < channels; channel++) {
        x[i * channels + channel] = image[channel * cells + pixels[i]];
      }
      for (int n = 0; n < WEIGHTS.length; n++) {
        int pixel = neighbour(pixels[i], n);
        if (pixel >= 0 && neighbours[i * WEIGHTS.length + n] < 0) {
          for (int channel = 0; channel < channels; channel++) {
            residual[i * channels + channel] += WEIGHTS[n] * image[channel * cells + pixel];
          }
        }
      }
    }
    solve(x, residual, channels);
    for (int i = 0; i < size; i++) {
      for (int channel = 0; channel < channels; channel++) {
        image[channel * cells + pixels[i]] = x[i * channels + channel];
      }
    }
  }

  /** Each channel has steps of its own, and those of all are taken together. */
  private void solve(double[] x, double[] residual, int channels) {
    double[] bounds = products(residual, residual, channels);
    for (int channel = 0; channel < channels; channel++) {
      bounds[channel] = Math.max(TOLERANCE * TOLERANCE * bounds[channel], Double.MIN_NORMAL);
    }
    double[] product = new double[x.length];
    multiply(x, product, channels);
    for (int i = 0; i < x.length; i++) {
      residual[i] -= product[i];
    }
    double[] z = new double[x.length];
    precondition(residual, z, channels);
    double[] direction = z.clone();
    double[] rho = products(residual, z, channels);
    double[] alpha = new double[channels];
    double[] beta = new double[channels];
    for (int step = 0; step < MOST_ITERATIONS; step++) {
      double[] left = products(residual, residual, channels);
      multiply(direction, product, channels);
      double[] curvature = products(direction, product, channels);
      boolean done = true;
      for (int channel = 0; channel < channels; channel++) {
        boolean open = left[channel] > bounds[channel] && curvature[channel] > 0;
        alpha[channel] = open ? rho[channel] / curvature[channel] : 0;
        done &= !open;
      }
      if (done) {
        return;
      }
      for (int i = 0; i < x.length; i += channels) {
        for (int channel = 0; channel < channels; channel++) {
          x[i + channel] += alpha[channel] * direction[i + channel];
          residual[i + channel] -= alpha[channel] * product[i + channel];
        }
      }
      precondition(residual, z, channels);
      double[] next = products(residual, z, channels);
      for (int channel = 0; channel < channels; channel++) {
        beta[channel] = rho[channel] > 0 ? next[channel] / rho[channel] : 0;
      }
      rho = next;
      for (int i = 0; i < x.length; i += channels) {
        for (int channel = 0; channel < channels; channel++) {
          direction[i + channel] = z[i + channel] + beta[channel] * direction[i + channel];
        }
      }
    }
  }

  private void multiply(double[] x, double[] product, int channels) {
    for (int i = 0; i < diagonal.length; i++) {
      int at = i * channels;
      for (int channel = 0; channel < channels; channel++) {
        product[at + channel] = diagonal[i] * x[at + channel];
      }
      add(x, product, i, 0, WEIGHTS.length, -1, channels);
    }
  }

  /** Adds some of an unknown's neighbours, times their weights and a factor. */
  private void add(double[] x, double[] sum, int i, int from, int to, double factor, int channels) {
    int at = i * channels;
    for (int n = from; n < to; n++) {
      int j = neighbours[i * WEIGHTS.length + n];
      if (j >= 0) {
        double weight = factor * WEIGHTS[n];
        for (int channel = 0; channel < channels; channel++) {
          sum[at + channel] += weight * x[j * channels + channel];
        }
      }
    }
  }

  private void precondition(double[] residual, double[] z, int channels) {
    for (int i = 0; i < factor.length; i++) {
      int at = i * channels;
      System.arraycopy(residual, at, z, at, channels);
      add(z, z, i, 0, BEFORE, 1, channels);
      for (int channel = 0; channel < channels; channel++) {
        z[at + channel] /= factor[i];
      }
    }
    for (int i = factor.length - 1; i >= 0; i--) {
      add(z, z, i, BEFORE, WEIGHTS.length, 1 / factor[i], channels);
    }
  }

  /** By channel the sum of products. */
  private static double[] products(double[] a, double[] b, int channels) {
    double[] sums = new double[channels];
    for (int i = 0; i < a.length; i += channels) {
      for (int channel = 0; channel < channels; channel++) {
        sums[channel] += a[i + channel] * b[i + channel];
      }
    }
    return sums;
  }
}
