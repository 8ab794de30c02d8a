package org.pellucid.it.operations;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.Differentiation;

/**
 * A graph differentiated once or twice.
 *
 * @param name stands before its tensors' names where it is one of several
 * @param asked the gradient asked of the graph
 * @param first the graph with this gradient
 * @param again the gradient asked of the first gradient, at the inputs and at the seeds
 * @param second the graph with both gradients
 * @param inputs a value per input of the last graph
 */
record DifferentiatedCase(
    String name,
    CaseGradient asked,
    Differentiation first,
    CaseGradient again,
    Differentiation second,
    Map<String, Tensor> inputs) {
  /**
   * Differentiates.
   *
   * @param twice whether a gradient is asked of the gradient
   */
  static DifferentiatedCase of(
      String name,
      ModelGraph graph,
      Map<String, Tensor> inputs,
      CaseGradient asked,
      Random random,
      boolean twice) {
    Map<String, Tensor> fed = new HashMap<>(inputs);
    Differentiation first = Differentiation.of(graph, asked.seeds().keySet(), asked.from());
    asked.seeds().forEach((output, seed) -> fed.put(first.seeds().get(output), seed));
    Set<String> at = new TreeSet<>(asked.from());
    at.addAll(first.seeds().values());
    CaseGradient again =
        CaseGradient.of(
            first.graph(), at, twice ? List.copyOf(first.gradients().values()) : List.of(), random);
    Differentiation second = Differentiation.of(first.graph(), again.seeds().keySet(), at);
    again.seeds().forEach((output, seed) -> fed.put(second.seeds().get(output), seed));
    return new DifferentiatedCase(name, asked, first, again, second, fed);
  }

  /** A tap at a tensor. */
  Tap tap(String tensor) {
    return new Tap(name + tensor);
  }
}
