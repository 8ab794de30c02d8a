package org.pellucid.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What maps of one setting used and how far they are from what they estimate: one entry a map, over
 * images and seeds.
 */
final class SampleErrors {
  private final List<Integer> samples = new ArrayList<>();
  private final Map<MapError, List<Double>> errors = new EnumMap<>(MapError.class);

  SampleErrors() {
    for (MapError error : MapError.values()) {
      errors.put(error, new ArrayList<>());
    }
  }

  /**
   * Adds a map.
   *
   * @param used its number of samples
   * @param reference what it estimates
   */
  void add(int used, double[] map, double[] reference) {
    samples.add(used);
    errors.forEach((error, all) -> all.add(error.of(map, reference)));
  }

  /** Adds all maps of others. */
  void addAll(SampleErrors others) {
    samples.addAll(others.samples);
    errors.forEach((error, all) -> all.addAll(others.errors.get(error)));
  }

  /** How many maps there are. */
  int maps() {
    return samples.size();
  }

  /** The mean number of samples. */
  double meanSamples() {
    return samples.stream().mapToInt(Integer::intValue).average().orElseThrow();
  }

  /** The least number of samples. */
  int least() {
    return Collections.min(samples);
  }

  /** The largest number of samples. */
  int most() {
    return Collections.max(samples);
  }

  /** One number for the errors of all maps. */
  double summary(MapError error, ErrorSummary summary) {
    return summary.of(errors.get(error).stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** How many maps have a cell that is off by more than a part of the largest magnitude. */
  long beyond(double part) {
    return errors.get(MapError.LARGEST).stream().filter(error -> error > part).count();
  }

  /** Two cells of a Markdown table: numbers of samples, and largest errors in percent. */
  @Override
  public String toString() {
    return samples.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + " | "
        + errors.get(MapError.LARGEST).stream()
            .map(error -> String.format(Locale.ROOT, "%.2f", 100 * error))
            .collect(Collectors.joining(", "));
  }
}
