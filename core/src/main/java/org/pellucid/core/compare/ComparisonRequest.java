package org.pellucid.core.compare;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.MapSelection;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Region;
import org.pellucid.core.Fusion;
import org.pellucid.core.TargetChoice;

/**
 * What is compared: methods, layers, target and selection, the same on every backend. Immutable;
 * each {@code with} makes a changed copy.
 *
 * @param methods ids or aliases of explainers; {@link #ALL} for all there are; empty for those that
 *     explain a layer in a pass or a few. Of the last two, what cannot be used is left out
 * @param options options as users write them, by name; each goes to the methods that have it
 * @param layers layers as {@link org.pellucid.core.Layers#find} takes them; empty for the default
 * @param fusion how the maps of several layers become one; empty to compare at each
 * @param target as in {@link org.pellucid.core.Request}
 * @param maps which feature maps, at every layer
 * @param cells regions of cells, at every layer
 * @param pixels regions of pixels of the image as displayed (of the input, for arrays)
 * @param neurons what cells and pixels restrict
 * @param tolerance up to which relative difference maps of two backends agree; empty for {@link
 *     Tolerance#of}
 */
public record ComparisonRequest(
    List<String> methods,
    Map<String, String> options,
    List<String> layers,
    Optional<Fusion> fusion,
    TargetChoice target,
    MapSelection maps,
    List<Region> cells,
    List<Region> pixels,
    NeuronSelection.Role neurons,
    OptionalDouble tolerance) {
  /** All methods, however many passes they take, and those that explain the input itself. */
  public static final List<String> ALL = List.of("all");

  /** All methods of one pass or a few, for the predicted class, at the default layer. */
  public static final ComparisonRequest DEFAULT =
      new ComparisonRequest(
          List.of(),
          Map.of(),
          List.of(),
          Optional.empty(),
          TargetChoice.TOP,
          MapSelection.all(),
          List.of(),
          List.of(),
          NeuronSelection.Role.CONTRIBUTION,
          OptionalDouble.empty());

  /** Copies the collections; a tolerance is a number from 0. */
  public ComparisonRequest {
    methods = List.copyOf(methods);
    options = Map.copyOf(options);
    layers = List.copyOf(layers);
    Objects.requireNonNull(fusion, "fusion");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(maps, "maps");
    cells = List.copyOf(cells);
    pixels = List.copyOf(pixels);
    Objects.requireNonNull(neurons, "neurons");
    if (tolerance.isPresent()
        && !(tolerance.getAsDouble() >= 0 && Double.isFinite(tolerance.getAsDouble()))) {
      throw new InvalidRequestException(
          "A tolerance is a number from 0, found " + tolerance.getAsDouble());
    }
  }

  /** Whether methods were asked for by name, so that none may be left out. */
  boolean namesMethods() {
    return !methods.isEmpty() && !methods.equals(ALL);
  }

  /** The same with some methods; without any, those of one pass or a few. */
  public ComparisonRequest withMethods(String... ids) {
    return new ComparisonRequest(
        List.of(ids), options, layers, fusion, target, maps, cells, pixels, neurons, tolerance);
  }

  /** The same with options. */
  public ComparisonRequest withOptions(Map<String, String> values) {
    return new ComparisonRequest(
        methods, values, layers, fusion, target, maps, cells, pixels, neurons, tolerance);
  }

  /** The same at some layers. */
  public ComparisonRequest withLayers(String... names) {
    return new ComparisonRequest(
        methods, options, List.of(names), fusion, target, maps, cells, pixels, neurons, tolerance);
  }

  /** The same with the maps of all layers made one. */
  public ComparisonRequest withFusion(Fusion rule) {
    return new ComparisonRequest(
        methods,
        options,
        layers,
        Optional.of(rule),
        target,
        maps,
        cells,
        pixels,
        neurons,
        tolerance);
  }

  /** The same for another target in words, as on the command line. */
  public ComparisonRequest withTarget(String text) {
    return withTarget(TargetChoice.of(text));
  }

  /** The same for another target. */
  public ComparisonRequest withTarget(TargetChoice choice) {
    return new ComparisonRequest(
        methods, options, layers, fusion, choice, maps, cells, pixels, neurons, tolerance);
  }

  /** The same with another tolerance. */
  public ComparisonRequest withTolerance(double relative) {
    return new ComparisonRequest(
        methods,
        options,
        layers,
        fusion,
        target,
        maps,
        cells,
        pixels,
        neurons,
        OptionalDouble.of(relative));
  }
}
