package org.pellucid.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a graph in plain Java and double precision, one {@link Operation#evaluate} after the other.
 * Slow and simple: the oracle that engines are checked against. Safe for use by several threads.
 */
public final class ReferenceInterpreter {
  private final ModelGraph graph;

  /** An interpreter of a graph; constants are widened to float64 when they are used. */
  public ReferenceInterpreter(ModelGraph graph) {
    this.graph = graph;
  }

  /**
   * Computes tensors of the graph, and no more than they need. A value is let go once nothing needs
   * it any more.
   *
   * @param inputs a value per input of the graph, of its shape; floats of any width
   * @param wanted names of tensors
   * @return the wanted tensors in the order asked for; those of floating type as FLOAT64
   * @throws IllegalArgumentException if the graph has no tensor of a wanted name, or an input that
   *     is needed is missing or has another shape
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> wanted) {
    wanted.forEach(graph::type);
    Set<String> needed = graph.upstream(wanted);
    Map<String, Tensor> values = new HashMap<>();
    graph.inputs().keySet().stream()
        .filter(needed::contains)
        .forEach(name -> values.put(name, input(name, inputs.get(name))));
    List<Node> nodes =
        graph.nodes().stream().filter(node -> needed.contains(node.output())).toList();
    List<Set<String>> spent = lastUses(nodes, wanted);
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      List<Tensor> arguments = new ArrayList<>();
      for (String name : node.inputs()) {
        arguments.add(value(name, values));
      }
      values.put(node.output(), node.operation().evaluate(arguments));
      values.keySet().removeAll(spent.get(i));
    }
    Map<String, Tensor> results = new LinkedHashMap<>();
    wanted.forEach(name -> results.put(name, value(name, values)));
    return results;
  }

  private Tensor input(String name, Tensor given) {
    TensorType expected = graph.type(name);
    if (given == null) {
      throw new IllegalArgumentException(
          "Input \"" + name + "\" is needed, of type " + expected + ", and is not given");
    }
    boolean fits =
        given.shape().equals(expected.shape())
            && given.elementType().isFloating() == expected.elementType().isFloating()
            && (given.elementType().isFloating() || given.elementType() == expected.elementType());
    if (!fits) {
      throw new IllegalArgumentException(
          "Input \"" + name + "\" is " + expected + ", found " + given.type());
    }
    return widen(given);
  }

  private Tensor value(String name, Map<String, Tensor> values) {
    Tensor constant = graph.constants().get(name);
    return constant != null ? widen(constant) : values.get(name);
  }

  private static Tensor widen(Tensor value) {
    return value.elementType().isFloating() ? value.cast(ElementType.FLOAT64) : value;
  }

  /** For each node, the tensors that no later node reads and nobody wants. */
  private static List<Set<String>> lastUses(List<Node> nodes, Set<String> wanted) {
    Set<String> later = new HashSet<>(wanted);
    List<Set<String>> spent = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Set<String> here = new HashSet<>(nodes.get(i).inputs());
      here.removeAll(later);
      later.addAll(here);
      spent.add(0, here);
    }
    return spent;
  }
}
