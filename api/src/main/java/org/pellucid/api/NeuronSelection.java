package org.pellucid.api;

import java.util.List;
import java.util.Objects;

/**
 * Which neurons (cells of a layer's feature maps) take part, and in what sense.
 *
 * @param regions their union is selected; an empty list selects all neurons
 * @param role what the selection restricts
 * @since 0.1.0
 */
public record NeuronSelection(List<Region> regions, Role role) {
  /** What a selection of neurons restricts. */
  public enum Role {
    /** The activations in the final sum over feature maps; raw maps of a partition add up. */
    CONTRIBUTION,
    /** The outer sum over cells that makes the weights; sums of activations inside stay full. */
    WEIGHT,
    /** Both. */
    BOTH
  }

  /** All neurons. */
  public static final NeuronSelection ALL = new NeuronSelection(List.of(), Role.CONTRIBUTION);

  /** Copies the list. */
  public NeuronSelection {
    regions = List.copyOf(regions);
    Objects.requireNonNull(role, "role");
  }

  /** Whether every neuron takes part. */
  public boolean isAll() {
    return regions.isEmpty();
  }
}
