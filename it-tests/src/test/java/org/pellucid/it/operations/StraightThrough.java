package org.pellucid.it.operations;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Unary;

/**
 * What the straight-through estimator takes a graph for near a point: every rounding adds a
 * constant, what it adds at that point. Its derivative there is the gradient to expect.
 */
final class StraightThrough {
  private StraightThrough() {}

  /**
   * The graph with constants added in place of its roundings, and with bounds between which all
   * lies that rounds to what is within them: at the inputs it has the same values.
   */
  static ModelGraph near(ModelGraph graph, Map<String, Tensor> inputs) {
    Set<String> rounded =
        graph.nodes().stream()
            .filter(node -> node.operation() instanceof Unary.RoundStraightThrough)
            .map(Node::output)
            .collect(Collectors.toSet());
    if (rounded.isEmpty()) {
      return graph;
    }
    Set<String> whole = graph.downstream(rounded);
    Map<Node, Operation> smooth = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (rounded.contains(node.output())) {
        smooth.put(node, new Unary.Identity());
      } else if (node.operation() instanceof Unary.Clip clip && whole.contains(node.output())) {
        smooth.put(node, new Unary.Clip(clip.min() - 0.5, clip.max() + 0.5));
      }
    }
    Set<String> wanted =
        smooth.keySet().stream()
            .flatMap(node -> Stream.of(node.inputs().get(0), node.output()))
            .collect(Collectors.toSet());
    Map<String, Tensor> values = new ReferenceInterpreter(graph).run(inputs, wanted);
    Map<String, Tensor> constants = new HashMap<>(graph.constants());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Operation other = smooth.get(node);
      if (other == null) {
        nodes.add(node);
        continue;
      }
      String between = node.output() + "/between";
      String added = node.output() + "/added";
      Tensor before = other.evaluate(List.of(values.get(node.inputs().get(0))));
      constants.put(
          added,
          new Binary.Sub()
              .evaluate(List.of(values.get(node.output()), before))
              .cast(graph.type(node.output()).elementType()));
      nodes.add(new Node(between, other, node.inputs(), between, ""));
      nodes.add(new Node(added, new Binary.Add(), List.of(between, added), node.output(), ""));
    }
    return ModelGraph.of(graph.inputs(), constants, nodes, graph.outputs(), graph.metadata());
  }
}
