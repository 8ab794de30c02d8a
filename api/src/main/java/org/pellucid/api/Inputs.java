package org.pellucid.api;

import org.pellucid.graph.Tensor;

/** A number of variants of the explained input, made when they are needed. */
public interface Inputs {
  /** How many there are. */
  int count();

  /**
   * The variant at an index, as one sample in the shape of the model's input; equal indices give
   * equal values. Several threads may ask at once.
   */
  Tensor get(int index);
}
