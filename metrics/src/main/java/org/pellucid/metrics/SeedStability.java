package org.pellucid.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pellucid.api.Correlation;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Stability over seeds: how alike the maps are that a method draws with different seeds. With M_1
 * ... M_n the signed maps of n seeds,
 *
 * <pre>
 * stability = the mean over pairs of Spearman's rank correlation of M_a and M_b
 * </pre>
 *
 * <p>1 for a method that draws nothing. No paper's: it asks whether somebody else, with another
 * seed, would see the same.
 */
public final class SeedStability implements Metric {
  /** How many. */
  public static final Option<Integer> SEEDS =
      Option.integer("seeds", 3, 2, 1000, "How many maps are compared with each other", "");

  @Override
  public String id() {
    return "seed-stability";
  }

  @Override
  public String description() {
    return "How alike the maps of different seeds are, by rank correlation";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(SEEDS);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.EXPLANATIONS);
  }

  @Override
  public Direction direction() {
    return Direction.HIGHER_IS_BETTER;
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    if (!trial.isSeeded()) {
      return Measurement.of(1);
    }
    List<double[]> maps = new ArrayList<>(List.of(trial.saliency().map().toDoubleArray()));
    for (int i = 1; i < options.get(SEEDS); i++) {
      // The same seeds for all methods, far from those that people use.
      maps.add(trial.explain(1_000_000L + i).map().toDoubleArray());
    }
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < maps.size(); i++) {
      for (int j = 0; j < i; j++) {
        double correlation = Correlation.spearman(maps.get(i), maps.get(j));
        if (Double.isNaN(correlation)) {
          return Measurement.none("a map is the same everywhere");
        }
        sum += correlation;
        pairs++;
      }
    }
    return Measurement.of(sum / pairs);
  }
}
