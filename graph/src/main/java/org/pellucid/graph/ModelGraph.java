package org.pellucid.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A network as data: named inputs with concrete types, constants, nodes in an order in which they
 * can be computed, and the names of its outputs. Immutable. Tensors keep the names that they have
 * in the original model. Every tensor's type is known.
 */
public final class ModelGraph {
  private final Map<String, TensorType> inputs;
  private final Map<String, Tensor> constants;
  private final List<Node> nodes;
  private final List<String> outputs;
  private final Map<String, String> metadata;
  private final Map<String, TensorType> types;
  private final Map<String, Node> producers;
  private final Map<String, List<Node>> consumers;

  private ModelGraph(
      Map<String, TensorType> inputs,
      Map<String, Tensor> constants,
      List<Node> nodes,
      List<String> outputs,
      Map<String, String> metadata) {
    this.inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    this.constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
    this.nodes = List.copyOf(nodes);
    this.outputs = List.copyOf(outputs);
    this.metadata = Map.copyOf(metadata);
    this.types = new HashMap<>(inputs);
    this.constants.forEach((name, tensor) -> define(name, tensor.type()));
    this.producers = new HashMap<>();
    this.consumers = new HashMap<>();
    for (Node node : this.nodes) {
      List<TensorType> given = new ArrayList<>();
      for (String input : node.inputs()) {
        TensorType type = types.get(input);
        if (type == null) {
          throw new MalformedInputException(
              "In "
                  + node.describe()
                  + ", input \""
                  + input
                  + "\" is not made by anything before it");
        }
        given.add(type);
        consumers.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
      }
      try {
        define(node.output(), node.operation().infer(given));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new MalformedInputException(
            "In " + node.describe() + ": " + e.getMessage() + "; its inputs are " + given, e);
      }
      producers.put(node.output(), node);
    }
    for (String output : this.outputs) {
      if (!types.containsKey(output)) {
        throw new MalformedInputException("Output \"" + output + "\" is not made by any node");
      }
    }
  }

  private void define(String name, TensorType type) {
    if (types.put(name, type) != null) {
      throw new MalformedInputException("Two tensors of the graph are named \"" + name + "\"");
    }
  }

  /**
   * Makes a graph, inferring the type of every tensor.
   *
   * @param inputs names and types in the model's order; iteration order is kept
   * @param constants weights and other fixed tensors by name
   * @param nodes in an order in which each reads only what stands before it
   * @param outputs names of tensors
   * @param metadata what is worth keeping of the file, as producer or opset
   * @throws MalformedInputException if a name is missing or defined twice, or a type does not fit
   */
  public static ModelGraph of(
      Map<String, TensorType> inputs,
      Map<String, Tensor> constants,
      List<Node> nodes,
      List<String> outputs,
      Map<String, String> metadata) {
    return new ModelGraph(inputs, constants, nodes, outputs, metadata);
  }

  /** Names and types of the inputs, in the model's order. */
  public Map<String, TensorType> inputs() {
    return inputs;
  }

  /** Fixed tensors by name. */
  public Map<String, Tensor> constants() {
    return constants;
  }

  /** The nodes, each after those it reads from. */
  public List<Node> nodes() {
    return nodes;
  }

  /** Names of the outputs, in the model's order. */
  public List<String> outputs() {
    return outputs;
  }

  /** What was kept of the file's metadata. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Whether a tensor of this name exists. */
  public boolean has(String tensor) {
    return types.containsKey(tensor);
  }

  /**
   * The type of a tensor.
   *
   * @throws IllegalArgumentException if there is no such tensor
   */
  public TensorType type(String tensor) {
    TensorType type = types.get(tensor);
    if (type == null) {
      throw new IllegalArgumentException("The graph has no tensor named \"" + tensor + "\"");
    }
    return type;
  }

  /** The node that makes a tensor; empty for inputs and constants. */
  public Optional<Node> producer(String tensor) {
    return Optional.ofNullable(producers.get(tensor));
  }

  /** The nodes that read a tensor, in order; a node that reads it twice stands twice. */
  public List<Node> consumers(String tensor) {
    return Collections.unmodifiableList(consumers.getOrDefault(tensor, List.of()));
  }

  /** All tensors that depend on any of the given ones, those included. */
  public Set<String> downstream(Set<String> tensors) {
    Set<String> reached = new LinkedHashSet<>(tensors);
    for (Node node : nodes) {
      if (!Collections.disjoint(node.inputs(), reached)) {
        reached.add(node.output());
      }
    }
    return reached;
  }

  /** All tensors that any of the given ones depend on, those included. */
  public Set<String> upstream(Set<String> tensors) {
    Set<String> reached = new LinkedHashSet<>(tensors);
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (reached.contains(nodes.get(i).output())) {
        reached.addAll(nodes.get(i).inputs());
      }
    }
    return reached;
  }

  /** The size of all constants in bytes. */
  public long constantBytes() {
    return constants.values().stream()
        .mapToLong(t -> t.shape().size() * t.elementType().bytes())
        .sum();
  }
}
