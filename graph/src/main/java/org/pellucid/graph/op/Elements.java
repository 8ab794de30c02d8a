package org.pellucid.graph.op;

import org.pellucid.graph.Tensor;

/** Reads the elements of tensors for evaluation. */
final class Elements {
  private Elements() {}

  /** The elements of a bool tensor as a new array. */
  static byte[] truths(Tensor x) {
    byte[] truths = new byte[x.size()];
    x.bools().get(truths);
    return truths;
  }
}
