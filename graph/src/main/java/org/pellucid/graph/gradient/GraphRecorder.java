package org.pellucid.graph.gradient;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Unary;

/** Writes on at the end of a graph. What the graph computes already is not computed again. */
final class GraphRecorder implements Recorder {
  private record Computation(Operation operation, List<String> inputs) {}

  private record Number(TensorType type, double value) {}

  private final ModelGraph start;
  private final Map<String, TensorType> inputs;
  private final Map<String, Tensor> constants;
  private final List<Node> nodes;
  private final List<String> outputs;
  private final Map<String, TensorType> types = new HashMap<>();
  private final Map<Computation, String> computed = new HashMap<>();
  private final Map<Number, String> numbers = new HashMap<>();
  private String subject = "";

  GraphRecorder(ModelGraph start) {
    this.start = start;
    this.inputs = new LinkedHashMap<>(start.inputs());
    this.constants = new LinkedHashMap<>(start.constants());
    this.nodes = new ArrayList<>(start.nodes());
    this.outputs = new ArrayList<>(start.outputs());
    nodes.forEach(
        node -> computed.put(new Computation(node.operation(), node.inputs()), node.output()));
  }

  /** From here on, nodes are named after this one, whose gradient they compute. */
  void about(Node node) {
    subject = node.output();
  }

  /** Adds an input. */
  String input(String name, TensorType type) {
    String unique = unique(name);
    inputs.put(unique, type);
    types.put(unique, type);
    return unique;
  }

  /** Makes a tensor an output under a name of its own. */
  String output(String name, String tensor) {
    String unique = unique(name);
    add(unique, new Unary.Identity(), List.of(tensor));
    outputs.add(unique);
    return unique;
  }

  @Override
  public TensorType type(String tensor) {
    TensorType type = types.get(tensor);
    return type != null ? type : start.type(tensor);
  }

  @Override
  public String node(Operation operation, String... arguments) {
    List<String> given = List.of(arguments);
    String known = computed.get(new Computation(operation, given));
    if (known != null) {
      return known;
    }
    String name = unique("gradient/" + subject + "/" + operation.name());
    add(name, operation, given);
    computed.put(new Computation(operation, given), name);
    return name;
  }

  private void add(String name, Operation operation, List<String> given) {
    types.put(name, operation.infer(given.stream().map(this::type).toList()));
    nodes.add(new Node(name, operation, given, name, ""));
  }

  @Override
  public String constant(Tensor value) {
    if (value.size() == 1) {
      return numbers.computeIfAbsent(
          new Number(value.type(), value.get(0)),
          number -> define("gradient/" + number.value(), value));
    }
    return define("gradient/" + subject + "/constant", value);
  }

  private String define(String name, Tensor value) {
    String unique = unique(name);
    constants.put(unique, value);
    types.put(unique, value.type());
    return unique;
  }

  private String unique(String name) {
    String unique = name;
    for (int i = 2; types.containsKey(unique) || start.has(unique); i++) {
      unique = name + "_" + i;
    }
    return unique;
  }

  ModelGraph graph() {
    return ModelGraph.of(inputs, constants, nodes, outputs, start.metadata());
  }
}
