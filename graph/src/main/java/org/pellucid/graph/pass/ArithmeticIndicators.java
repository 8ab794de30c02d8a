package org.pellucid.graph.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Unary;

/**
 * For engines that compare slowly: a float32 number that is 1 where x is greater than a bound, and
 * otherwise 0, computed as a clipped line so steep that nothing lies on its slope, {@code max(0,
 * min(1, s (x - bound)))}, rather than as a bool that is converted. Gradients of ReLU are products
 * with such indicators.
 *
 * <p>The slope s is the largest float32 number. With a bound of 0 the indicator is therefore a
 * fraction for subnormal x below 2.94e-39, and exact otherwise: the difference to another bound is
 * never so small.
 */
public final class ArithmeticIndicators {
  private static final double STEEP = Float.MAX_VALUE;

  private ArithmeticIndicators() {}

  /** The same graph with float32 indicators computed without comparing. */
  public static ModelGraph of(ModelGraph graph) {
    Map<String, List<Node>> steps = new HashMap<>();
    Set<String> compared = new HashSet<>();
    for (Node node : graph.nodes()) {
      indicator(graph, node)
          .ifPresent(
              line -> {
                steps.put(node.output(), line);
                compared.add(node.inputs().get(0));
              });
    }
    if (steps.isEmpty()) {
      return graph;
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (steps.containsKey(node.output())) {
        nodes.addAll(steps.get(node.output()));
      } else if (!compared.contains(node.output()) || isRead(graph, node.output(), steps)) {
        nodes.add(node);
      }
    }
    return ModelGraph.of(
        graph.inputs(), graph.constants(), nodes, graph.outputs(), graph.metadata());
  }

  /** Whether anything but the replaced nodes reads the outcome of a comparison. */
  private static boolean isRead(ModelGraph graph, String compared, Map<String, List<Node>> steps) {
    return graph.outputs().contains(compared)
        || !graph.consumers(compared).stream()
            .allMatch(reader -> steps.containsKey(reader.output()));
  }

  /** The nodes in the place of a conversion of a comparison with a number. */
  private static Optional<List<Node>> indicator(ModelGraph graph, Node node) {
    if (!(node.operation() instanceof Cast cast) || cast.to() != ElementType.FLOAT32) {
      return Optional.empty();
    }
    Node comparison = graph.producer(node.inputs().get(0)).orElse(null);
    Operation line = comparison == null ? null : line(comparison.operation());
    if (line == null) {
      return Optional.empty();
    }
    String x = comparison.inputs().get(0);
    Tensor bound = graph.constants().get(comparison.inputs().get(1));
    TensorType type = graph.type(x);
    if (bound == null
        || bound.size() != 1
        || type.elementType() != ElementType.FLOAT32
        || !type.shape().equals(graph.type(node.output()).shape())) {
      return Optional.empty();
    }
    double offset = bound.get(0);
    if (offset == 0) {
      return Optional.of(List.of(node.with(line).withInputs(List.of(x))));
    }
    if (!Double.isFinite(offset)) {
      return Optional.empty();
    }
    String difference = node.output() + "/difference";
    while (graph.has(difference)) {
      difference += "_";
    }
    return Optional.of(
        List.of(
            new Node(difference, new Unary.Affine(1, -offset), List.of(x), difference, ""),
            node.with(line).withInputs(List.of(difference))));
  }

  /** The indicator of a comparison by the difference of its operands; null for others. */
  private static Operation line(Operation comparison) {
    if (comparison instanceof Binary.Greater) {
      return new Unary.HardSigmoid(STEEP, 0);
    }
    if (comparison instanceof Binary.Less) {
      return new Unary.HardSigmoid(-STEEP, 0);
    }
    if (comparison instanceof Binary.GreaterOrEqual) {
      return new Unary.HardSigmoid(STEEP, 1);
    }
    return comparison instanceof Binary.LessOrEqual ? new Unary.HardSigmoid(-STEEP, 1) : null;
  }
}
