package org.pellucid.importer.dl4j;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.UnsupportedModelException;

/**
 * A network of DL4J, a chain of layers or a graph of vertices, in the order in which its weights
 * are stored.
 *
 * @param kind what DL4J calls it
 * @param inputs the names of its inputs
 * @param vertices what is computed
 * @param outputs the names of the vertices whose values are the network's
 */
record Dl4jNetwork(String kind, List<String> inputs, List<Vertex> vertices, List<String> outputs) {
  private static final String VERTICES = "org.deeplearning4j.nn.conf.graph.";
  private static final int MOST_LAYERS = 10_000;

  /**
   * A layer, or a vertex without weights.
   *
   * @param settings of the layer itself, not of what wraps it, or of the vertex
   * @param isLayer whether it is a layer
   * @param preprocessor what happens to its input before
   */
  record Vertex(
      String name,
      Settings settings,
      boolean isLayer,
      Optional<Settings> preprocessor,
      List<String> inputs) {
    /** The name of its type without the package. */
    String type() {
      return Dl4jLayers.type(settings);
    }
  }

  /** Reads a configuration. */
  static Dl4jNetwork of(Settings configuration) {
    if (configuration.has("confs")) {
      return chain(configuration);
    }
    if (configuration.has("vertices")) {
      return graph(configuration);
    }
    throw new MalformedInputException(
        "The configuration is neither of a MultiLayerNetwork (confs) nor of a ComputationGraph"
            + " (vertices)");
  }

  private static Dl4jNetwork chain(Settings configuration) {
    Map<String, Settings> preprocessors = new LinkedHashMap<>();
    if (configuration.has("inputPreProcessors")) {
      Settings given = configuration.settings("inputPreProcessors");
      given.names().forEach(index -> preprocessors.put(index, given.settings(index)));
    }
    List<Vertex> layers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    String before = "input";
    names.add(before);
    requireFew(configuration.array("confs").size(), "layers");
    for (Settings conf : configuration.list("confs")) {
      int index = layers.size();
      Settings layer = layer(conf);
      String wanted = layer.text("layerName", "layer" + index);
      String name = wanted;
      for (int i = 2; !names.add(name); i++) {
        name = wanted + "-" + i;
      }
      layers.add(
          new Vertex(
              name,
              layer,
              true,
              Optional.ofNullable(preprocessors.get(String.valueOf(index))),
              List.of(before)));
      before = name;
    }
    if (layers.isEmpty()) {
      throw new MalformedInputException("The network has no layers");
    }
    return new Dl4jNetwork("MultiLayerNetwork", List.of("input"), layers, List.of(before));
  }

  private static void requireFew(int count, String what) {
    if (count > MOST_LAYERS) {
      throw new MalformedInputException("The network has " + count + " " + what);
    }
  }

  /** The layer of a layer's configuration. */
  private static Settings layer(Settings conf) {
    Settings layer = conf.settings("layer");
    if (!layer.has("@class")) {
      throw new UnsupportedModelException(
          "The file was written before DL4J 1.0.0-beta, as its layers are "
              + layer.names()
              + "; load and save it with a newer version");
    }
    return Dl4jLayers.unwrapped(layer);
  }

  private static Dl4jNetwork graph(Settings configuration) {
    List<String> inputs = configuration.texts("networkInputs");
    Settings vertices = configuration.settings("vertices");
    Settings connections = configuration.settings("vertexInputs");
    requireFew(vertices.names().size(), "vertices");
    requireFew(inputs.size(), "inputs");
    requireFew(configuration.array("networkOutputs").size(), "outputs");
    List<Vertex> ordered = new ArrayList<>();
    Set<String> seen = new HashSet<>(inputs);
    for (String name : order(configuration, inputs, vertices)) {
      if (inputs.contains(name)) {
        continue;
      }
      if (!seen.add(name)) {
        throw new MalformedInputException("The vertex \"" + name + "\" stands twice in the order");
      }
      ordered.add(vertex(name, vertices.settings(name), connections.texts(name)));
    }
    if (ordered.size() != vertices.names().size()) {
      throw new MalformedInputException(
          "There are "
              + vertices.names().size()
              + " vertices, and "
              + ordered.size()
              + " in their order");
    }
    return new Dl4jNetwork(
        "ComputationGraph", inputs, ordered, configuration.texts("networkOutputs"));
  }

  /** The order in which weights are stored, which DL4J writes down. */
  private static List<String> order(
      Settings configuration, List<String> inputs, Settings vertices) {
    if (configuration.has("topologicalOrderStr")) {
      return configuration.texts("topologicalOrderStr");
    }
    if (!configuration.has("topologicalOrder")) {
      throw new UnsupportedModelException(
          "The configuration does not tell the order of its vertices (topologicalOrder), in which"
              + " weights are stored; load and save it with DL4J");
    }
    List<String> numbered = new ArrayList<>(inputs);
    numbered.addAll(vertices.names());
    List<String> order = new ArrayList<>();
    for (JsonElement element : configuration.array("topologicalOrder")) {
      int index = Settings.whole("topologicalOrder", element);
      if (index < 0 || index >= numbered.size()) {
        throw new MalformedInputException("The order of the vertices names number " + index);
      }
      order.add(numbered.get(index));
    }
    return order;
  }

  private static Vertex vertex(String name, Settings given, List<String> inputs) {
    Settings settings = given;
    for (int depth = 0; settings.text("@class").equals(VERTICES + "FrozenVertex"); depth++) {
      if (depth == 8) {
        throw new MalformedInputException("The vertex \"" + name + "\" is wrapped in itself");
      }
      settings = settings.settings("underlying");
    }
    if (!settings.text("@class").equals(VERTICES + "LayerVertex")) {
      return new Vertex(name, settings, false, Optional.empty(), inputs);
    }
    Optional<Settings> preprocessor =
        settings.has("preProcessor")
            ? Optional.of(settings.settings("preProcessor"))
            : Optional.empty();
    return new Vertex(name, layer(settings.settings("layerConf")), true, preprocessor, inputs);
  }
}
