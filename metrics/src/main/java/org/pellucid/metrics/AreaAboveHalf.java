package org.pellucid.metrics;

import java.util.Arrays;
import org.pellucid.api.Measurement;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * The area above half: which part of all pixels has at least half of the map's largest value, as
 * the width at half maximum is measured of a line.
 *
 * <pre>
 * area = number of pixels with L &gt;= 1/2, by their number
 * </pre>
 *
 * <p>No paper's.
 */
public final class AreaAboveHalf extends MapMetric {
  /** As services are made. */
  public AreaAboveHalf() {
    super(
        "area-above-half",
        "The part of the pixels that has half of the largest value at least",
        Direction.LOWER_IS_BETTER);
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    double[] map = trial.shown().toDoubleArray();
    long above = Arrays.stream(map).filter(value -> value >= 0.5).count();
    return above == 0 ? Inside.NO_MAP : Measurement.of((double) above / map.length);
  }
}
