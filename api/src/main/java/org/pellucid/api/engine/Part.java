package org.pellucid.api.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ModelGraph;

/**
 * A graph that answers one kind of question, and how its tensors are called outside of it. Wanted
 * tensors that are given or constant are no outputs of the graph.
 *
 * @param graph what is computed
 * @param sources by input of the graph what is put in
 * @param results by wanted tensor the output of the graph that holds it
 * @param passed wanted tensors that are given
 * @param gradients by tensor the output of the graph that holds its gradient, or what stands there
 *     in runs of equal elements
 * @param chosen the output that holds which score of each sample is seeded, int64 [samples, 1],
 *     where the graph finds it
 */
record Part(
    ModelGraph graph,
    Map<String, Source> sources,
    Map<String, String> results,
    Set<String> passed,
    Map<String, String> gradients,
    Optional<String> chosen) {

  /**
   * What is put into an input.
   *
   * @param tensor of the network
   * @param seed whether it is the seed at that tensor, rather than the tensor
   * @param piece which of the pieces that the tensor comes in; 0 for a tensor that is whole
   */
  record Source(String tensor, boolean seed, int piece) {
    static Source whole(String tensor) {
      return new Source(tensor, false, 0);
    }

    static Source seed(String tensor) {
      return new Source(tensor, true, 0);
    }
  }

  Part {
    sources = new LinkedHashMap<>(sources);
    results = new LinkedHashMap<>(results);
    gradients = new LinkedHashMap<>(gradients);
  }
}
