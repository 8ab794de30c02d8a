package org.pellucid.graph.pass;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
 * with such indicators. That a magnitude is below a bound is told by its square, that two things
 * hold by a product, and multiples of an indicator up to 1 by a line as well: engines that keep
 * feature maps in a layout of their own know these operations there.
 *
 * <p>With a bound of 0 the slope s is the largest float32 number. The indicator is then a fraction
 * for subnormal x below 2.94e-39, and exact otherwise: the difference to another bound is never so
 * small.
 */
public final class ArithmeticIndicators {
  private static final double STEEP = Float.MAX_VALUE;

  /**
   * A power of two, which products with float32 numbers of moderate size do not round, and with
   * which the distance of neighbours among them becomes more than 1.
   */
  private static final double POWER = 0x1p100;

  private static final float LEAST_BOUND = 0x1p-40f;
  private static final float MOST_BOUND = 0x1p20f;

  private ArithmeticIndicators() {}

  /** The same graph with float32 indicators computed without comparing. */
  public static ModelGraph of(ModelGraph graph) {
    Map<String, List<Node>> steps = new HashMap<>();
    for (Node node : graph.nodes()) {
      List<Node> replaced = new ArrayList<>();
      boolean known =
          node.operation() instanceof Unary.Affine affine
              ? multiple(affine, node, steps.keySet(), replaced)
              : node.operation() instanceof Cast cast
                  && cast.to() == ElementType.FLOAT32
                  && new Lines(graph, node).indicate(node.inputs().get(0), node.output(), replaced);
      if (known) {
        steps.put(node.output(), replaced);
      }
    }
    if (steps.isEmpty()) {
      return graph;
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.addAll(steps.getOrDefault(node.output(), List.of(node)));
    }
    return ModelGraph.of(
        graph.inputs(),
        graph.constants(),
        withoutUnread(nodes, graph),
        graph.outputs(),
        graph.metadata());
  }

  /** Nodes but for those whose readers were all replaced. */
  private static List<Node> withoutUnread(List<Node> nodes, ModelGraph graph) {
    Set<String> read = new HashSet<>(graph.outputs());
    Deque<Node> kept = new ArrayDeque<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      boolean wasRead = graph.has(node.output()) && !graph.consumers(node.output()).isEmpty();
      if (read.contains(node.output()) || !wasRead) {
        kept.addFirst(node);
        read.addAll(node.inputs());
      }
    }
    return List.copyOf(kept);
  }

  /** An indicator times a number between 0 and 1. */
  private static boolean multiple(
      Unary.Affine affine, Node node, Set<String> indicators, List<Node> replaced) {
    if (affine.offset() != 0
        || !(affine.scale() > 0 && affine.scale() <= 1)
        || !indicators.contains(node.inputs().get(0))) {
      return false;
    }
    replaced.add(node.with(new Unary.HardSigmoid(affine.scale(), 0)));
    return true;
  }

  /** Writes the nodes in the place of one conversion of a condition to a number. */
  private record Lines(ModelGraph graph, Node cast) {
    /**
     * Adds the nodes that make the indicator of a condition.
     *
     * @param output how it is called
     * @return whether there are such
     */
    boolean indicate(String condition, String output, List<Node> nodes) {
      Node node = graph.producer(condition).orElse(null);
      if (node == null) {
        return false;
      }
      if (node.operation() instanceof Binary.And) {
        String first = unused(output + "/first");
        String second = unused(output + "/second");
        if (!indicate(node.inputs().get(0), first, nodes)
            || !indicate(node.inputs().get(1), second, nodes)) {
          return false;
        }
        nodes.add(node(output, new Binary.Mul(), first, second));
        return true;
      }
      return compares(node) && line(node, output, nodes);
    }

    /** Whether a node compares a float32 tensor with a number. */
    private boolean compares(Node node) {
      if (node.inputs().size() != 2) {
        return false;
      }
      Tensor bound = graph.constants().get(node.inputs().get(1));
      TensorType type = graph.type(node.inputs().get(0));
      return bound != null
          && bound.size() == 1
          && Double.isFinite(bound.get(0))
          && type.elementType() == ElementType.FLOAT32
          && type.shape().equals(graph.type(cast.output()).shape());
    }

    private boolean line(Node comparison, String output, List<Node> nodes) {
      String x = comparison.inputs().get(0);
      float bound = (float) graph.constants().get(comparison.inputs().get(1)).get(0);
      Node magnitude = graph.producer(x).orElse(null);
      if (magnitude != null
          && magnitude.operation() instanceof Unary.Abs
          && isToldBySquares(bound)
          && moderate(comparison.operation(), bound * bound) != null) {
        String signed = magnitude.inputs().get(0);
        String square = unused(output + "/square");
        nodes.add(new Node(square, new Binary.Mul(), List.of(signed, signed), square, ""));
        nodes.add(node(output, moderate(comparison.operation(), bound * bound), square));
        return true;
      }
      Operation line =
          bound == 0 ? steep(comparison.operation()) : moderate(comparison.operation(), bound);
      if (line != null) {
        nodes.add(node(output, line, x));
        return true;
      }
      if (steep(comparison.operation()) == null) {
        return false;
      }
      String difference = unused(output + "/difference");
      nodes.add(new Node(difference, new Unary.Affine(1, -bound), List.of(x), difference, ""));
      nodes.add(node(output, steep(comparison.operation()), difference));
      return true;
    }

    /** A node of the conversion's name where it makes the conversion's output. */
    private Node node(String output, Operation operation, String... inputs) {
      return output.equals(cast.output())
          ? cast.with(operation).withInputs(List.of(inputs))
          : new Node(output, operation, List.of(inputs), output, "");
    }

    private String unused(String name) {
      String free = name;
      while (graph.has(free)) {
        free += "_";
      }
      return free;
    }
  }

  /** Whether a bound has a square in float32, and its neighbours have others. */
  private static boolean isToldBySquares(float bound) {
    float square = bound * bound;
    float above = Math.nextUp(bound);
    float below = Math.nextDown(bound);
    return bound > 0
        && (double) bound * bound == square
        && above * above > square
        && below * below < square;
  }

  /** The indicator of a comparison with 0; null for others. */
  private static Operation steep(Operation comparison) {
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

  /** The indicator of a comparison with a bound of moderate size, in one line; null for others. */
  private static Operation moderate(Operation comparison, float bound) {
    if (Math.abs(bound) < LEAST_BOUND || Math.abs(bound) > MOST_BOUND) {
      return null;
    }
    if (comparison instanceof Binary.Greater) {
      return new Unary.HardSigmoid(POWER, -POWER * bound);
    }
    if (comparison instanceof Binary.Less) {
      return new Unary.HardSigmoid(-POWER, POWER * bound);
    }
    if (comparison instanceof Binary.GreaterOrEqual) {
      return new Unary.HardSigmoid(POWER, -POWER * Math.nextDown(bound));
    }
    return comparison instanceof Binary.LessOrEqual
        ? new Unary.HardSigmoid(-POWER, POWER * Math.nextUp(bound))
        : null;
  }
}
