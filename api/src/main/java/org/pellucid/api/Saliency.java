package org.pellucid.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.pellucid.graph.Tensor;

/**
 * An explanation as numbers, neither normalised nor rendered.
 *
 * @param map the raw signed map, float64 {@code [h, w]}, at the layer's resolution, or at the
 *     input's where a method brings maps there: {@code sum_k w_k A_k} before ReLU; never NaN (a
 *     degenerate one is all zeros)
 * @param contributions per feature map its weight and how much it adds, selected ones only, in
 *     index order; empty where the method has no weights
 * @param standardError the map's error by jackknife over groups of samples, float64 {@code [h, w]};
 *     empty where nothing was sampled
 * @param status what the map amounts to
 * @param warnings sentences for a person
 * @param measures further numbers by name, as {@code effectiveSamples}
 * @param concepts what the map consists of, the largest first; empty where it is one thing
 * @since 0.1.0
 */
public record Saliency(
    Tensor map,
    List<Contribution> contributions,
    Optional<Tensor> standardError,
    Status status,
    List<String> warnings,
    Map<String, Double> measures,
    List<Concept> concepts) {
  /** Copies the collections. */
  public Saliency {
    Objects.requireNonNull(map, "map");
    contributions = List.copyOf(contributions);
    Objects.requireNonNull(standardError, "standardError");
    Objects.requireNonNull(status, "status");
    warnings = List.copyOf(warnings);
    measures = Map.copyOf(measures);
    concepts = List.copyOf(concepts);
  }

  /** A map that is one thing. */
  public Saliency(
      Tensor map,
      List<Contribution> contributions,
      Optional<Tensor> standardError,
      Status status,
      List<String> warnings,
      Map<String, Double> measures) {
    this(map, contributions, standardError, status, warnings, measures, List.of());
  }

  /** The same with a further number. */
  public Saliency withMeasure(String name, double value) {
    Map<String, Double> more = new HashMap<>(measures);
    more.put(name, value);
    return new Saliency(map, contributions, standardError, status, warnings, more, concepts);
  }

  /** The same with concepts. */
  public Saliency withConcepts(List<Concept> found) {
    return new Saliency(map, contributions, standardError, status, warnings, measures, found);
  }

  /**
   * One of several things that a layer sees.
   *
   * @param map where, float64 in the map's shape, no number negative
   * @param share which part of all that is seen it is, 0 to 1
   */
  public record Concept(Tensor map, double share) {}

  /**
   * What one feature map adds.
   *
   * @param featureMap its index in the layer
   * @param weight its weight w_k; the mean of its cells' weights where each cell has its own
   * @param contribution the sum over the selected cells of w_k A_k
   */
  public record Contribution(int featureMap, double weight, double contribution) {}
}
