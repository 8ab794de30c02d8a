package org.pellucid.importer.dl4j;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;

/** Writes a model of Keras as a graph. */
final class KerasTranslator {
  private static final int DEEPEST = 16;

  private final KerasFile file;
  private final ImportOptions options;
  private final int version;
  private final NetworkAssembly graph;
  private final boolean channelsLast;
  private final KerasModel model;
  private final Map<String, Map<String, List<String>>> weightNames = new HashMap<>();

  KerasTranslator(KerasFile file, Settings configuration, String version, ImportOptions options) {
    this.file = file;
    this.options = options;
    this.version = version.startsWith("1") || version.startsWith("2") ? 2 : 3;
    this.model = KerasModel.of(configuration.text("class_name"), configuration.settings("config"));
    this.channelsLast = firstFormat(model).orElse(true);
    Set<String> reserved = new HashSet<>();
    model.layers().forEach(layer -> reserved.add(layer.name()));
    this.graph = new NetworkAssembly(reserved);
  }

  /** Whether the first layer that has an order of axes has the channels last. */
  private static Optional<Boolean> firstFormat(KerasModel model) {
    return model.layers().stream()
        .filter(layer -> layer.settings().has("data_format"))
        .map(layer -> !layer.settings().text("data_format").equals("channels_first"))
        .findFirst();
  }

  /** A call that waits for its inputs. */
  private record Waiting(KerasModel.Layer layer, int call) {}

  ModelGraph translate(Map<String, String> metadata) {
    List<Value> inputs = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (KerasModel.Reference reference : model.inputs()) {
      KerasModel.Layer layer = layer(model, reference.layer());
      if (taken.add(layer.name())) {
        graph.addInput(layer.name(), new TensorType(ElementType.FLOAT32, inputShape(layer)));
      }
      LayerScope scope = new LayerScope(graph, layer.name(), layer.type());
      inputs.add(scope.fromOwnOrder(layer.name(), channelsLast));
    }
    Set<String> outputs = new LinkedHashSet<>();
    for (Value value : write(model, inputs, "", "", 0)) {
      outputs.add(new LayerScope(graph, value.tensor(), "output").inOwnOrder(value));
    }
    if (outputs.isEmpty()) {
      throw new MalformedInputException("The model has no outputs");
    }
    return graph.finish(List.copyOf(outputs), metadata);
  }

  private static KerasModel.Layer layer(KerasModel model, String name) {
    return model.layers().stream()
        .filter(layer -> layer.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new MalformedInputException("There is no layer \"" + name + "\""));
  }

  /** One sample of the shape in the file, or as asked for where that leaves axes open. */
  private Shape inputShape(KerasModel.Layer layer) {
    Shape asked = options.inputShapes().get(layer.name());
    Settings settings = layer.settings();
    String key =
        settings.has("batch_shape")
            ? "batch_shape"
            : settings.has("batch_input_shape") ? "batch_input_shape" : "build_input_shape";
    if (!settings.has(key)) {
      if (asked == null) {
        throw new UnsupportedModelException(
            "The file does not tell the shape of the input \"" + layer.name() + "\"");
      }
      return asked;
    }
    JsonArray told = settings.array(key);
    int[] dims = new int[told.size()];
    if (dims.length < 2 || dims.length > 5 || (asked != null && asked.rank() != dims.length)) {
      throw new MalformedInputException(
          "The input \"" + layer.name() + "\" has the shape " + told + ", asked for is " + asked);
    }
    for (int a = 0; a < dims.length; a++) {
      JsonElement length = told.get(a);
      boolean open = length instanceof JsonNull;
      dims[a] =
          open
              ? (asked != null ? asked.dim(a) : open(a, dims.length))
              : Settings.whole(key, length);
      if (dims[a] < 1 || (asked != null && asked.dim(a) != dims[a])) {
        throw new MalformedInputException(
            dims[a] < 1
                ? "The input \"" + layer.name() + "\" has the shape " + told
                : "The input has the shape " + told + ", and " + asked + " was asked for");
      }
    }
    return Shape.of(dims);
  }

  /** What an axis is that the file leaves open: one sample, or the height or width asked for. */
  private int open(int axis, int rank) {
    int spatial = channelsLast ? axis - 1 : axis - 2;
    int spatialAxes = rank - 2;
    if (axis == 0) {
      return 1;
    }
    if (spatial < 0 || spatial >= spatialAxes) {
      throw new UnsupportedModelException("The number of channels of an input is left open");
    }
    return spatial == spatialAxes - 1 ? options.imageWidth() : options.imageHeight();
  }

