package org.pellucid.core.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.pellucid.core.evaluate.EvaluationResult;
import org.pellucid.core.evaluate.EvaluationResult.Case;
import org.pellucid.core.evaluate.EvaluationResult.Series;
import org.pellucid.core.stats.Bootstrap;
import org.pellucid.core.stats.Interval;
import org.pellucid.core.stats.PairedDifference;
import org.pellucid.core.text.TextTable;

/**
 * A sweep's numbers, the seeds taken together. The unit is the image: where several classes of one
 * are explained, or several seeds tried, their mean counts.
 *
 * @param rows by metric, layer, noise and samples
 */
public record SweepSummary(List<Row> rows) {

  /**
   * A metric at a layer, in a cell of the grid.
   *
   * @param metric the metric with its options
   * @param layer the layer's name, or {@code input}
   * @param samples empty where they were not swept
   * @param noise empty where it was not swept
   * @param seeds how many there were
   * @param images how many have a value
   * @param mean over them
   * @param interval where the mean lies, by bootstrap over images; empty for one image
   * @param overSeeds the standard deviation over seeds, the mean over images; empty for one seed
   * @param lessMost how much it is more than with the most samples at the same noise, over the same
   *     images; empty for that cell itself, and for one image
   */
  public record Row(
      String metric,
      String layer,
      OptionalInt samples,
      OptionalDouble noise,
      int seeds,
      int images,
      double mean,
      Optional<Interval> interval,
      OptionalDouble overSeeds,
      Optional<PairedDifference> lessMost) {}

  /** Copies the list. */
  public SweepSummary {
    rows = List.copyOf(rows);
  }

  /** The metrics, in order. */
  public List<String> metrics() {
    return rows.stream().map(Row::metric).distinct().toList();
  }

  /** The layers, in order. */
  public List<String> layers() {
    return rows.stream().map(Row::layer).distinct().toList();
  }

  /** A table as lines of text. */
  public List<String> lines() {
    return TextTable.lines(SweepPage.columns(), rows.stream().map(SweepPage::cells).toList());
  }

  static SweepSummary of(Grid grid, EvaluationResult result) {
    List<Row> rows = new ArrayList<>();
    Map<Integer, Bootstrap> bootstraps = new LinkedHashMap<>();
    Set<String> layers = new LinkedHashSet<>();
    result.series().forEach(series -> layers.add(series.layer()));
    for (String metric : result.metrics()) {
      for (String layer : layers) {
        Map<Grid.Cell, Values> cells = values(grid, result, metric, layer);
        for (Grid.Cell cell : grid.cells()) {
          if (cells.containsKey(cell)) {
            rows.add(row(metric, layer, cell, cells, grid.most(cell), bootstraps));
          }
        }
      }
    }
    return new SweepSummary(rows);
  }

  /** Numbers of a cell: by image the mean, and the spread over seeds. */
  private static final class Values {
    private final Map<String, Map<Long, double[]>> sums = new LinkedHashMap<>();

    void add(String image, long seed, double value) {
      double[] sum =
          sums.computeIfAbsent(image, name -> new LinkedHashMap<>())
              .computeIfAbsent(seed, number -> new double[2]);
      sum[0] += value;
      sum[1]++;
    }

    boolean isEmpty() {
      return sums.isEmpty();
    }

    int seeds() {
      return sums.values().stream().mapToInt(Map::size).max().orElse(0);
    }

    private double[] bySeed(String image) {
      return sums.get(image).values().stream().mapToDouble(sum -> sum[0] / sum[1]).toArray();
    }

    double[] means(Set<String> images) {
      return images.stream()
          .mapToDouble(image -> Arrays.stream(bySeed(image)).average().orElseThrow())
          .toArray();
    }

    OptionalDouble overSeeds() {
      return seeds() < 2
          ? OptionalDouble.empty()
          : sums.keySet().stream()
              .map(this::bySeed)
              .filter(values -> values.length > 1)
              .mapToDouble(Values::deviation)
              .average();
    }

    private static double deviation(double[] values) {
      double mean = Arrays.stream(values).average().orElseThrow();
      double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
      return Math.sqrt(squares / (values.length - 1));
    }
  }

  private static Map<Grid.Cell, Values> values(
      Grid grid, EvaluationResult result, String metric, String layer) {
    Map<Grid.Cell, Values> cells = new LinkedHashMap<>();
    for (Series series : result.series()) {
      Optional<Grid.Place> place = grid.place(series.method());
      if (!series.layer().equals(layer) || place.isEmpty()) {
        continue;
      }
      Values values = cells.computeIfAbsent(place.get().cell(), cell -> new Values());
      for (Map.Entry<Case, Double> found : result.values(series, metric).entrySet()) {
        values.add(found.getKey().image(), place.get().seed(), found.getValue());
      }
    }
    cells.values().removeIf(Values::isEmpty);
    return cells;
  }

  private static Row row(
      String metric,
      String layer,
      Grid.Cell cell,
      Map<Grid.Cell, Values> cells,
      Grid.Cell most,
      Map<Integer, Bootstrap> bootstraps) {
    Values values = cells.get(cell);
    double[] means = values.means(values.sums.keySet());
    Optional<PairedDifference> lessMost = Optional.empty();
    if (!most.equals(cell) && cells.containsKey(most)) {
      Set<String> both = new LinkedHashSet<>(values.sums.keySet());
      both.retainAll(cells.get(most).sums.keySet());
      if (both.size() > 1) {
        lessMost =
            Optional.of(
                PairedDifference.of(
                    values.means(both),
                    cells.get(most).means(both),
                    bootstrap(bootstraps, both.size())));
      }
    }
    return new Row(
        metric,
        layer,
        cell.samples(),
        cell.noise(),
        values.seeds(),
        means.length,
        Arrays.stream(means).average().orElseThrow(),
        means.length > 1
            ? Optional.of(bootstrap(bootstraps, means.length).interval(means))
            : Optional.empty(),
        values.overSeeds(),
        lessMost);
  }

  private static Bootstrap bootstrap(Map<Integer, Bootstrap> bootstraps, int images) {
    return bootstraps.computeIfAbsent(images, cases -> new Bootstrap(cases, 0));
  }
}
