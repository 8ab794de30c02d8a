package org.pellucid.core.evaluate;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pellucid.core.evaluate.EvaluationResult.Case;
import org.pellucid.core.evaluate.EvaluationResult.Series;

/** The best and the worst cases of each metric and method. */
final class Cases {
  /** Different pictures in a page, at about 30 kB each. */
  private static final int MOST_PICTURES = 150;

  private Cases() {}

  /**
   * A map that stands out.
   *
   * @param metric by this metric
   * @param series of this series
   * @param of the image and class
   * @param value the metric's
   * @param best whether it is the best one rather than the worst
   */
  record Standout(String metric, Series series, Case of, double value, boolean best) {}

  /** What is drawn: several metrics may find the same map the best. */
  record Picture(Series series, Case of) {}

  /**
   * Standouts with what they look like.
   *
   * @param pictures by what is drawn, in order
   */
  record Gallery(List<Standout> standouts, Map<Picture, BufferedImage> pictures) {
    static final Gallery EMPTY = new Gallery(List.of(), Map.of());
  }

  /**
   * The best and worst case of each metric that judges and each series, baselines left out.
   *
   * @param baselines methods that only serve to compare with
   */
  static List<Standout> of(
      EvaluationResult result, EvaluationSummary summary, Set<String> baselines) {
    List<Standout> found = new ArrayList<>();
    for (EvaluationSummary.Row row : summary.rows()) {
      if (row.direction().equals("neither") || baselines.contains(row.series().method())) {
        continue;
      }
      boolean more = row.direction().equals("higher-is-better");
      Map<Case, Double> values = result.values(row.series(), row.metric());
      Comparator<Map.Entry<Case, Double>> order = Map.Entry.comparingByValue();
      values.entrySet().stream()
          .max(more ? order : order.reversed())
          .ifPresent(best -> found.add(standout(row, best, true)));
      values.entrySet().stream()
          .min(more ? order : order.reversed())
          .ifPresent(worst -> found.add(standout(row, worst, false)));
    }
    return found;
  }

  private static Standout standout(
      EvaluationSummary.Row row, Map.Entry<Case, Double> one, boolean best) {
    return new Standout(row.metric(), row.series(), one.getKey(), one.getValue(), best);
  }

  /** Draws as many as fit a page; what cannot be drawn is left out. */
  static Gallery draw(
      List<Standout> standouts, Function<Picture, Optional<BufferedImage>> drawing) {
    Map<Picture, BufferedImage> pictures = new LinkedHashMap<>();
    List<Standout> drawn = new ArrayList<>();
    for (Standout standout : standouts) {
      Picture picture = new Picture(standout.series(), standout.of());
      if (!pictures.containsKey(picture) && pictures.size() < MOST_PICTURES) {
        drawing.apply(picture).ifPresent(made -> pictures.put(picture, made));
      }
      if (pictures.containsKey(picture)) {
        drawn.add(standout);
      }
    }
    return new Gallery(drawn, pictures);
  }
}