  /**
   * Writes the layers of a model.
   *
   * @param inputs what it is called with
   * @param prefix what the names of its layers begin with
   * @param group where its weights are, empty for a model that is no layer of another
   */
  private List<Value> write(
      KerasModel current, List<Value> inputs, String prefix, String group, int depth) {
    if (depth > DEEPEST) {
      throw new MalformedInputException("Models are layers of models to a depth of " + depth);
    }
    if (inputs.size() != current.inputs().size()) {
      throw new MalformedInputException(
          "The model \""
              + current.name()
              + "\" is called with "
              + inputs.size()
              + " inputs where it has "
              + current.inputs().size());
    }
    Map<String, Value> values = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      values.put(key(current.inputs().get(i)), inputs.get(i));
    }
    Map<String, List<Waiting>> readers = new HashMap<>();
    Map<Waiting, Integer> missing = new HashMap<>();
    Deque<Waiting> ready = new ArrayDeque<>();
    for (KerasModel.Layer layer : current.layers()) {
      for (int call = 0; call < (layer.isInput() ? 0 : layer.calls().size()); call++) {
        Waiting waiting = new Waiting(layer, call);
        Set<String> open = new HashSet<>();
        layer.calls().get(call).forEach(reference -> open.add(key(reference)));
        open.removeAll(values.keySet());
        missing.put(waiting, open.size());
        open.forEach(key -> readers.computeIfAbsent(key, k -> new ArrayList<>()).add(waiting));
        if (open.isEmpty()) {
          ready.add(waiting);
        }
      }
    }
    while (!ready.isEmpty()) {
      Waiting next = ready.remove();
      List<Value> made = call(next, values, prefix, group, depth);
      for (int output = 0; output < made.size(); output++) {
        String key = key(new KerasModel.Reference(next.layer().name(), next.call(), output));
        if (values.put(key, made.get(output)) != null) {
          throw new MalformedInputException(
              "Two layers are called \"" + next.layer().name() + "\"");
        }
        for (Waiting reader : readers.getOrDefault(key, List.of())) {
          if (missing.merge(reader, -1, Integer::sum) == 0) {
            ready.add(reader);
          }
        }
      }
    }
    List<Value> outputs = new ArrayList<>();
    for (KerasModel.Reference output : current.outputs()) {
      outputs.add(value(values, output));
    }
    return outputs;
  }

  private static String key(KerasModel.Reference reference) {
    return reference.call() + ":" + reference.output() + ":" + reference.layer();
  }

  private static Value value(Map<String, Value> values, KerasModel.Reference reference) {
    Value value = values.get(key(reference));
    if (value == null) {
      throw new MalformedInputException(
          "Nothing makes output "
              + reference.output()
              + " of call "
              + reference.call()
              + " of a layer \""
              + reference.layer()
              + "\"");
    }
    return value;
  }

  private List<Value> call(
      Waiting waiting, Map<String, Value> values, String prefix, String group, int depth) {
    KerasModel.Layer layer = waiting.layer();
    List<Value> inputs = new ArrayList<>();
    layer.calls().get(waiting.call()).forEach(input -> inputs.add(value(values, input)));
    String weights = group.isEmpty() ? layer.name() : group;
    if (layer.isModel()) {
      KerasModel inner = KerasModel.of(layer.type(), layer.settings());
      return write(inner, inputs, prefix + layer.name() + "/", weights, depth + 1);
    }
    String name =
        prefix.isEmpty() && waiting.call() == 0
            ? layer.name()
            : graph.freshName(prefix + layer.name());
    try {
      LayerScope scope = new LayerScope(graph, name, layer.type());
      KerasCall call =
          new KerasCall(
              scope,
              layer.settings(),
              weight -> weight(weights, group.isEmpty() ? "" : layer.name(), weight),
              version);
      return List.of(scope.finish(KerasLayers.write(call, layer.type(), inputs)));
    } catch (RefusedLayerException e) {
      throw new UnsupportedModelException(
          described(name, layer) + ": " + e.getMessage() + ". Its settings: " + layer.settings());
    } catch (MalformedInputException
        | IllegalArgumentException
        | ArithmeticException
        | IndexOutOfBoundsException e) {
      throw new MalformedInputException(described(name, layer) + ": " + e.getMessage(), e);
    }
  }

  private static String described(String name, KerasModel.Layer layer) {
    return "Layer \"" + name + "\" (" + layer.type() + ")";
  }

  /**
   * A weight of a group, by the end of its name.
   *
   * @param inner the layer whose weight it is, where a group holds those of several; else empty
   */
  private Optional<Tensor> weight(String group, String inner, String weight) {
    List<String> matching =
        weightNames
            .computeIfAbsent(group, this::index)
            .getOrDefault(inner + "/" + weight, List.of());
    if (matching.size() > 1) {
      throw new MalformedInputException("any of " + matching + " may be its weight " + weight);
    }
    return matching.stream().findFirst().map(name -> file.weight(group, name));
  }

  /** The names of a group's weights by their ends, alone and after each name of a layer in them. */
  private Map<String, List<String>> index(String group) {
    Map<String, List<String>> index = new HashMap<>();
    for (String name : file.weightNames(group)) {
      List<String> parts = List.of(name.split("/"));
      String last = parts.isEmpty() ? "" : parts.get(parts.size() - 1);
      int colon = last.indexOf(':');
      String end = "/" + (colon < 0 ? last : last.substring(0, colon));
      index.computeIfAbsent(end, key -> new ArrayList<>()).add(name);
      for (String layer : new HashSet<>(parts.subList(0, Math.max(0, parts.size() - 1)))) {
        if (!layer.isEmpty()) {
          index.computeIfAbsent(layer + end, key -> new ArrayList<>()).add(name);
        }
      }
    }
    return index;
  }
}
