package org.pellucid.core.compare;

import org.pellucid.api.Precision;

/** How far numbers of two backends may differ by rounding alone. */
public final class Tolerance {
  private Tolerance() {}

  /**
   * Up to which part of the largest magnitude the maps of two backends agree that run the network
   * in a precision.
   *
   * <ul>
   *   <li>float64: 1e-9. Rounding at 1e-16, through some hundred layers and sums of thousands of
   *       terms, stays well below; what is larger is another computation.
   *   <li>float32: 1e-4, the same with rounding at 6e-8.
   *   <li>tf32 and bf16: 5e-2. Their products have 11 and 8 bits; this tells gross mistakes alone.
   * </ul>
   */
  public static double of(Precision precision) {
    return switch (precision) {
      case FLOAT64 -> 1e-9;
      case FLOAT32 -> 1e-4;
      case TF32, BF16 -> 5e-2;
    };
  }
}
