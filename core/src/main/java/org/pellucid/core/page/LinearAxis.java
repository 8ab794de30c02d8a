package org.pellucid.core.page;

import java.util.ArrayList;
import java.util.List;

/** An even axis, with ticks at 1, 2 or 5 times a power of 10. */
final class LinearAxis implements Axis {
  private static final int MOST_TICKS = 8;

  private final double low;
  private final double high;
  private final double from;
  private final double to;

  /**
   * An axis over some numbers.
   *
   * @param from where the lowest lies on the page
   * @param to where the highest lies, less than from for an axis that goes up
   */
  LinearAxis(double low, double high, double from, double to) {
    // A little air at the ends, and more where all numbers are one.
    double air = low == high ? Math.max(1e-9, Math.abs(low) / 2) : (high - low) / 20;
    this.low = low - air;
    this.high = high + air;
    this.from = from;
    this.to = to;
  }

  @Override
  public double at(double value) {
    return from + (to - from) * (value - low) / (high - low);
  }

  @Override
  public List<Double> ticks() {
    double step = Math.pow(10, Math.floor(Math.log10((high - low) / MOST_TICKS)));
    for (double factor : new double[] {1, 2, 5, 10}) {
      if ((high - low) / (factor * step) <= MOST_TICKS) {
        return multiples(factor * step);
      }
    }
    return multiples(20 * step);
  }

  private List<Double> multiples(double step) {
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
      // So that 3 * 0.1 is written as 0.3; and no negative zero.
      ticks.add(Math.rint(i * step * 1e9) / 1e9 + 0.0);
    }
    return ticks;
  }
}
