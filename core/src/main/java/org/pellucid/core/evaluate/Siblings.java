package org.pellucid.core.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.pellucid.api.Correlation;
import org.pellucid.api.Measurement;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;

/**
 * Contenders that are one method at one layer, and differ in the seed or in the number of samples
 * alone. What their raw maps have in common costs no pass, so that it is measured wherever there
 * are some:
 *
 * <ul>
 *   <li>{@link #SEEDS}: Pearson's correlation of the map with that of each other seed, the mean;
 *   <li>{@link #MOST}: {@code |L - M| / |M|}, Euclidean, where L is the map and M the mean of the
 *       maps with the most samples, of the other seeds where there are some: the same copies are
 *       not held against each other.
 * </ul>
 */
final class Siblings {
  static final String SEEDS = "agreement-over-seeds";
  static final String MOST = "distance-from-most-samples";
  private static final String SEED = "seed";
  private static final String SAMPLES = "samples";

  private final Map<Contender, Kin> kin = new LinkedHashMap<>();
  private final Map<Contender, List<Contender>> families = new LinkedHashMap<>();
  private final Set<Integer> samples = new TreeSet<>();

  /** What a contender has in common with its siblings, and what it has not. */
  private record Kin(List<Object> family, String seed, int samples) {
    static Kin of(Contender contender) {
      Map<String, String> options =
          new LinkedHashMap<>(
              Options.parse(contender.method().options(), contender.setting().options())
                  .describe(contender.method().options()));
      String seed = options.getOrDefault(SEED, "");
      String samples = options.getOrDefault(SAMPLES, "");
      options.remove(SEED);
      options.remove(SAMPLES);
      return new Kin(
          List.of(contender.method().id(), contender.layer(), options),
          seed,
          // Not as many as are needed.
          samples.matches("\\d{1,9}") ? Integer.parseInt(samples) : 0);
    }
  }

  /** Finds them. */
  Siblings(List<Contender> contenders) {
    Map<List<Object>, List<Contender>> byFamily = new LinkedHashMap<>();
    for (Contender contender : contenders) {
      Kin own = Kin.of(contender);
      kin.put(contender, own);
      samples.add(own.samples());
      List<Contender> family = byFamily.computeIfAbsent(own.family(), key -> new ArrayList<>());
      family.add(contender);
      families.put(contender, family);
    }
    samples.remove(0);
  }

  private List<Contender> ofOtherSeeds(Contender contender) {
    Kin own = kin.get(contender);
    return families.get(contender).stream()
        .filter(other -> kin.get(other).samples() == own.samples())
        .filter(other -> !kin.get(other).seed().equals(own.seed()))
        .toList();
  }

  /** Those with the most samples, of other seeds if there are any; none for such a one itself. */
  private List<Contender> ofMostSamples(Contender contender) {
    Kin own = kin.get(contender);
    List<Contender> family = families.get(contender);
    int most = family.stream().mapToInt(other -> kin.get(other).samples()).max().orElseThrow();
    if (most == own.samples()) {
      return List.of();
    }
    List<Contender> all =
        family.stream().filter(other -> kin.get(other).samples() == most).toList();
    List<Contender> others =
        all.stream().filter(other -> !kin.get(other).seed().equals(own.seed())).toList();
    return others.isEmpty() ? all : others;
  }

  /** Over how many noisy copies averages will be asked for; empty where one number serves all. */
  Set<Integer> samples() {
    return samples.size() > 1 ? samples : Set.of();
  }

  /** What a contender's map has in common with those of its siblings. */
  Map<String, Measurement> measure(Contender contender, Map<Contender, Saliency> maps) {
    Map<String, Measurement> found = new LinkedHashMap<>();
    List<double[]> seeds = numbers(ofOtherSeeds(contender), maps);
    List<double[]> most = numbers(ofMostSamples(contender), maps);
    if (maps.containsKey(contender)) {
      double[] own = maps.get(contender).map().toDoubleArray();
      if (!seeds.isEmpty()) {
        found.put(SEEDS, agreement(own, seeds));
      }
      if (!most.isEmpty()) {
        found.put(MOST, distance(own, most));
      }
    }
    return found;
  }

  private static List<double[]> numbers(List<Contender> contenders, Map<Contender, Saliency> maps) {
    return contenders.stream()
        .filter(maps::containsKey)
        .map(contender -> maps.get(contender).map().toDoubleArray())
        .toList();
  }

  private static Measurement agreement(double[] own, List<double[]> others) {
    double mean =
        others.stream()
            .mapToDouble(other -> Correlation.pearson(own, other))
            .average()
            .orElseThrow();
    return Double.isFinite(mean)
        ? Measurement.of(mean)
        : Measurement.none("a map has one value everywhere");
  }

  private static Measurement distance(double[] own, List<double[]> most) {
    double apart = 0;
    double length = 0;
    for (int i = 0; i < own.length; i++) {
      double mean = 0;
      for (double[] map : most) {
        mean += map[i] / most.size();
      }
      apart = Math.hypot(apart, own[i] - mean);
      length = Math.hypot(length, mean);
    }
    return length > 0 ? Measurement.of(apart / length) : Measurement.none("a map is zero");
  }
}
