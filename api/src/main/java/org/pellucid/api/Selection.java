package org.pellucid.api;

import java.util.List;

/**
 * What of a network is looked at; the same object for all methods and backends.
 *
 * @param layers at least one tap that holds feature maps
 * @param maps which feature maps take part
 * @param neurons which neurons take part
 * @since 0.1.0
 */
public record Selection(List<Tap> layers, MapSelection maps, NeuronSelection neurons) {
  /** Copies the list; refuses an empty one. */
  public Selection {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new InvalidRequestException("No layer is selected; name at least one");
    }
  }

  /** A whole layer. */
  public static Selection of(Tap layer) {
    return new Selection(List.of(layer), MapSelection.all(), NeuronSelection.ALL);
  }

  /** The same layers with some feature maps. */
  public Selection with(MapSelection other) {
    return new Selection(layers, other, neurons);
  }

  /** The same layers with some neurons. */
  public Selection with(NeuronSelection other) {
    return new Selection(layers, maps, other);
  }
}
