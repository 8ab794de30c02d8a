package org.pellucid.api;

import org.pellucid.graph.Tensor;

/**
 * Where the values of a {@link ArrayAlgebra.Field} come from: row-major [maps, cells]. An array of
 * float64 numbers of a whole layer costs more time to write and to read again than to compute, so
 * what can be read as it lies, or is one product away from that, is not written out.
 */
interface FieldElements {
  /** Writes {@code count} values, from the one at {@code start} on, to the front of an array. */
  void load(int start, int count, double[] to);

  /** Values in an array. */
  record Doubles(double[] values) implements FieldElements {
    @Override
    public void load(int start, int count, double[] to) {
      System.arraycopy(values, start, to, 0, count);
    }
  }

  /** Values in a tensor, from a row-major position on. */
  record InTensor(Tensor tensor, int offset) implements FieldElements {
    @Override
    public void load(int start, int count, double[] to) {
      tensor.copy(offset + start, to, count);
    }
  }

  /**
   * Values of another field, each times the number of its feature map.
   *
   * @param weights one for each feature map, or one for all
   * @param cells of a feature map; whole maps are loaded
   */
  record Weighed(double[] weights, int cells, FieldElements base) implements FieldElements {
    @Override
    public void load(int start, int count, double[] to) {
      base.load(start, count, to);
      int map = start / cells;
      for (int first = 0; first < count; first += cells, map++) {
        double weight = weights[weights.length == 1 ? 0 : map];
        for (int i = first; i < first + cells; i++) {
          to[i] *= weight;
        }
      }
    }
  }
}
