package org.pellucid.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a differentiated model is to compute; see {@link Pellucid#differentiate}. Immutable; each
 * {@code with} makes a changed copy.
 *
 * @param layers layers as {@link Layers#find} takes them; empty for the default one
 * @param target {@link #CLASS_INPUT}, {@code top}, a class's index or label, or another target that
 *     is the same sum of numbers for every image: {@code contrast:A,B}, {@code sum:C=W,...}, {@code
 *     positive}, {@code negative}, {@code output[:NAME][:I]}, {@code neuron:LAYER@K[,R,C]}
 * @param method id or alias of an explainer whose map is wanted; without one, activations and
 *     gradients are
 * @param options the explainer's options as users write them, by name
 */
public record DifferentiationRequest(
    List<String> layers, String target, Optional<String> method, Map<String, String> options) {
  /** The target that makes the class of each sample an input of the model. */
  public static final String CLASS_INPUT = "class-input";

  /** Activations and gradients of the default layer, the class being an input. */
  public static final DifferentiationRequest DEFAULT =
      new DifferentiationRequest(List.of(), CLASS_INPUT, Optional.empty(), Map.of());

  /** Copies the collections. */
  public DifferentiationRequest {
    layers = List.copyOf(layers);
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(method, "method");
    options = Map.copyOf(options);
  }

  /** The same at other layers. */
  public DifferentiationRequest withLayers(String... names) {
    return new DifferentiationRequest(List.of(names), target, method, options);
  }

  /** The same for another target. */
  public DifferentiationRequest withTarget(String text) {
    return new DifferentiationRequest(layers, text, method, options);
  }

  /** The same with a method's map; its options start at their defaults. */
  public DifferentiationRequest withMethod(String id) {
    return new DifferentiationRequest(layers, target, Optional.of(id), Map.of());
  }

  /** The same with one of the method's options set. */
  public DifferentiationRequest withOption(String name, Object value) {
    Map<String, String> changed = new LinkedHashMap<>(options);
    changed.put(name, String.valueOf(value));
    return new DifferentiationRequest(layers, target, method, changed);
  }
}
