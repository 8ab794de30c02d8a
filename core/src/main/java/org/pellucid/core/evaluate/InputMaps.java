package org.pellucid.core.evaluate;

import org.pellucid.core.evaluate.EvaluationRequest.Shown;
import org.pellucid.core.render.Upsampling;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Brings maps to the resolution of a network's input, bilinearly, as pictures do.
 *
 * @param height of the input
 * @param width of the input
 * @param sign what becomes of what is negative
 */
record InputMaps(int height, int width, Shown sign) {
  /** The signed map, in its own units. */
  Tensor signed(Tensor map) {
    return Tensor.of(Shape.of(height, width), enlarged(map, map.toDoubleArray()));
  }

  /** The map from 0 to 1. */
  Tensor shown(Tensor map) {
    double[] values = map.toDoubleArray();
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = sign == Shown.MAGNITUDE ? Math.abs(values[i]) : Math.max(0, values[i]);
      largest = Math.max(largest, values[i]);
    }
    if (largest > 0) {
      // Beforehand, so that tiny numbers do not vanish in sums of products.
      for (int i = 0; i < values.length; i++) {
        values[i] /= largest;
      }
    }
    double[] enlarged = enlarged(map, values);
    double highest = 0;
    for (double value : enlarged) {
      highest = Math.max(highest, value);
    }
    if (highest > 0) {
      for (int i = 0; i < enlarged.length; i++) {
        enlarged[i] = Math.min(1, enlarged[i] / highest);
      }
    }
    return Tensor.of(Shape.of(height, width), enlarged);
  }

  private double[] enlarged(Tensor map, double[] values) {
    int rows = map.shape().dim(0);
    int columns = map.shape().dim(1);
    if (rows == height && columns == width) {
      return values;
    }
    double[] down = Upsampling.BILINEAR.matrix(rows, height);
    double[] across = Upsampling.BILINEAR.matrix(columns, width);
    double[] wide = new double[rows * width];
    for (int r = 0; r < rows; r++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int c = 0; c < columns; c++) {
          sum += values[r * columns + c] * across[x * columns + c];
        }
        wide[r * width + x] = sum;
      }
    }
    double[] enlarged = new double[height * width];
    for (int y = 0; y < height; y++) {
      for (int r = 0; r < rows; r++) {
        double weight = down[y * rows + r];
        if (weight != 0) {
          for (int x = 0; x < width; x++) {
            enlarged[y * width + x] += weight * wide[r * width + x];
          }
        }
      }
    }
    return enlarged;
  }
}
