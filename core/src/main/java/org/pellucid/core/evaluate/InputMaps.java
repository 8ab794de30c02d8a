package org.pellucid.core.evaluate;

import java.util.HashMap;
import java.util.Map;
import org.pellucid.core.evaluate.EvaluationRequest.Shown;
import org.pellucid.core.render.Upsampling;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Brings maps to the resolution of a network's input, bilinearly, as pictures do. To be used by one
 * thread at a time.
 */
final class InputMaps {
  private final int height;
  private final int width;
  private final Shown sign;
  private final Map<Integer, double[]> down = new HashMap<>();
  private final Map<Integer, double[]> across = new HashMap<>();

  /**
   * Maps of an input.
   *
   * @param space its height and width
   * @param sign what becomes of what is negative
   */
  InputMaps(Shape space, Shown sign) {
    this.height = space.dim(0);
    this.width = space.dim(1);
    this.sign = sign;
  }

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
    double[] rowsOf =
        down.computeIfAbsent(rows, count -> Upsampling.BILINEAR.matrix(count, height));
    double[] columnsOf =
        across.computeIfAbsent(columns, count -> Upsampling.BILINEAR.matrix(count, width));
    double[] wide = new double[rows * width];
    for (int r = 0; r < rows; r++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int c = 0; c < columns; c++) {
          sum += values[r * columns + c] * columnsOf[x * columns + c];
        }
        wide[r * width + x] = sum;
      }
    }
    double[] enlarged = new double[height * width];
    for (int y = 0; y < height; y++) {
      for (int r = 0; r < rows; r++) {
        double weight = rowsOf[y * rows + r];
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
