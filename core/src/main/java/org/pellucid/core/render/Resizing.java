package org.pellucid.core.render;

import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Brings maps of any number of axes to another size, linearly along each axis. */
public final class Resizing {
  private Resizing() {}

  /**
   * A map at another size; {@link Upsampling#BILINEAR} along each axis.
   *
   * @param map of any rank
   * @param size of the same rank
   * @return float64, of that size
   */
  public static Tensor linear(Tensor map, Shape size) {
    Shape shape = map.shape();
    if (shape.rank() != size.rank()) {
      throw new IllegalArgumentException("A size for " + shape + " has its rank, found " + size);
    }
    double[] values = map.toDoubleArray();
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis) != size.dim(axis)) {
        values = along(values, shape, axis, size.dim(axis));
        shape = shape.with(axis, size.dim(axis));
      }
    }
    return Tensor.of(size, values);
  }

  private static double[] along(double[] values, Shape shape, int axis, int points) {
    int cells = shape.dim(axis);
    int inner = Math.toIntExact(shape.sizeOf(axis + 1, shape.rank()));
    int outer = Math.toIntExact(shape.sizeOf(0, axis));
    double[] matrix = Upsampling.BILINEAR.matrix(cells, points);
    double[] resized = new double[Math.multiplyExact(outer * points, inner)];
    for (int o = 0; o < outer; o++) {
      for (int p = 0; p < points; p++) {
        for (int c = 0; c < cells; c++) {
          double weight = matrix[p * cells + c];
          for (int i = 0; weight != 0 && i < inner; i++) {
            resized[(o * points + p) * inner + i] += weight * values[(o * cells + c) * inner + i];
          }
        }
      }
    }
    return resized;
  }
}
