package org.pellucid.graph;

import java.util.Set;

/** Rewrites of a graph that keep what it computes. */
public final class Passes {
  private Passes() {}

  /**
   * Folds constants, folds BatchNormalization into the convolution (or Gemm) before it, and drops
   * what nothing needs. Tensors to keep, inputs and outputs stay, with the values they had.
   *
   * @param keep tensors that must exist afterwards: taps, scores
   */
  public static ModelGraph simplify(ModelGraph graph, Set<String> keep) {
    throw new UnsupportedOperationException();
  }
}
