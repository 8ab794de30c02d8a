package org.pellucid.api;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a {@link Metric} found of one map.
 *
 * @param value the number; empty where there is none, as that of a place in an image without
 *     objects
 * @param curve the numbers that it summarises, in order, as scores while pixels are taken away;
 *     empty where there are none
 * @param reason why there is no number; empty where there is one
 * @since 0.1.0
 */
public record Measurement(OptionalDouble value, List<Double> curve, String reason) {
  /** A finite number, or the reason why there is none. */
  public Measurement {
    curve = List.copyOf(curve);
    if (value.isPresent() != reason.isEmpty()) {
      throw new IllegalArgumentException("A measurement has either a value or a reason");
    }
    if (value.isPresent() && !Double.isFinite(value.getAsDouble())) {
      throw new IllegalArgumentException(
          "A measurement is finite, found " + value.getAsDouble() + "; say why there is none");
    }
    if (!curve.stream().allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("A measurement's curve is finite, found " + curve);
    }
  }

  /** A number. */
  public static Measurement of(double value) {
    return new Measurement(OptionalDouble.of(value), List.of(), "");
  }

  /** A number with what it summarises. */
  public static Measurement of(double value, double[] curve) {
    return new Measurement(
        OptionalDouble.of(value), java.util.Arrays.stream(curve).boxed().toList(), "");
  }

  /**
   * No number.
   *
   * @param reason in a few words, as {@code no object of the class}
   */
  public static Measurement none(String reason) {
    return new Measurement(OptionalDouble.empty(), List.of(), reason);
  }
}
