package org.pellucid.methods;

import org.pellucid.api.ArrayAlgebra.Field;

/** How the channels of an input become one map. */
public enum ChannelReduction {
  /** The largest magnitude of any channel. */
  MAX_ABS,
  /** The sum, with signs. */
  SUM,
  /** The sum of magnitudes. */
  SUM_ABS,
  /** The Euclidean length, the root of the sum of squares. */
  LENGTH;

  /** A number per cell from a number per channel and cell. */
  Field reduce(Field channels) {
    int cells = channels.cells();
    double[] map = new double[cells];
    for (int i = 0; i < channels.values().length; i++) {
      int cell = i % cells;
      map[cell] = join(map[cell], channels.values()[i]);
    }
    return new Field(1, cells, map);
  }

  private double join(double before, double value) {
    return switch (this) {
      case MAX_ABS -> Math.max(before, Math.abs(value));
      case SUM -> before + value;
      case SUM_ABS -> before + Math.abs(value);
      // Not by squares, which overflow before the length does.
      case LENGTH -> Math.hypot(before, value);
    };
  }
}
