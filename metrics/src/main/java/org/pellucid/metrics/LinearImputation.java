package org.pellucid.metrics;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Guesses pixels that were taken away from those around: each is the weighted mean of its
 * neighbours, 1/6 of each that shares an edge and 1/12 of each that shares a corner, of which those
 * that were taken away are unknown, too; where neighbours lie outside of the image, the other
 * weights count for more. That is a system of linear equations, symmetric and positive definite as
 * long as anything is left. It is solved by conjugate gradients, preconditioned by a cycle of
 * {@link Multigrid}, in float32; what that leaves is found in float64 and solved for again, until
 * it is below {@value #TOLERANCE} of the right side.
 */
final class LinearImputation {
  private static final double TOLERANCE = 1e-7;

  /** How far residuals are brought down before they are found again. */
  private static final double PART = 1e-4;

  private static final int MOST_ROUNDS = 8;
  private static final int MOST_STEPS = 500;

  private final int height;
  private final int width;

  /** The missing pixels in the image, and in arrays with a margin. */
  private final int[] cells;

  private final int[] places;

  /** Of missing pixels, the sums of the weights of all neighbours. */
  private final double[] weights;

  private final MissingPixels pixels;
  private final Multigrid multigrid;
  private final float[] residual;
  private final float[] change;
  private final float[] direction;
  private final float[] product;

  /**
   * Prepares for an image.
   *
   * @param missing pixels by {@code y * width + x}; not all of them
   */
  LinearImputation(int height, int width, BitSet missing) {
    if (missing.cardinality() == height * width) {
      throw new IllegalArgumentException("Nothing is left of the image to guess the rest from");
    }
    this.height = height;
    this.width = width;
    this.pixels = MissingPixels.of(height, width, missing);
    this.multigrid = new Multigrid(pixels);
    int size = pixels.size();
    this.residual = new float[size];
    this.change = new float[size];
    this.direction = new float[size];
    this.product = new float[size];
    this.cells = missing.stream().toArray();
    this.places = new int[cells.length];
    Arrays.setAll(places, i -> (cells[i] / width + 1) * pixels.pitch + cells[i] % width + 1);
    double[] ones = new double[size];
    for (int y = 1; y <= height; y++) {
      Arrays.fill(ones, y * pixels.pitch + 1, y * pixels.pitch + 1 + width, 1);
    }
    this.weights = new double[cells.length];
    Arrays.setAll(weights, i -> around(ones, places[i]));
  }

  /**
   * Puts guesses in place of the missing pixels, channel by channel.
   *
   * @param image channels first, row-major, the missing ones finite: where the search begins
   */
  void fill(double[] image) {
    double[] plane = new double[pixels.size()];
    for (int channel = 0; channel < image.length; channel += height * width) {
      for (int y = 0; y < height; y++) {
        int row = (y + 1) * pixels.pitch + 1;
        System.arraycopy(image, channel + y * width, plane, row, width);
      }
      solve(plane);
      for (int i = 0; i < cells.length; i++) {
        image[channel + cells[i]] = plane[places[i]];
      }
    }
  }

  private void solve(double[] plane) {
    double bound = TOLERANCE * rightSide(plane);
    double[] left = new double[cells.length];
    for (int round = 0; round < MOST_ROUNDS; round++) {
      double largest = 0;
      double squares = 0;
      for (int i = 0; i < left.length; i++) {
        left[i] = around(plane, places[i]) - weights[i] * plane[places[i]];
        largest = Math.max(largest, Math.abs(left[i]));
        squares += left[i] * left[i];
      }
      double length = Math.sqrt(squares);
      if (length <= bound || largest == 0) {
        return;
      }
      // In units of the largest, whatever those of the image are.
      for (int i = 0; i < left.length; i++) {
        residual[places[i]] = (float) (left[i] / largest);
      }
      descend(Math.max(PART, bound / length / 2));
      for (int place : places) {
        plane[place] += largest * change[place];
      }
    }
  }

  /** The length of what known neighbours of missing pixels add up to. */
  private double rightSide(double[] plane) {
    double[] known = plane.clone();
    for (int place : places) {
      known[place] = 0;
    }
    double squares = 0;
    for (int place : places) {
      double sum = around(known, place);
      squares += sum * sum;
    }
    return Math.sqrt(squares);
  }

  /** The neighbours of a pixel, times their weights in twelfths. */
  private double around(double[] plane, int place) {
    int above = place - pixels.pitch;
    int below = place + pixels.pitch;
    return 2 * (plane[place - 1] + plane[place + 1] + plane[above] + plane[below])
        + (plane[above - 1] + plane[above + 1] + plane[below - 1] + plane[below + 1]);
  }

  /** Brings the residual down to a part of itself by the change. */
  private void descend(double part) {
    Arrays.fill(change, 0);
    double goal = part * part * product(residual, residual);
    float[] z = multigrid.solve(residual);
    System.arraycopy(z, 0, direction, 0, z.length);
    double rho = product(residual, z);
    for (int step = 0; step < MOST_STEPS; step++) {
      pixels.multiply(direction, product);
      double curvature = product(direction, product);
      if (!(curvature > 0 && rho > 0)) {
        return;
      }
      add(change, (float) (rho / curvature), direction);
      add(residual, (float) (-rho / curvature), product);
      if (product(residual, residual) <= goal) {
        return;
      }
      z = multigrid.solve(residual);
      double next = product(residual, z);
      float beta = (float) (next / rho);
      rho = next;
      for (int i = 0; i < direction.length; i++) {
        direction[i] = z[i] + beta * direction[i];
      }
    }
  }

  private static void add(float[] sum, float factor, float[] x) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * x[i];
    }
  }

  /** The sum of products, in parts that do not wait for each other. */
  private static double product(float[] a, float[] b) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      sum0 += a[i] * b[i];
      sum1 += a[i + 1] * b[i + 1];
      sum2 += a[i + 2] * b[i + 2];
      sum3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      sum0 += a[i] * b[i];
    }
    return sum0 + sum1 + sum2 + sum3;
  }
}
