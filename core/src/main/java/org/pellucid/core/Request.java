package org.pellucid.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.MapSelection;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Region;
import org.pellucid.api.Target;

/**
 * What is asked of {@link Pellucid#explain}: the method, the layer, the target and the part of the
 * network that is looked at. Immutable; each {@code with} makes a changed copy.
 *
 * @param method id or alias of an explainer
 * @param options the explainer's options as users write them, by name
 * @param layers layers as {@link Layers#find} takes them; empty for the default
 * @param fusion how the maps of several layers become one; empty where there is one layer
 * @param target what is explained: {@code top}, a class, or another of the targets that
 *     docs/targets.md lists
 * @param maps which feature maps
 * @param cells regions of cells of the layer
 * @param pixels regions of pixels of the image as displayed (of the input, for arrays); a union
 *     with the cells
 * @param neurons what cells and pixels restrict
 * @param batch how many variants of the image (noisy, masked) run through the network at once, at
 *     least 1, where the model allows it; empty leaves it to {@link
 *     org.pellucid.api.StandardProbe}. It changes time and memory, and maps by rounding alone
 */
public record Request(
    String method,
    Map<String, String> options,
    List<String> layers,
    Optional<Fusion> fusion,
    TargetChoice target,
    MapSelection maps,
    List<Region> cells,
    List<Region> pixels,
    NeuronSelection.Role neurons,
    OptionalInt batch) {
  /** Smooth Grad-CAM++ of the predicted class at the default layer. */
  public static final Request DEFAULT =
      new Request(
          "smooth-grad-cam++",
          Map.of(),
          List.of(),
          Optional.empty(),
          TargetChoice.TOP,
          MapSelection.all(),
          List.of(),
          List.of(),
          NeuronSelection.Role.CONTRIBUTION,
          OptionalInt.empty());

  /** Copies the collections. */
  public Request {
    Objects.requireNonNull(method, "method");
    options = Map.copyOf(options);
    layers = List.copyOf(layers);
    Objects.requireNonNull(fusion, "fusion");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(maps, "maps");
    cells = List.copyOf(cells);
    pixels = List.copyOf(pixels);
    Objects.requireNonNull(neurons, "neurons");
    if (batch.isPresent() && batch.getAsInt() < 1) {
      throw new InvalidRequestException(
          "At least 1 variant runs at once, found a batch of " + batch.getAsInt());
    }
  }

  /** The same with another method; its options start at their defaults. */
  public Request withMethod(String id) {
    return new Request(id, Map.of(), layers, fusion, target, maps, cells, pixels, neurons, batch);
  }

  /** The same with one of the method's options set. */
  public Request withOption(String name, Object value) {
    Map<String, String> changed = new LinkedHashMap<>(options);
    changed.put(name, String.valueOf(value));
    return new Request(
        method, changed, layers, fusion, target, maps, cells, pixels, neurons, batch);
  }

  /** The same at another layer. */
  public Request withLayer(String name) {
    return new Request(
        method,
        options,
        List.of(name),
        Optional.empty(),
        target,
        maps,
        cells,
        pixels,
        neurons,
        batch);
  }

  /** The same at several layers, whose maps become one. */
  public Request withLayers(Fusion rule, String... names) {
    return new Request(
        method,
        options,
        List.of(names),
        Optional.of(rule),
        target,
        maps,
        cells,
        pixels,
        neurons,
        batch);
  }

  /**
   * The same for another target in words, as on the command line: {@code top}, {@code top:K}, an
   * index, a label, {@code contrast:A,B} and so on.
   */
  public Request withTarget(String text) {
    return withTarget(TargetChoice.of(text));
  }

  /** The same for a target that reads the model's scores. */
  public Request withTarget(Target made) {
    return withTarget(TargetChoice.of(made));
  }

  /** The same for another target. */
  public Request withTarget(TargetChoice choice) {
    return new Request(
        method, options, layers, fusion, choice, maps, cells, pixels, neurons, batch);
  }

  /** The same for a class. */
  public Request withTarget(int index) {
    return withTarget(Integer.toString(index));
  }

  /** The same with some of the feature maps. */
  public Request withMaps(MapSelection selection) {
    return new Request(
        method, options, layers, fusion, target, selection, cells, pixels, neurons, batch);
  }

  /** The same with regions of cells of the layer. */
  public Request withCells(List<Region> regions) {
    return new Request(
        method, options, layers, fusion, target, maps, regions, pixels, neurons, batch);
  }

  /** The same with regions of pixels of the image as displayed. */
  public Request withPixels(List<Region> regions) {
    return new Request(
        method, options, layers, fusion, target, maps, cells, regions, neurons, batch);
  }

  /** The same with another meaning of the selected neurons. */
  public Request withNeurons(NeuronSelection.Role role) {
    return new Request(method, options, layers, fusion, target, maps, cells, pixels, role, batch);
  }

  /** The same with a number of variants that run at once. */
  public Request withBatch(int variants) {
    return new Request(
        method,
        options,
        layers,
        fusion,
        target,
        maps,
        cells,
        pixels,
        neurons,
        OptionalInt.of(variants));
  }
}
