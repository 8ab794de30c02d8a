package org.pellucid.graph;

import java.util.Optional;

/**
 * The layout of every tensor that holds feature maps, tracked through the graph: convolutions and
 * pools are {@code [N, C, spatial...]} by definition, and transposes and other operations carry
 * their axes along.
 */
public final class Layouts {
  private Layouts() {}

  /** Tracks the layout of each tensor of a graph. */
  public static Layouts of(ModelGraph graph) {
    throw new UnsupportedOperationException();
  }

  /** The axes of a tensor; empty when it does not hold feature maps or this is not known. */
  public Optional<FeatureMapAxes> of(String tensor) {
    throw new UnsupportedOperationException();
  }
}
