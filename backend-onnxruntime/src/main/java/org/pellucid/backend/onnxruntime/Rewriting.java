package org.pellucid.backend.onnxruntime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;

/** A graph in which some nodes are replaced by others, one node after the other. */
final class Rewriting {
  /** Rewrites a node. */
  @FunctionalInterface
  interface Rule {
    /**
     * Adds what takes a node's place.
     *
     * @return false to leave the node as it is
     */
    boolean apply(Node node, Rewriting rewriting);
  }

  private final ModelGraph graph;
  private final Map<String, Tensor> constants;
  private final List<Node> nodes = new ArrayList<>();

  private Rewriting(ModelGraph graph) {
    this.graph = graph;
    this.constants = new LinkedHashMap<>(graph.constants());
  }

  /** The graph with what a rule makes of it, without constants that nobody reads any more. */
  static ModelGraph of(ModelGraph graph, Rule rule) {
    Rewriting rewriting = new Rewriting(graph);
    boolean changed = false;
    for (Node node : graph.nodes()) {
      if (rule.apply(node, rewriting)) {
        changed = true;
      } else {
        rewriting.add(node);
      }
    }
    return changed ? rewriting.result() : graph;
  }

  private ModelGraph result() {
    Set<String> read =
        Stream.concat(
                graph.outputs().stream(), nodes.stream().flatMap(node -> node.inputs().stream()))
            .collect(Collectors.toSet());
    constants.keySet().retainAll(read);
    return ModelGraph.of(graph.inputs(), constants, nodes, graph.outputs(), graph.metadata());
  }

  /** The graph as it was. */
  ModelGraph graph() {
    return graph;
  }

  /** A constant, or null. */
  Tensor constant(String name) {
    return constants.get(name);
  }

  void add(Node node) {
    nodes.add(node);
  }

  /** A name like one that nothing has yet. */
  String unused(String name) {
    String free = name;
    while (graph.has(free) || constants.containsKey(free)) {
      free += "_";
    }
    return free;
  }

  /** The name of a new constant, or of one that was made before under that name. */
  String constant(String name, Tensor value) {
    String free = name;
    while (graph.has(free)) {
      free += "_";
    }
    constants.putIfAbsent(free, value);
    return free;
  }
}
