package org.pellucid.core.compare;

import java.util.List;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.MaxPoolGrad;
import org.pellucid.graph.op.MaxPoolSelect;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;

/**
 * The operations whose derivative jumps, and on which side of the jump each of their units stands.
 */
final class Kinks {
  private Kinks() {}

  /**
   * How the units of an operation stand in two computations.
   *
   * @param switched how many stand on different sides
   * @param worst the largest move of one that does, as a part of the largest value of its tensor;
   *     infinite where that cannot be told
   */
  record Switches(long switched, double worst) {
    private static final Switches NONE = new Switches(0, 0);

    private Switches plus(boolean differs, double move) {
      return differs ? new Switches(switched + 1, Math.max(worst, move)) : this;
    }
  }

  /** The nodes with such operations on the way from some tensors to another, in order. */
  static List<Node> between(ModelGraph graph, Set<String> from, String to) {
    Set<String> downstream = graph.downstream(from);
    Set<String> upstream = graph.upstream(Set.of(to));
    return graph.nodes().stream()
        .filter(node -> isKinked(node.operation()))
        .filter(node -> upstream.contains(node.output()))
        .filter(node -> watched(graph, node).stream().anyMatch(downstream::contains))
        .toList();
  }

  /** The tensors that decide on which side the units of a node stand, constants included. */
  static List<String> watched(ModelGraph graph, Node node) {
    boolean first =
        node.operation() instanceof Binary.PRelu
            || node.operation() instanceof MaxPoolGrad
            || node.operation() instanceof MaxPoolSelect;
    List<String> inputs = first ? node.inputs().subList(0, 1) : node.inputs();
    boolean floating =
        inputs.stream().allMatch(input -> graph.type(input).elementType().isFloating());
    return floating ? inputs : List.of();
  }

  private static boolean isKinked(Operation operation) {
    return thresholds(operation).length > 0
        || operation instanceof Unary.Abs
        || operation instanceof Unary.Sign
        || isStep(operation)
        || isPairwise(operation)
        || operation instanceof Binary.Mod
        || operation instanceof Reduce.ReduceMax
        || operation instanceof Reduce.ReduceMin
        || operation instanceof ArgMax
        || pool(operation) != null;
  }

  /** Where a function of one number has its kinks; none for a smooth one. */
  private static double[] thresholds(Operation operation) {
    if (operation instanceof Unary.Relu
        || operation instanceof Unary.LeakyRelu
        || operation instanceof Unary.Elu
        || operation instanceof Unary.Selu
        || operation instanceof Unary.Celu
        || operation instanceof Binary.PRelu) {
      return new double[] {0};
    } else if (operation instanceof Unary.ThresholdedRelu relu) {
      return new double[] {relu.alpha()};
    } else if (operation instanceof Unary.HardSigmoid slope) {
      return new double[] {-slope.beta() / slope.alpha(), (1 - slope.beta()) / slope.alpha()};
    } else if (operation instanceof Unary.HardSwish) {
      return new double[] {-3, 3};
    } else if (operation instanceof Unary.Clip clip) {
      return new double[] {clip.min(), clip.max()};
    }
    return new double[0];
  }

  private static boolean isStep(Operation operation) {
    return operation instanceof Unary.Floor
        || operation instanceof Unary.Ceil
        || operation instanceof Unary.Round
        || operation instanceof Unary.RoundStraightThrough;
  }

  private static boolean isPairwise(Operation operation) {
    return operation instanceof Binary.Min
        || operation instanceof Binary.Max
        || operation instanceof Binary.Less
        || operation instanceof Binary.LessOrEqual
        || operation instanceof Binary.Greater
        || operation instanceof Binary.GreaterOrEqual
        || operation instanceof Binary.Equal;
  }

  private static MaxPool pool(Operation operation) {
    if (operation instanceof MaxPool pool) {
      return pool;
    } else if (operation instanceof MaxPoolGrad gradient) {
      return gradient.pool();
    }
    return operation instanceof MaxPoolSelect select ? select.pool() : null;
  }

