package org.pellucid.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.UnsupportedModelException;

/** Turns a file's messages into a graph. */
final class ModelTranslator {
  static final int OLDEST_OPSET = 7;
  static final int NEWEST_OPSET = 28;

  private final OnnxModel model;
  private final OnnxGraph graph;
  private final TensorLoader loader;
  private final ImportOptions options;

  ModelTranslator(OnnxModel model, TensorLoader loader, ImportOptions options) {
    this.model = model;
    this.graph = model.graph();
    this.loader = loader;
    this.options = options;
  }

  /** Makes the graph. */
  ModelGraph translate() throws IOException {
    int opset = opset();
    if (graph.sparseInitializers() > 0) {
      throw new UnsupportedModelException("The model has sparse weights, which are not supported");
    }
    Map<String, OnnxTensor> initializers = initializers();
    List<OnnxValueInfo> inputs = inputs(initializers.keySet());
    List<String> outputs = outputs();
    Set<String> given = new HashSet<>(initializers.keySet());
    inputs.forEach(input -> given.add(input.name()));
    List<OnnxNode> order = NodeOrder.of(graph.nodes(), given, outputs);

    Set<String> read = new HashSet<>(outputs);
    order.forEach(node -> read.addAll(node.reads()));
    GraphAssembly assembly = new GraphAssembly(loader, allNames(given));
    loader.expect(
        initializers.values().stream().filter(tensor -> read.contains(tensor.name())).toList());
    InputTypes types = new InputTypes(options);
    inputs.forEach(input -> assembly.addInput(input.name(), types.of(input)));
    for (OnnxTensor tensor : initializers.values()) {
      if (read.contains(tensor.name())) {
        loader.check(tensor);
        assembly.addStored(tensor);
      }
    }
    BodyTranslator body = new BodyTranslator(assembly, model.functions(), loader, read);
    body.translate(order, opset);
    body.finish();
    return assembly.finish(outputs, metadata(inputs, opset));
  }

  private int opset() {
    Long version = model.opsets().get("");
    if (version == null) {
      throw new UnsupportedModelException(
          "The model asks for no version of the ONNX operators"
              + (model.opsets().isEmpty() ? "" : ", only for " + model.opsets().keySet())
              + "; versions "
              + OLDEST_OPSET
              + " to "
              + NEWEST_OPSET
              + " are supported");
    }
    if (version < OLDEST_OPSET || version > NEWEST_OPSET) {
      throw new UnsupportedModelException(
          "The model asks for version "
              + version
              + " of the ONNX operators (opset); versions "
              + OLDEST_OPSET
              + " to "
              + NEWEST_OPSET
              + " are supported, and onnx.version_converter converts between them");
    }
    return version.intValue();
  }

  private Map<String, OnnxTensor> initializers() {
    Map<String, OnnxTensor> byName = new LinkedHashMap<>();
    for (OnnxTensor tensor : graph.initializers()) {
      if (tensor.name().isEmpty()) {
        throw new MalformedInputException("The graph has an initializer without a name");
      }
      if (byName.put(tensor.name(), tensor) != null) {
        throw new MalformedInputException(
            "The graph has two initializers named \"" + tensor.name() + "\"");
      }
    }
    return byName;
  }

  /** Up to version 3 of the format, initializers stand among the inputs too. */
  private List<OnnxValueInfo> inputs(Set<String> initializers) {
    Set<String> names = new HashSet<>();
    List<OnnxValueInfo> inputs = new ArrayList<>();
    for (OnnxValueInfo input : graph.inputs()) {
      if (input.name().isEmpty() || !names.add(input.name())) {
        throw new MalformedInputException(
            input.name().isEmpty()
                ? "The graph has an input without a name"
                : "The graph has two inputs named \"" + input.name() + "\"");
      }
      if (!initializers.contains(input.name())) {
        inputs.add(input);
      }
    }
    for (String name : options.inputShapes().keySet()) {
      if (inputs.stream().noneMatch(input -> input.name().equals(name))) {
        throw new UnsupportedModelException(
            "A shape was given for an input \""
                + name
                + "\", but the model's inputs are "
                + inputs.stream().map(OnnxValueInfo::name).toList());
      }
    }
    return inputs;
  }

  private List<String> outputs() {
    Set<String> names = new LinkedHashSet<>();
    for (OnnxValueInfo output : graph.outputs()) {
      if (!names.add(output.name())) {
        throw new MalformedInputException(
            "The graph has two outputs named \"" + output.name() + "\"");
      }
    }
    if (names.isEmpty()) {
      throw new MalformedInputException("The graph has no outputs");
    }
    return List.copyOf(names);
  }

  private Set<String> allNames(Set<String> given) {
    Set<String> names = new HashSet<>(given);
    graph.nodes().forEach(node -> names.addAll(node.outputs()));
    return names;
  }

  private Map<String, String> metadata(List<OnnxValueInfo> inputs, int opset) {
    Map<String, String> metadata = new LinkedHashMap<>();
    model.properties().forEach((key, value) -> metadata.put(OnnxImporter.PROPERTY + key, value));
    metadata.put("format", "onnx");
    metadata.put("producer", model.producer());
    metadata.put("irVersion", Long.toString(model.irVersion()));
    metadata.put("opset", Integer.toString(opset));
    inputs.forEach(input -> noteType(metadata, "input.", input));
    graph.outputs().forEach(output -> noteType(metadata, "output.", output));
    return metadata;
  }

  private static void noteType(Map<String, String> metadata, String prefix, OnnxValueInfo value) {
    if (value.dataType() != 0 && OnnxDataType.of(value.dataType()) != OnnxDataType.FLOAT) {
      metadata.put(prefix + value.name() + ".elementType", OnnxDataType.label(value.dataType()));
    }
  }
}
