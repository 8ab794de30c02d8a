package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;

/** Writes a network of DL4J as a graph, layer by layer in the order of the weights. */
final class Dl4jTranslator {
  private final Dl4jNetwork network;
  private final Coefficients weights;
  private final ImportOptions options;

  Dl4jTranslator(Dl4jNetwork network, Coefficients weights, ImportOptions options) {
    this.network = network;
    this.weights = weights;
    this.options = options;
  }

  ModelGraph translate(Map<String, String> metadata) {
    Set<String> reserved = new HashSet<>(network.inputs());
    network.vertices().forEach(vertex -> reserved.add(vertex.name()));
    NetworkAssembly graph = new NetworkAssembly(reserved);
    Map<String, Value> values = new HashMap<>();
    Dl4jInputs shapes = new Dl4jInputs(network, options);
    for (String name : network.inputs()) {
      Dl4jInputs.Input input = shapes.of(name);
      graph.addInput(name, new TensorType(ElementType.FLOAT32, input.shape()));
      LayerScope scope = new LayerScope(graph, name, "input");
      values.put(name, scope.fromOwnOrder(name, input.channelsLast()));
    }
    for (Dl4jNetwork.Vertex vertex : network.vertices()) {
      values.put(vertex.name(), write(graph, vertex, values));
    }
    weights
        .rest()
        .ifPresent(
            rest -> {
              throw new MalformedInputException(rest);
            });
    return graph.finish(outputs(graph, values), new LinkedHashMap<>(metadata));
  }

  private List<String> outputs(NetworkAssembly graph, Map<String, Value> values) {
    Set<String> outputs = new LinkedHashSet<>();
    for (String name : network.outputs()) {
      Value value = values.get(name);
      if (value == null) {
        throw new MalformedInputException("There is no vertex \"" + name + "\" to be an output");
      }
      String tensor = new LayerScope(graph, name, "output").inOwnOrder(value);
      outputs.add(tensor);
    }
    if (outputs.isEmpty()) {
      throw new MalformedInputException("The network has no outputs");
    }
    return List.copyOf(outputs);
  }

  private Value write(NetworkAssembly graph, Dl4jNetwork.Vertex vertex, Map<String, Value> values) {
    try {
      List<Value> inputs = new ArrayList<>();
      for (String input : vertex.inputs()) {
        if (!values.containsKey(input)) {
          throw new MalformedInputException("its input \"" + input + "\" is not made before it");
        }
        inputs.add(values.get(input));
      }
      LayerScope scope = new LayerScope(graph, vertex.name(), vertex.type());
      if (!vertex.isLayer()) {
        return scope.finish(Dl4jVertices.write(scope, vertex.settings(), inputs));
      }
      if (inputs.size() != 1) {
        throw new MalformedInputException("a layer has one input, found " + inputs.size());
      }
      Value x = inputs.get(0);
      if (vertex.preprocessor().isPresent()) {
        x = Dl4jPreprocessors.write(scope, vertex.preprocessor().get(), x);
      }
      return scope.finish(Dl4jLayers.write(new Dl4jCall(scope, vertex.settings(), weights), x));
    } catch (RefusedLayerException e) {
      throw new UnsupportedModelException(
          described(vertex) + ": " + e.getMessage() + ". Its settings: " + vertex.settings());
    } catch (MalformedInputException
        | IllegalArgumentException
        | ArithmeticException
        | IndexOutOfBoundsException e) {
      throw new MalformedInputException(described(vertex) + ": " + e.getMessage(), e);
    }
  }

  private static String described(Dl4jNetwork.Vertex vertex) {
    return "Layer \"" + vertex.name() + "\" (" + vertex.type() + ")";
  }
}
