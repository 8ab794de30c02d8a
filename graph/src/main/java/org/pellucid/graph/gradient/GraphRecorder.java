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

/**
 * Writes on at the end of a graph. What the graph computes already is not computed again.
 *
 * <pre>{@code
 * GraphRecorder recorder = new GraphRecorder(graph, "mean");
 * String mean = recorder.node(new Reduce.ReduceMean(List.of(2, 3), true), "relu5");
 * recorder.output("means", mean);
 * recorder.graph();
 * }</pre>
 */
public final class GraphRecorder implements Recorder {
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
  private final String prefix;
  private String subject = "";

  /**
   * Begins where a graph ends.
   *
   * @param prefix what the names of new tensors begin with
   */
  public GraphRecorder(ModelGraph start, String prefix) {
    this.start = start;
    this.prefix = prefix;
    this.inputs = new LinkedHashMap<>(start.inputs());
    this.constants = new LinkedHashMap<>(start.constants());
    this.nodes = new ArrayList<>(start.nodes());
    this.outputs = new ArrayList<>(start.outputs());
    nodes.forEach(
        node -> computed.put(new Computation(node.operation(), node.inputs()), node.output()));
  }

  /** From here on, nodes are named after this one, whose gradient they compute. */
  void about(Node node) {
    subject = node.output() + "/";
  }

  /** Adds an input, and gives its name: the one wanted, with a number behind it if it is taken. */
  public String input(String name, TensorType type) {
    String unique = unique(name);
    inputs.put(unique, type);
    types.put(unique, type);
    return unique;
  }

  /**
   * Makes a tensor an output under a name of its own, and gives that name: the one wanted, with a
   * number behind it if it is taken.
   */
  public String output(String name, String tensor) {
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
    String name = unique(prefix + "/" + subject + operation.name());
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
          number -> define(prefix + "/" + number.value(), value));
    }
    return define(prefix + "/" + subject + "constant", value);
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

  /**
   * The graph with everything that was taken down; its outputs are the graph's own and new ones.
   */
  public ModelGraph graph() {
    return ModelGraph.of(inputs, constants, nodes, outputs, start.metadata());
  }
}