  /**
   * Compares the sides of an operation's units.
   *
   * @param own the watched tensors as an engine computed them
   * @param exact the same in double precision
   */
  static Switches compare(Operation operation, List<Tensor> own, List<Tensor> exact) {
    if (pool(operation) != null) {
      return pools(pool(operation), own.get(0), exact.get(0));
    } else if (isPairwise(operation)) {
      double scale = Math.max(largest(exact.get(0)), largest(exact.get(1)));
      return signs(
          difference(own.get(0), own.get(1)), difference(exact.get(0), exact.get(1)), scale);
    } else if (operation instanceof Reduce.ReduceMax reduce) {
      Operation kept = new Reduce.ReduceMax(reduce.axes(), true);
      return extremes(kept, own.get(0), exact.get(0));
    } else if (operation instanceof Reduce.ReduceMin reduce) {
      Operation kept = new Reduce.ReduceMin(reduce.axes(), true);
      return extremes(kept, own.get(0), exact.get(0));
    } else if (operation instanceof ArgMax || operation instanceof Binary.Mod) {
      return values(operation, own, exact);
    } else if (operation instanceof Unary.Abs || operation instanceof Unary.Sign) {
      return signs(own.get(0), exact.get(0), largest(exact.get(0)));
    } else if (operation instanceof Unary step && isStep(operation)) {
      return steps(step, own.get(0), exact.get(0));
    }
    return thresholds(thresholds(operation), own.get(0), exact.get(0));
  }

  private static Tensor difference(Tensor a, Tensor b) {
    return new Binary.Sub().evaluate(List.of(a, b));
  }

  private static double largest(Tensor tensor) {
    return MapAgreement.largest(tensor.toDoubleArray());
  }

  private static double part(double move, double scale) {
    return move == 0 ? 0 : Math.abs(move) / scale;
  }

  private static Switches thresholds(double[] thresholds, Tensor own, Tensor exact) {
    double scale = largest(exact);
    Switches found = Switches.NONE;
    double[] xs = own.toDoubleArray();
    double[] ys = exact.toDoubleArray();
    for (int i = 0; i < xs.length; i++) {
      boolean differs = false;
      for (double threshold : thresholds) {
        differs |= (xs[i] > threshold) != (ys[i] > threshold);
      }
      found = found.plus(differs, part(xs[i] - ys[i], scale));
    }
    return found;
  }

  private static Switches signs(Tensor own, Tensor exact, double scale) {
    Switches found = Switches.NONE;
    double[] xs = own.toDoubleArray();
    double[] ys = exact.toDoubleArray();
    for (int i = 0; i < xs.length; i++) {
      found = found.plus(Math.signum(xs[i]) != Math.signum(ys[i]), part(xs[i] - ys[i], scale));
    }
    return found;
  }

  private static Switches steps(Unary step, Tensor own, Tensor exact) {
    double scale = largest(exact);
    Switches found = Switches.NONE;
    for (int i = 0; i < own.size(); i++) {
      double x = own.get(i);
      double y = exact.get(i);
      found = found.plus(step.apply(x) != step.apply(y), part(x - y, scale));
    }
    return found;
  }

  /** Which elements equal the largest (or smallest) of their group. */
  private static Switches extremes(Operation reduce, Tensor own, Tensor exact) {
    return signs(
        difference(own, reduce.evaluate(List.of(own))),
        difference(exact, reduce.evaluate(List.of(exact))),
        largest(exact));
  }

  /** How far a unit that switched has moved cannot be told from its result. */
  private static Switches values(Operation operation, List<Tensor> own, List<Tensor> exact) {
    Tensor xs = operation.evaluate(own);
    Tensor ys = operation.evaluate(exact);
    Switches found = Switches.NONE;
    for (int i = 0; i < xs.size(); i++) {
      boolean differs =
          operation instanceof ArgMax
              ? xs.get(i) != ys.get(i)
              : Math.abs(xs.get(i) - ys.get(i)) > Math.abs(ys.get(i)) / 2;
      found = found.plus(differs, Double.POSITIVE_INFINITY);
    }
    return found;
  }

  /** Which element of its window each unit of a pool takes. */
  private static Switches pools(MaxPool pool, Tensor own, Tensor exact) {
    Shape shape = exact.shape();
    double[] numbers = new double[exact.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    Tensor positions = Tensor.of(shape, numbers);
    MaxPoolSelect select = new MaxPoolSelect(pool);
    Tensor taken = select.evaluate(List.of(own, positions));
    Tensor right = select.evaluate(List.of(exact, positions));
    double scale = largest(exact);
    Switches found = Switches.NONE;
    for (int i = 0; i < taken.size(); i++) {
      int there = (int) taken.get(i);
      int here = (int) right.get(i);
      found = found.plus(there != here, part(exact.get(here) - exact.get(there), scale));
    }
    return found;
  }
}
