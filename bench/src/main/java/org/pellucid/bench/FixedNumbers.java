package org.pellucid.bench;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which fixed number of samples has errors as small as some. Between two numbers that were measured
 * errors are taken to fall as a power of the number; the first number that is as good counts, even
 * if chance lets a larger one be worse again, which rather favours fixed numbers.
 */
final class FixedNumbers {
  private final NavigableMap<Integer, Double> errors = new TreeMap<>();

  /** Adds what was measured of a number. */
  void add(int samples, double error) {
    errors.put(samples, error);
  }

  /**
   * How many samples it takes.
   *
   * @return infinity if the errors of every number are larger; the least number if its errors are
   *     small enough
   */
  double asGoodAs(double error) {
    int before = 0;
    for (int samples : errors.keySet()) {
      double here = errors.get(samples);
      if (here <= error) {
        return before == 0 ? samples : between(before, samples, error);
      }
      before = samples;
    }
    return Double.POSITIVE_INFINITY;
  }

  private double between(int fewer, int more, double error) {
    double above = Math.log(errors.get(fewer) / error);
    double all = Math.log(errors.get(fewer) / errors.get(more));
    return all == 0 || Double.isInfinite(all)
        ? more
        : fewer * Math.pow((double) more / fewer, above / all);
  }
}
