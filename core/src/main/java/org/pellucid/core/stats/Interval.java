package org.pellucid.core.stats;

/**
 * Where a number lies, with a confidence.
 *
 * @param low its lower end
 * @param high its upper end
 * @param confidence in how many of all repetitions of the measurement such an interval holds the
 *     true number, at least; 0 to 1
 */
public record Interval(double low, double high, double confidence) {
  /** The ends are in order. */
  public Interval {
    if (!(low <= high) || !(confidence >= 0 && confidence <= 1)) {
      throw new IllegalArgumentException(
          "No interval from " + low + " to " + high + " with confidence " + confidence);
    }
  }
}
