package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;

/**
 * Puts a file's nodes into an order in which they can be computed, and finds what makes that
 * impossible: names that nothing makes, names that two nodes make, cycles.
 */
final class NodeOrder {
  private NodeOrder() {}

  /**
   * The nodes that the outputs depend on, each after those it reads from; otherwise in file order.
   *
   * @param nodes in file order
   * @param given names of inputs and initializers
   * @param outputs names of the graph's outputs
   * @throws MalformedInputException if there is no such order
   */
  static List<OnnxNode> of(List<OnnxNode> nodes, Set<String> given, List<String> outputs) {
    Map<String, Integer> makers = makers(nodes, given);
    for (String output : outputs) {
      if (!makers.containsKey(output) && !given.contains(output)) {
        throw new MalformedInputException(
            "The graph's output \"" + output + "\" is not made by any of its nodes");
      }
    }
    return pick(sort(nodes, makers, given), outputs);
  }

  private static Map<String, Integer> makers(List<OnnxNode> nodes, Set<String> given) {
    Map<String, Integer> makers = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        if (output.isEmpty()) {
          continue;
        }
        Integer other = makers.putIfAbsent(output, i);
        if (other != null || given.contains(output)) {
          throw new MalformedInputException(
              "Tensor \""
                  + output
                  + "\" is made by node \""
                  + nodes.get(i).displayName()
                  + "\" and also "
                  + (other == null
                      ? "an input or an initializer"
                      : "by node \"" + nodes.get(other).displayName() + "\""));
        }
      }
    }
    return makers;
  }

  private static List<OnnxNode> sort(
      List<OnnxNode> nodes, Map<String, Integer> makers, Set<String> given) {
    int[] missing = new int[nodes.size()];
    Map<Integer, List<Integer>> readers = new HashMap<>();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < missing.length; i++) {
      for (String input : nodes.get(i).reads()) {
        Integer maker = makers.get(input);
        if (maker != null) {
          missing[i]++;
          readers.computeIfAbsent(maker, key -> new ArrayList<>()).add(i);
        } else if (!input.isEmpty() && !given.contains(input)) {
          throw new MalformedInputException(
              "Node \""
                  + nodes.get(i).displayName()
                  + "\" ("
                  + nodes.get(i).operator()
                  + ") reads \""
                  + input
                  + "\", which nothing makes");
        }
      }
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<OnnxNode> sorted = new ArrayList<>(nodes.size());
    while (!ready.isEmpty()) {
      int next = ready.remove();
      sorted.add(nodes.get(next));
      for (int reader : readers.getOrDefault(next, List.of())) {
        if (--missing[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    if (sorted.size() < nodes.size()) {
      throw cycle(nodes, missing, makers);
    }
    return sorted;
  }

  /** Walks back from a node that never got ready until a node is met twice. */
  private static MalformedInputException cycle(
      List<OnnxNode> nodes, int[] missing, Map<String, Integer> makers) {
    int at = 0;
    while (missing[at] == 0) {
      at++;
    }
    Map<Integer, Boolean> seen = new LinkedHashMap<>();
    while (seen.putIfAbsent(at, true) == null) {
      for (String input : nodes.get(at).reads()) {
        Integer maker = makers.get(input);
        if (maker != null && missing[maker] > 0) {
          at = maker;
          break;
        }
      }
    }
    return new MalformedInputException(
        "The graph has a cycle through node \""
            + nodes.get(at).displayName()
            + "\" ("
            + nodes.get(at).operator()
            + ")");
  }

  private static List<OnnxNode> pick(List<OnnxNode> sorted, Collection<String> outputs) {
    Set<String> needed = new HashSet<>(outputs);
    List<OnnxNode> picked = new ArrayList<>();
    for (int i = sorted.size() - 1; i >= 0; i--) {
      OnnxNode node = sorted.get(i);
      if (node.outputs().stream().anyMatch(needed::contains)) {
        node.reads().stream().filter(input -> !input.isEmpty()).forEach(needed::add);
        picked.add(node);
      }
    }
    Collections.reverse(picked);
    return picked;
  }
}
