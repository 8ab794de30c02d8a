package org.pellucid.core.evaluate;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.pellucid.api.Measurement;

/**
 * What an evaluation has found.
 *
 * @param configuration what was evaluated by what, as {@code evaluation.json} has it
 * @param outcomes one per map, in order
 * @param images how many images are done, failures among them
 * @param failures by image of which there is nothing, the reason
 */
public record EvaluationResult(
    JsonObject configuration, List<Outcome> outcomes, int images, Map<String, String> failures) {

  /**
   * What is measured on the same images.
   *
   * @param backend the backend's id
   * @param layer the layer's name, or {@code input}
   * @param method the method with its options
   */
  public record Series(String backend, String layer, String method) {}

  /**
   * What a value belongs to.
   *
   * @param image the image's name
   * @param classIndex the explained class
   */
  public record Case(String image, int classIndex) {}

  /** Copies the collections. */
  public EvaluationResult {
    outcomes = List.copyOf(outcomes);
    failures = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(failures));
  }

  /**
   * Reads what a directory holds, also while an evaluation goes on.
   *
   * @throws org.pellucid.graph.MalformedInputException if it holds none
   */
  public static EvaluationResult read(Path directory) {
    return Journal.result(directory);
  }

  /** All that was measured, in order. */
  public List<Series> series() {
    Set<Series> series = new LinkedHashSet<>();
    outcomes.forEach(
        outcome -> series.add(new Series(outcome.backend(), outcome.layer(), outcome.method())));
    return new ArrayList<>(series);
  }

  /** The metrics with their options, in order. */
  public List<String> metrics() {
    Set<String> metrics = new LinkedHashSet<>();
    outcomes.forEach(outcome -> metrics.addAll(outcome.measurements().keySet()));
    return new ArrayList<>(metrics);
  }

  /** The values of a metric that a series has, by what they belong to. */
  public Map<Case, Double> values(Series series, String metric) {
    Map<Case, Double> values = new LinkedHashMap<>();
    for (Outcome outcome : outcomes) {
      if (series.equals(new Series(outcome.backend(), outcome.layer(), outcome.method()))) {
        Measurement measurement = outcome.measurements().get(metric);
        OptionalDouble value = measurement == null ? OptionalDouble.empty() : measurement.value();
        if (value.isPresent()) {
          values.put(new Case(outcome.image(), outcome.classIndex()), value.getAsDouble());
        }
      }
    }
    return values;
  }
}
