package org.pellucid.it.operations;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Graphs side by side as one, which an engine loads and runs at once. */
final class GraphUnion {
  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();

  /** Adds a graph, whose tensors and nodes get a prefix of its own. */
  void add(String prefix, ModelGraph graph) {
    graph.inputs().forEach((name, type) -> inputs.put(prefix + name, type));
    graph.constants().forEach((name, value) -> constants.put(prefix + name, value));
    for (Node node : graph.nodes()) {
      nodes.add(
          new Node(
              prefix + node.name(),
              node.operation(),
              node.inputs().stream().map(prefix::concat).toList(),
              prefix + node.output(),
              node.source()));
    }
    graph.outputs().forEach(name -> outputs.add(prefix + name));
  }

  ModelGraph graph() {
    return ModelGraph.of(inputs, constants, nodes, outputs, Map.of());
  }
}
