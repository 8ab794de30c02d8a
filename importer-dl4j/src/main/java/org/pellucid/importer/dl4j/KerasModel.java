package org.pellucid.importer.dl4j;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.UnsupportedModelException;

/**
 * A model of Keras, a chain or a graph of layers, as its configuration tells it.
 *
 * @param name the model's name
 * @param layers its layers, each with its calls
 * @param inputs which layers' values it takes
 * @param outputs which calls' values it makes
 */
record KerasModel(
    String name, List<Layer> layers, List<Reference> inputs, List<Reference> outputs) {
  private static final Set<String> MODELS = Set.of("Sequential", "Functional", "Model");
  private static final int MOST_LAYERS = 20_000;
  private static final int MOST_ENDS = 1000;

  /**
   * The value of a call of a layer.
   *
   * @param layer the layer's name
   * @param call which of its calls, from 0
   * @param output which of the outputs of that call
   */
  record Reference(String layer, int call, int output) {}

  /**
   * A layer, or a model that is a layer of another.
   *
   * @param calls the inputs of each of its calls
   */
  record Layer(String name, String type, Settings settings, List<List<Reference>> calls) {
    boolean isInput() {
      return type.equals("InputLayer");
    }

    boolean isModel() {
      return MODELS.contains(type);
    }
  }

  /** Reads a model from an object with a class name and a configuration. */
  static KerasModel of(String type, Settings given) {
    return switch (type) {
      case "Sequential" -> chain(given);
      case "Functional", "Model" -> graph(given);
      default ->
          throw new UnsupportedModelException(
              "Models of type "
                  + type
                  + " are not supported; there are Sequential and Functional ones");
    };
  }

  private static List<Settings> layers(Settings config) {
    List<Settings> layers = config.list("layers");
    if (layers.isEmpty() || layers.size() > MOST_LAYERS) {
      throw new MalformedInputException("A model has " + layers.size() + " layers");
    }
    return layers;
  }

  private static Layer layer(Settings entry, List<List<Reference>> calls) {
    Settings config = entry.settings("config");
    String name = config.has("name") ? config.text("name") : entry.text("name");
    if (name.isEmpty() || name.startsWith("/")) {
      throw new MalformedInputException("A layer is called \"" + name + "\"");
    }
    return new Layer(name, entry.text("class_name"), config, calls);
  }

  /** A chain becomes a graph in which each layer reads the one before. */
  private static KerasModel chain(Settings config) {
    String name = config.text("name", "sequential");
    List<Layer> layers = new ArrayList<>();
    Reference before = null;
    for (Settings entry : layers(config)) {
      Layer layer = layer(entry, List.of());
      if (before == null) {
        if (!layer.isInput()) {
          Settings first =
              layer.settings().has("batch_input_shape") || !config.has("build_input_shape")
                  ? layer.settings()
                  : config;
          layers.add(new Layer(layer.name() + "_input", "InputLayer", first, List.of()));
        } else {
          layers.add(layer);
        }
        before = new Reference(layers.get(0).name(), 0, 0);
        if (layer.isInput()) {
          continue;
        }
      } else if (layer.isInput()) {
        throw new MalformedInputException("An input stands in the middle of a chain of layers");
      }
      layers.add(new Layer(layer.name(), layer.type(), layer.settings(), List.of(List.of(before))));
      before = new Reference(layer.name(), 0, 0);
    }
    Reference input = new Reference(layers.get(0).name(), 0, 0);
    return new KerasModel(name, layers, List.of(input), List.of(before));
  }

  private static KerasModel graph(Settings config) {
    List<Layer> layers = new ArrayList<>();
    boolean fromOne = false;
    for (Settings entry : layers(config)) {
      List<List<Reference>> calls = new ArrayList<>();
      for (JsonElement node : entry.array("inbound_nodes")) {
        fromOne |= !(node instanceof JsonObject);
        calls.add(inputs(node));
      }
      layers.add(layer(entry, calls));
    }
    KerasModel model =
        new KerasModel(
            config.text("name", "model"),
            layers,
            references(config.array("input_layers")),
            references(config.array("output_layers")));
    if (model.inputs().size() > MOST_ENDS || model.outputs().size() > MOST_ENDS) {
      throw new MalformedInputException(
          "A model has "
              + model.inputs().size()
              + " inputs and "
              + model.outputs().size()
              + " outputs");
    }
    return fromOne ? model.countedFromZero() : model;
  }

  /** Up to Keras 2, call 0 of a model within another is the making of that model itself. */
  private KerasModel countedFromZero() {
    Set<String> models =
        layers.stream()
            .filter(Layer::isModel)
            .map(Layer::name)
            .collect(java.util.stream.Collectors.toSet());
    return new KerasModel(
        name,
        layers.stream()
            .map(
                layer ->
                    new Layer(
                        layer.name(),
                        layer.type(),
                        layer.settings(),
                        layer.calls().stream().map(call -> shifted(call, models)).toList()))
            .toList(),
        inputs,
        shifted(outputs, models));
  }

  private static List<Reference> shifted(List<Reference> references, Set<String> models) {
    return references.stream()
        .map(
            reference ->
                models.contains(reference.layer()) && reference.call() > 0
                    ? new Reference(reference.layer(), reference.call() - 1, reference.output())
                    : reference)
        .toList();
  }

  /** What a call reads: a list of references, or (since Keras 3) arguments with tensors in them. */
  private static List<Reference> inputs(JsonElement node) {
    if (!(node instanceof JsonObject object)) {
      return references(node);
    }
    Settings call = Settings.of(object);
    if (call.has("kwargs") && !references(call.find("kwargs").orElseThrow()).isEmpty()) {
      throw new UnsupportedModelException("A layer is called with tensors as named arguments");
    }
    return references(call.array("args"));
  }

  /** All references in an element, in order. */
  private static List<Reference> references(JsonElement element) {
    List<Reference> found = new ArrayList<>();
    collect(element, found);
    return found;
  }

  private static void collect(JsonElement element, List<Reference> found) {
    if (element instanceof JsonArray array) {
      if (array.size() >= 3 && isText(array.get(0)) && !isText(array.get(1))) {
        found.add(
            new Reference(
                array.get(0).getAsString(),
                Settings.whole("call", array.get(1)),
                Settings.whole("output", array.get(2))));
      } else {
        array.forEach(part -> collect(part, found));
      }
    } else if (element instanceof JsonObject object) {
      Settings settings = Settings.of(object);
      if (settings.text("class_name", "").equals("__keras_tensor__")) {
        collect(settings.settings("config").array("keras_history"), found);
      } else {
        object.entrySet().forEach(entry -> collect(entry.getValue(), found));
      }
    }
  }

  private static boolean isText(JsonElement element) {
    return element instanceof JsonPrimitive primitive && primitive.isString();
  }
}
