package org.pellucid.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What maps of one setting used and how far they are from what they estimate: one entry a map, over
 * images and seeds.
 */
final class SampleErrors {
  private final List<Integer> samples = new ArrayList<>();
  private final List<Double> errors = new ArrayList<>();

  /**
   * Adds a map.
   *
   * @param used its number of samples
   * @param error its largest error, as a part of the largest magnitude, see {@link #relative}
   */
  void add(int used, double error) {
    samples.add(used);
    errors.add(error);
  }

  /** Adds all maps of others. */
  void addAll(SampleErrors others) {
    samples.addAll(others.samples);
    errors.addAll(others.errors);
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

  /**
   * The error that a part of the maps does not exceed: the smallest one that at least so many have
   * or stay below.
   *
   * @param part above 0, to 1 for the worst
   */
  double quantile(double part) {
    double[] sorted = errors.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[(int) Math.ceil(part * sorted.length - 1e-9) - 1];
  }

  /** Two cells of a Markdown table: numbers of samples, and errors in percent, map by map. */
  @Override
  public String toString() {
    return samples.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + " | "
        + errors.stream()
            .map(error -> String.format(Locale.ROOT, "%.2f", 100 * error))
            .collect(Collectors.joining(", "));
  }

  /**
   * The largest difference of a cell, as a part of a reference's largest magnitude.
   *
   * @throws IllegalArgumentException if the reference is zero everywhere or of another size
   */
  static double relative(double[] map, double[] reference) {
    if (map.length != reference.length) {
      throw new IllegalArgumentException(
          "Maps of " + map.length + " and " + reference.length + " cells");
    }
    double largest = Arrays.stream(reference).map(Math::abs).max().orElse(0);
    if (largest == 0) {
      throw new IllegalArgumentException("The reference is zero everywhere");
    }
    double most = 0;
    for (int i = 0; i < map.length; i++) {
      most = Math.max(most, Math.abs(map[i] - reference[i]));
    }
    return most / largest;
  }
}
