package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.pass.Batching;

/** A graph while it is turned into a GraphProto. */
final class GraphEncoding {
  /** The name of the dimension along which samples are stacked. */
  private static final String SAMPLES = "N";

  /** How many nodes that cannot be written a message names. */
  private static final int MOST_NAMED = 5;

  private final ModelGraph graph;
  private final int opset;
  private final Batching batching;
  private final Set<String> names = new HashSet<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<ProtobufMessage> nodes = new ArrayList<>();

  /**
   * Encodes the nodes.
   *
   * @throws UnsupportedModelException if one of them cannot be written
   */
  GraphEncoding(ModelGraph graph, WriteOptions options) {
    this.graph = graph;
    this.opset = options.opset();
    this.batching = options.symbolicBatch() ? batching(graph) : null;
    names.addAll(graph.inputs().keySet());
    names.addAll(graph.constants().keySet());
    graph.nodes().forEach(node -> names.add(node.output()));
    if (names.contains("")) {
      throw new UnsupportedModelException(
          "A tensor of the graph has an empty name, which in ONNX says that there is none");
    }
    constants();
    encode();
  }

  private static Batching batching(ModelGraph graph) {
    Batching batching = Batching.of(graph);
    batching
        .obstacle()
        .ifPresent(
            obstacle -> {
              throw new UnsupportedModelException(
                  "The model cannot be written for any number of samples: "
                      + obstacle
                      + "; it can be for "
                      + batching.samples());
            });
    return batching;
  }

  /** Constants that nothing reads are left out. */
  private void constants() {
    Set<String> read = new HashSet<>(graph.outputs());
    graph.nodes().forEach(node -> read.addAll(node.inputs()));
    graph
        .constants()
        .forEach(
            (name, value) -> {
              if (read.contains(name)) {
                constants.put(name, value);
              }
            });
  }

  private void encode() {
    List<String> refused = new ArrayList<>();
    int lowest = 0;
    for (Node node : graph.nodes()) {
      try {
        Encoders.encode(new NodeEncoding(node, this));
      } catch (NeedsOpsetException e) {
        refused.add(
            "N"
                + node.describe().substring(1)
                + " cannot be written for opset "
                + opset
                + ": "
                + e.getMessage());
        lowest = Math.max(lowest, e.lowest());
      }
    }
    if (!refused.isEmpty()) {
      int more = refused.size() - MOST_NAMED;
      throw new UnsupportedModelException(
          String.join("; ", refused.subList(0, Math.min(MOST_NAMED, refused.size())))
              + (more > 0 ? "; and " + more + " more nodes" : "")
              + ". The lowest opset that can express the model is "
              + lowest);
    }
  }

  int opset() {
    return opset;
  }

  TensorType type(String tensor) {
    return graph.type(tensor);
  }

  /** The axis along which any number of samples may be stacked, or {@link Samples#NONE}. */
  int sampleAxis(String tensor) {
    return batching == null ? Samples.NONE : batching.axis(tensor);
  }

  /** A name like the wanted one that no other tensor has. */
  String freshName(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  /** Adds a node; of several with one name, which engines refuse, the first has it. */
  void add(OnnxCall call, String name, List<String> inputs, List<String> outputs) {
    String unique = name;
    for (int i = 2; !nodeNames.add(unique); i++) {
      unique = name + "-" + i;
    }
    nodes.add(call.message(unique, inputs, outputs));
  }

  void addConstant(String name, Tensor value) {
    constants.put(name, value);
  }

  /** Everything fixed: the graph's own constants and those that its operations needed. */
  Map<String, Tensor> initializers() {
    return constants;
  }

  /**
   * The GraphProto.
   *
   * @param initializer writes a constant as a TensorProto
   */
  ProtobufMessage message(BiFunction<String, Tensor, ProtobufMessage> initializer) {
    ProtobufMessage message = new ProtobufMessage();
    nodes.forEach(node -> message.message(1, node));
    message.text(2, "graph");
    constants.forEach((name, value) -> message.message(5, initializer.apply(name, value)));
    Set<String> outputs = new LinkedHashSet<>(graph.outputs());
    graph.inputs().keySet().forEach(input -> message.message(11, valueInfo(input)));
    outputs.forEach(output -> message.message(12, valueInfo(output)));
    for (Node node : graph.nodes()) {
      if (!outputs.contains(node.output())) {
        message.message(13, valueInfo(node.output()));
      }
    }
    return message;
  }

  private ProtobufMessage valueInfo(String tensor) {
    ProtobufMessage shape = new ProtobufMessage();
    int[] dims = type(tensor).shape().dims();
    for (int axis = 0; axis < dims.length; axis++) {
      ProtobufMessage dim = new ProtobufMessage();
      if (axis == sampleAxis(tensor)) {
        int each = dims[axis] / batching.samples();
        dim.text(2, each == 1 ? SAMPLES : SAMPLES + "*" + each);
      } else {
        dim.number(1, dims[axis]);
      }
      shape.message(1, dim);
    }
    ProtobufMessage type =
        new ProtobufMessage()
            .number(1, OnnxDataType.of(type(tensor).elementType()).code())
            .message(2, shape);
    return new ProtobufMessage().text(1, tensor).message(2, new ProtobufMessage().message(1, type));
  }
}
