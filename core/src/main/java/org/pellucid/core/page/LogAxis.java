package org.pellucid.core.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A logarithmic axis: positions for positive numbers, and ticks at 1, 2 and 5 times powers of 10.
 */
final class LogAxis implements Axis {
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
  LogAxis(double low, double high, double from, double to) {
    // A little air at the ends, and more where all numbers are one.
    this.low = low / (low == high ? 1.5 : 1.08);
    this.high = high * (low == high ? 1.5 : 1.08);
    this.from = from;
    this.to = to;
  }

  @Override
  public double at(double value) {
    return from + (to - from) * Math.log(value / low) / Math.log(high / low);
  }

  @Override
  public List<Double> ticks() {
    for (int[] steps : new int[][] {{1, 2, 5}, {1, 3}, {1}}) {
      List<Double> ticks = new ArrayList<>();
      for (int power = -12; power <= 15; power++) {
        for (int step : steps) {
          double tick = step * Math.pow(10, power);
          if (low <= tick && tick <= high) {
            ticks.add(tick);
          }
        }
      }
      if (ticks.size() <= MOST_TICKS) {
        return ticks;
      }
    }
    return List.of(low, high);
  }

  /** A tick's number without needless zeros. */
  static String text(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%s", (float) value);
  }
}
