package org.pellucid.backend.djl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.TensorType;

/**
 * What is computed in one run of a graph, in which order, and what may be let go of when.
 *
 * @param graph the graph for the run's number of samples
 * @param steps the nodes in order
 * @param kept computed or given tensors that are needed after the run: its ends, and what bypasses
 *     a tap, from which the network may be resumed
 * @param unused given tensors that nothing needs
 */
record Plan(ModelGraph graph, List<Step> steps, Set<String> kept, List<String> unused) {
  /**
   * One computation.
   *
   * @param node what is computed
   * @param types the types of its inputs
   * @param output the type of its output
   * @param released tensors that no later step needs
   */
  record Step(Node node, List<TensorType> types, TensorType output, List<String> released) {}

  /**
   * Plans a run.
   *
   * @param graph the graph for the run's number of samples
   * @param given tensors that have values before the run; what leads to them is not computed
   * @param ends tensors whose values are wanted
   * @param taps those of them of which what bypasses them is kept, too
   */
  static Plan of(ModelGraph graph, Set<String> given, Set<String> ends, Set<String> taps) {
    List<Node> nodes = needed(graph, given, ends);
    Set<String> kept = new LinkedHashSet<>(ends);
    taps.forEach(tap -> kept.addAll(bypass(graph, nodes, tap)));
    kept.removeAll(graph.constants().keySet());

    Map<String, Integer> lastUses = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String input : nodes.get(i).inputs()) {
        lastUses.put(input, i);
      }
      lastUses.putIfAbsent(nodes.get(i).output(), i);
    }
    Map<Integer, List<String>> released = new HashMap<>();
    lastUses.forEach(
        (tensor, step) -> {
          if (!kept.contains(tensor) && !graph.constants().containsKey(tensor)) {
            released.computeIfAbsent(step, key -> new ArrayList<>()).add(tensor);
          }
        });
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      steps.add(
          new Step(
              node,
              node.inputs().stream().map(graph::type).toList(),
              graph.type(node.output()),
              List.copyOf(released.getOrDefault(i, List.of()))));
    }
    List<String> unused =
        given.stream()
            .filter(tensor -> !kept.contains(tensor) && !lastUses.containsKey(tensor))
            .toList();
    return new Plan(graph, List.copyOf(steps), Set.copyOf(kept), unused);
  }

  /** The nodes on the way from what is given to the ends. */
  private static List<Node> needed(ModelGraph graph, Set<String> given, Set<String> ends) {
    Set<String> wanted = new HashSet<>(ends);
    List<Node> nodes = new ArrayList<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (wanted.contains(node.output()) && !given.contains(node.output())) {
        wanted.addAll(node.inputs());
        nodes.add(node);
      }
    }
    Collections.reverse(nodes);
    return nodes;
  }

  /** Tensors beside a tap that the rest of the network reads. */
  private static Set<String> bypass(ModelGraph graph, List<Node> nodes, String tap) {
    Set<String> downstream = graph.downstream(Set.of(tap));
    Set<String> bypass = new LinkedHashSet<>();
    for (Node node : nodes) {
      if (downstream.contains(node.output())) {
        node.inputs().stream().filter(input -> !downstream.contains(input)).forEach(bypass::add);
      }
    }
    return bypass;
  }
}
