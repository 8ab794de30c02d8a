package org.pellucid.core.evaluate;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.core.evaluate.EvaluationResult.Case;
import org.pellucid.core.evaluate.EvaluationResult.Series;
import org.pellucid.core.stats.Bootstrap;
import org.pellucid.core.stats.Interval;
import org.pellucid.core.stats.PairedDifference;

/**
 * What an evaluation's numbers amount to. The unit is the image: where several classes of one are
 * explained, their mean counts.
 *
 * @param rows by metric and series
 * @param tests of all pairs of series, by metric
 */
public record EvaluationSummary(List<Row> rows, List<Test> tests) {

  /**
   * A metric of a series.
   *
   * @param metric the metric with its options
   * @param direction {@code higher-is-better}, {@code lower-is-better} or {@code neither}
   * @param series backend, layer and method
   * @param images how many have a value
   * @param mean over them
   * @param interval where the mean lies
   * @param median over them
   */
  public record Row(
      String metric,
      String direction,
      Series series,
      int images,
      double mean,
      Interval interval,
      double median) {}

  /**
   * Two series by one metric.
   *
   * @param metric the metric with its options
   * @param first one
   * @param second the other
   * @param difference first less second, over the images that both have
   * @param adjusted the p-value with regard to all pairs of the metric, by Holm
   */
  public record Test(
      String metric, Series first, Series second, PairedDifference difference, double adjusted) {}

  /** Copies the lists. */
  public EvaluationSummary {
    rows = List.copyOf(rows);
    tests = List.copyOf(tests);
  }

  /** Summarises results; equal results give equal summaries. */
  public static EvaluationSummary of(EvaluationResult result) {
    Map<String, String> directions = directions(result.configuration());
    long seed = result.configuration().get("seed").getAsLong();
    Map<Integer, Bootstrap> bootstraps = new LinkedHashMap<>();
    List<Row> rows = new ArrayList<>();
    List<Test> tests = new ArrayList<>();
    List<Series> series = result.series();
    for (String metric : result.metrics()) {
      Map<Series, Map<String, Double>> values = new LinkedHashMap<>();
      for (Series one : series) {
        values.put(one, byImage(result.values(one, metric)));
      }
      values.forEach(
          (one, found) -> {
            if (!found.isEmpty()) {
              double[] numbers = array(found, found.keySet());
              Bootstrap bootstrap =
                  bootstraps.computeIfAbsent(numbers.length, cases -> new Bootstrap(cases, seed));
              rows.add(
                  new Row(
                      metric,
                      directions.getOrDefault(metric, "neither"),
                      one,
                      numbers.length,
                      Arrays.stream(numbers).average().orElseThrow(),
                      bootstrap.interval(numbers),
                      median(numbers)));
            }
          });
      tests.addAll(tests(metric, values, bootstraps, seed));
    }
    return new EvaluationSummary(rows, tests);
  }

  private static Map<String, String> directions(JsonObject configuration) {
    Map<String, String> directions = new LinkedHashMap<>();
    for (JsonElement element : configuration.getAsJsonArray("metrics")) {
      JsonObject metric = element.getAsJsonObject();
      directions.put(metric.get("metric").getAsString(), metric.get("direction").getAsString());
    }
    return directions;
  }

  private static Map<String, Double> byImage(Map<Case, Double> values) {
    Map<String, double[]> sums = new LinkedHashMap<>();
    values.forEach(
        (one, value) -> {
          double[] sum = sums.computeIfAbsent(one.image(), image -> new double[2]);
          sum[0] += value;
          sum[1]++;
        });
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((image, sum) -> means.put(image, sum[0] / sum[1]));
    return means;
  }

  private static double[] array(Map<String, Double> values, Set<String> images) {
    return images.stream().mapToDouble(values::get).toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static List<Test> tests(
      String metric,
      Map<Series, Map<String, Double>> values,
      Map<Integer, Bootstrap> bootstraps,
      long seed) {
    List<Series> series = new ArrayList<>(values.keySet());
    List<Series[]> pairs = new ArrayList<>();
    List<PairedDifference> differences = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      for (int j = i + 1; j < series.size(); j++) {
        Map<String, Double> one = values.get(series.get(i));
        Map<String, Double> other = values.get(series.get(j));
        Set<String> both = new LinkedHashSet<>(one.keySet());
        both.retainAll(other.keySet());
        if (!both.isEmpty()) {
          Bootstrap bootstrap =
              bootstraps.computeIfAbsent(both.size(), cases -> new Bootstrap(cases, seed));
          pairs.add(new Series[] {series.get(i), series.get(j)});
          differences.add(PairedDifference.of(array(one, both), array(other, both), bootstrap));
        }
      }
    }
    double[] adjusted =
        PairedDifference.holm(differences.stream().mapToDouble(PairedDifference::pValue).toArray());
    List<Test> tests = new ArrayList<>();
    for (int i = 0; i < adjusted.length; i++) {
      tests.add(
          new Test(metric, pairs.get(i)[0], pairs.get(i)[1], differences.get(i), adjusted[i]));
    }
    return tests;
  }
}
