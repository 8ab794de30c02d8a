package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;

/** A graph while it is put together. Knows the type of every tensor so far. */
final class NetworkAssembly {
  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final Map<String, TensorType> types = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /**
   * Starts with nothing.
   *
   * @param reserved names of layers, which helpers and weights must not take
   */
  NetworkAssembly(Set<String> reserved) {
    names.addAll(reserved);
  }

  void addInput(String name, TensorType type) {
    if (!type.isIndexable()) {
      throw new UnsupportedModelException(
          "The input \"" + name + "\" is " + type + ", 2^31 elements or more");
    }
    if (types.containsKey(name)) {
      throw new MalformedInputException("Two inputs are called \"" + name + "\"");
    }
    names.add(name);
    inputs.put(name, type);
    types.put(name, type);
  }

  void addConstant(String name, Tensor value) {
    constants.put(name, value);
    types.put(name, value.type());
  }

  /** Adds a node whose output is of the same name as it is itself. */
  void add(Node node) {
    TensorType type = node.infer(node.inputs().stream().map(this::type).toList());
    if (types.put(node.output(), type) != null) {
      throw new MalformedInputException("Two layers are called \"" + node.output() + "\"");
    }
    nodes.add(node);
  }

  TensorType type(String tensor) {
    TensorType type = types.get(tensor);
    if (type == null) {
      throw new MalformedInputException("There is no tensor \"" + tensor + "\"");
    }
    return type;
  }

  Shape shape(String tensor) {
    return type(tensor).shape();
  }

  /** A name like the wanted one that nothing else has. */
  String freshName(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  /** Gives the last node, which nothing reads yet, another name. */
  void renameLast(String tensor, String name) {
    Node last = nodes.get(nodes.size() - 1);
    if (!last.output().equals(tensor)) {
      throw new IllegalStateException(tensor + " is not what " + last.describe() + " makes");
    }
    if (types.containsKey(name)) {
      throw new MalformedInputException("Two layers are called \"" + name + "\"");
    }
    nodes.set(
        nodes.size() - 1, new Node(name, last.operation(), last.inputs(), name, last.source()));
    types.put(name, types.remove(tensor));
  }

  /** Whether a tensor is what the last node makes. */
  boolean isLast(String tensor) {
    return !nodes.isEmpty() && nodes.get(nodes.size() - 1).output().equals(tensor);
  }

  /** The number of nodes so far. */
  int size() {
    return nodes.size();
  }

  /** The graph of what the outputs need. */
  ModelGraph finish(List<String> outputs, Map<String, String> metadata) {
    Set<String> needed = new HashSet<>(outputs);
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (needed.contains(node.output())) {
        needed.addAll(node.inputs());
        kept.add(node);
      }
    }
    Collections.reverse(kept);
    constants.keySet().retainAll(needed);
    return ModelGraph.of(inputs, constants, kept, outputs, metadata);
  }
}
