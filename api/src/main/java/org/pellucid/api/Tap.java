package org.pellucid.api;

import java.util.Objects;

/**
 * A place in a network where activations are read, gradients taken, or activations replaced: a
 * tensor of its graph, by name. It may sit anywhere between the inputs and the outputs.
 *
 * @param tensor the tensor's name in the graph
 * @since 0.1.0
 */
public record Tap(String tensor) {
  /** The name is required. */
  public Tap {
    Objects.requireNonNull(tensor, "tensor");
  }
}
