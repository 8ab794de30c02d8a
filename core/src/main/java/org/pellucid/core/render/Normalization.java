package org.pellucid.core.render;

import java.util.OptionalDouble;
import org.pellucid.graph.Tensor;

/** How the numbers of a raw map become numbers from 0 to 1. */
public enum Normalization {
  /**
   * ReLU, then divided by the maximum: {@code max(0, x) / max}. The papers' choice. A map without a
   * positive value becomes all zeros.
   */
  MAX,
  /** {@code (x - min) / (max - min)} of the signed map; a map of equal values becomes all zeros. */
  MINMAX,
  /** The values as they are, clamped to 0 to 1. */
  NONE;

  /** Normalises a map by its own extremes: {@link #apply(Tensor, OptionalDouble)}. */
  public double[] apply(Tensor map) {
    return apply(map, OptionalDouble.empty());
  }

  /**
   * Normalises a map.
   *
   * @param map raw and signed, of any shape; a value that is not finite counts as 0
   * @param peak the value that becomes 1 in place of the map's own maximum, so that several maps,
   *     say of subsets of the feature maps, can be compared; what lies above it becomes 1. {@link
   *     #NONE} takes no notice of it
   * @return the map's elements in row-major order, from 0 to 1
   */
  public double[] apply(Tensor map, OptionalDouble peak) {
    double[] values = map.toDoubleArray();
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.isFinite(values[i]) ? values[i] : 0;
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    double from = this == MINMAX ? low : 0;
    double to = this == NONE ? 1 : peak.orElse(high);
    // In units of the larger magnitude no difference overflows and no divisor underflows.
    double unit = Math.max(Math.abs(from), Math.abs(to));
    double range = to / unit - from / unit;
    for (int i = 0; i < values.length; i++) {
      double part = to > from && range > 0 ? (values[i] / unit - from / unit) / range : 0;
      values[i] = Math.max(0, Math.min(1, part));
    }
    return values;
  }
}
