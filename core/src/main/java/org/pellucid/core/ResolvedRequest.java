package org.pellucid.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.MapSelection;
import org.pellucid.api.Need;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Region;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
import org.pellucid.graph.Shape;

/**
 * A request whose every name and number was found to exist in the model and the software, before
 * any image is looked at. Regions of pixels are not checked: they are the image's.
 */
record ResolvedRequest(
    Explainer explainer, Options options, List<Layer> layers, TargetPlan plan, Request request) {

  /**
   * Resolves a request.
   *
   * @throws InvalidRequestException if it names what is not there
   */
  static ResolvedRequest of(Request request, Classifier classifier, TargetPlan plan) {
    Explainer explainer = classifier.registry().explainer(request.method());
    Options options = options(explainer, request.options());
    List<Layer> layers = layers(explainer, request, classifier, plan);
    if (layers.size() > 1 && request.fusion().isEmpty()) {
      throw new InvalidRequestException(
          "An explanation is of one layer, or of several whose maps are fused by max, mean or"
              + " product; found "
              + layers.stream().map(layer -> layer.tap().tensor()).toList()
              + " and no rule");
    }
    checkPixels(request, classifier);
    for (Layer layer : layers) {
      checkMaps(request.maps(), layer);
      checkCells(request, layer);
    }
    return new ResolvedRequest(explainer, options, layers, plan, request);
  }

  /** Whether a method explains the input itself: it asks for the input's part, and no layer's. */
  private static boolean explainsInput(Explainer explainer) {
    Set<Need> needs = explainer.needs();
    boolean ofLayer =
        needs.contains(Need.LAYER)
            || needs.contains(Need.LAYER_GRADIENTS)
            || needs.contains(Need.RESUME)
            || needs.contains(Need.LINEAR_HEAD);
    return !ofLayer
        && (needs.contains(Need.INPUT_GRADIENTS)
            || needs.contains(Need.MANY_FORWARDS)
            || needs.contains(Need.ATTENTION));
  }

  /** The layers that are explained; the input, for a method that explains no layer. */
  private static List<Layer> layers(
      Explainer explainer, Request request, Classifier classifier, TargetPlan plan) {
    Layers layers = classifier.layersBefore(plan.reads());
    if (!explainsInput(explainer)) {
      return request.layers().isEmpty()
          ? List.of(orOthers(layers::byDefault, explainer, classifier))
          : request.layers().stream()
              .map(name -> before(classifier.layers().find(name), layers, plan))
              .distinct()
              .toList();
    }
    if (!request.layers().isEmpty()) {
      throw new InvalidRequestException(
          "The layer \""
              + request.layers().get(0)
              + "\" was asked for; the method "
              + explainer.id()
              + " explains the input itself and takes no layer");
    }
    if (request.maps() instanceof MapSelection.TopByContribution top) {
      throw new InvalidRequestException(
          "The top "
              + top.count()
              + " feature maps were asked for; the method "
              + explainer.id()
              + " knows no contributions of the input's channels, which can be named by index");
    }
    return List.of(orOthers(layers::input, explainer, classifier));
  }

  /** What a method explains; where there is no such thing, the methods that explain the other. */
  private static Layer orOthers(Supplier<Layer> place, Explainer asked, Classifier classifier) {
    try {
      return place.get();
    } catch (InvalidRequestException e) {
      boolean ofInput = explainsInput(asked);
      throw new InvalidRequestException(
          e.getMessage()
              + ", which the method "
              + asked.id()
              + (ofInput
                  ? " explains; these explain a layer inside: "
                  : " explains; these explain the input itself: ")
              + classifier.registry().explainers().stream()
                  .filter(method -> explainsInput(method) != ofInput)
                  .filter(method -> !method.needs().contains(Need.ATTENTION))
                  .map(Explainer::id)
                  .collect(Collectors.joining(", ")));
    }
  }

  /** A layer, if what the target reads depends on it. */
  private static Layer before(Layer layer, Layers layers, TargetPlan plan) {
    if (layers.all().stream().noneMatch(each -> each.tap().equals(layer.tap()))) {
      throw new InvalidRequestException(
          "The layer \""
              + layer.tap().tensor()
              + "\" was asked for; the target "
              + plan.description()
              + " reads \""
              + plan.reads().tensor()
              + "\", which does not depend on it"
              + (layers.all().isEmpty()
                  ? ", nor on any other layer"
                  : "; the last layer that it depends on is \""
                      + layers.byDefault().tap().tensor()
                      + "\""));
    }
    return layer;
  }

  /**
   * The options of an explainer as a user wrote them.
   *
   * @throws InvalidRequestException if it has no such option, or the option no such value
   */
  static Options options(Explainer explainer, Map<String, String> texts) {
    List<String> names = explainer.options().stream().map(Option::name).toList();
    for (String name : texts.keySet()) {
      if (!names.contains(name)) {
        throw new InvalidRequestException(
            "The method "
                + explainer.id()
                + " has no option \""
                + name
                + "\"; "
                + (names.isEmpty()
                    ? "it has no options at all"
                    : "its options are " + String.join(", ", names)));
      }
    }
    return Options.parse(explainer.options(), texts);
  }

  private static void checkMaps(MapSelection maps, Layer layer) {
    int count = layer.shape().dim(0);
    int needed = 0;
    if (maps instanceof MapSelection.Indices some) {
      needed = some.indices().get(some.indices().size() - 1) + 1;
    } else if (maps instanceof MapSelection.TopByContribution top) {
      needed = top.count();
    }
    if (needed > count) {
      throw new InvalidRequestException(
          (maps instanceof MapSelection.Indices
                  ? "Feature map " + (needed - 1) + " was asked for"
                  : "The top " + needed + " feature maps were asked for")
              + "; the layer \""
              + layer.tap().tensor()
              + "\" has "
              + count
              + ", numbered 0 to "
              + (count - 1));
    }
  }

  /** How many axes regions of pixels have; where they lie is the image's matter. */
  private static void checkPixels(Request request, Classifier classifier) {
    for (Region region : request.pixels()) {
      int axes = classifier.layers().input().shape().rank() - 1;
      if (region.start().size() != axes) {
        throw new InvalidRequestException(
            "Pixels were asked for along "
                + region.start().size()
                + " axes, beginning at "
                + region.start()
                + "; the input has "
                + axes
                + ", of "
                + classifier.layers().input().shape());
      }
    }
  }

  private static void checkCells(Request request, Layer layer) {
    int[] shape = layer.shape().dims();
    Shape space = Shape.of(Arrays.copyOfRange(shape, 1, shape.length));
    for (Region region : request.cells()) {
      if (region.unit() == Region.Unit.CELLS) {
        region.requireWithin(space);
      }
    }
  }

  /** What will be asked of the image; of a method that explains the input, that is the layer. */
  Foreseen foreseen() {
    Set<Tap> taps = layers.stream().map(Layer::tap).collect(Collectors.toUnmodifiableSet());
    return Foreseen.of(explainer, taps, layers.get(0).tap());
  }

  /** What is looked at at some layers, with pixels as they lie in the input. */
  Selection selection(List<Layer> at, List<Region> inputPixels) {
    List<Region> regions = new ArrayList<>(request.cells());
    regions.addAll(inputPixels);
    return new Selection(
        at.stream().map(Layer::tap).toList(),
        request.maps(),
        new NeuronSelection(regions, request.neurons()));
  }
}
