package org.pellucid.core.compare;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.api.Tap;
import org.pellucid.core.Fusion;
import org.pellucid.core.Layer;

/**
 * Where methods are compared: at a layer, or at several whose maps become one.
 *
 * @param layers at least one
 * @param fusion how the maps become one; empty for one layer
 */
public record Place(List<Layer> layers, Optional<Fusion> fusion) {
  /** Copies the list; a rule needs several layers. */
  public Place {
    layers = List.copyOf(layers);
    fusion = layers.size() > 1 ? fusion : Optional.empty();
  }

  /** One layer. */
  public static Place of(Layer layer) {
    return new Place(List.of(layer), Optional.empty());
  }

  /** The layers as taps. */
  public Set<Tap> taps() {
    Set<Tap> taps = new LinkedHashSet<>();
    layers.forEach(layer -> taps.add(layer.tap()));
    return taps;
  }

  /** The layer's name, or those of several with the rule. */
  public String name() {
    String names =
        layers.stream().map(layer -> layer.tap().tensor()).collect(Collectors.joining(" + "));
    return fusion.map(rule -> names + ", " + rule).orElse(names);
  }
}
