package org.pellucid.bench;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** One number for the errors of many maps. */
enum ErrorSummary {
  /** Half of the maps are within. */
  MEDIAN("Median", errors -> within(errors, 0.5)),
  /** The mean. */
  MEAN("Mean", errors -> Arrays.stream(errors).average().orElseThrow()),
  /** The root of the mean square. */
  ROOT_MEAN_SQUARE(
      "Root mean square",
      errors -> Math.sqrt(Arrays.stream(errors).map(e -> e * e).average().orElseThrow())),
  /** Nine maps in ten are within. */
  NINE_IN_TEN("9 in 10 within", errors -> within(errors, 0.9)),
  /** Nineteen maps in twenty are within. */
  NINETEEN_IN_TWENTY("19 in 20 within", errors -> within(errors, 0.95)),
  /** The largest. */
  WORST("Worst", errors -> within(errors, 1));

  private final String title;
  private final ToDoubleFunction<double[]> summary;

  ErrorSummary(String title, ToDoubleFunction<double[]> summary) {
    this.title = title;
    this.summary = summary;
  }

  /** What a table calls it. */
  String title() {
    return title;
  }

  /** The number, of one map's error at least. */
  double of(double[] errors) {
    return summary.applyAsDouble(errors);
  }

  /** The smallest error that at least a part of the maps have or stay below. */
  private static double within(double[] errors, double part) {
    double[] sorted = errors.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.ceil(part * sorted.length - 1e-9) - 1];
  }
}
