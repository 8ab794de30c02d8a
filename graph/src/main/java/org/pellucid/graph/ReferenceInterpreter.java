package org.pellucid.graph;

import java.util.Map;
import java.util.Set;

/**
 * Runs a graph in plain Java and double precision, one {@link Operation#evaluate} after the other.
 * Slow and simple: the oracle that engines are checked against.
 */
public final class ReferenceInterpreter {
  private final ModelGraph graph;

  /** An interpreter of a graph; constants are widened to float64 when they are used. */
  public ReferenceInterpreter(ModelGraph graph) {
    this.graph = graph;
  }

  /**
   * Computes tensors of the graph.
   *
   * @param inputs a value per input of the graph, of its shape; floats of any width
   * @param wanted names of tensors
   * @return the wanted tensors; those of floating type as FLOAT64
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> wanted) {
    throw new UnsupportedOperationException(graph.toString());
  }
}
