package org.pellucid.core;

import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.pass.Batching;

/** What one sample has of a network's tensors. */
final class OneSample {
  private OneSample() {}

  /** The shape of one sample of a tensor: its own, with one sample where samples are stacked. */
  static Shape shape(ModelGraph graph, String tensor) {
    return Batching.of(graph).shape(tensor, 1);
  }
}
