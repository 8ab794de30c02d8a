package org.pellucid.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.op.Where;

/**
 * Generates cases of every operation of the vocabulary, over shapes, attributes and element types;
 * equal seeds give equal cases. Values stay clear of kinks and ties, whose derivatives are a matter
 * of convention.
 */
public final class OperationCases {
  private final Values values;
  private final List<OperationCase> cases = new ArrayList<>();

  private OperationCases(long seed) {
    this.values = new Values(seed);
  }

  /** The cases of a seed: some hundreds. */
  public static List<OperationCase> of(long seed) {
    OperationCases generator = new OperationCases(seed);
    generator.unary();
    generator.arithmetic();
    generator.comparisons();
    generator.reductions();
    generator.conversions();
    new LayerCases(generator.values, generator.cases).addAll();
    new ArrangementCases(generator.values, generator.cases).addAll();
    new GradientCases(generator.values, generator.cases).addAll();
    return Collections.unmodifiableList(generator.cases);
  }

  private void add(Operation operation, Tensor... inputs) {
    cases.add(new OperationCase(operation, List.of(inputs), Set.of()));
  }

  private void unary() {
    Stream.of(
            new Unary.Identity(),
            new Unary.Relu(),
            new Unary.LeakyRelu(0.01),
            new Unary.LeakyRelu(0.3),
            new Unary.Elu(1),
            new Unary.Elu(0.7),
            new Unary.Selu(1.6732632423543772, 1.0507009873554805),
            new Unary.Selu(1.2, 0.9),
            new Unary.Celu(1),
            new Unary.Celu(0.6),
            new Unary.ThresholdedRelu(1),
            new Unary.ThresholdedRelu(-0.5),
            new Unary.Sigmoid(),
            new Unary.HardSigmoid(0.2, 0.5),
            new Unary.HardSigmoid(1 / 6.0, 0.5),
            new Unary.HardSwish(),
            new Unary.Swish(1),
            new Unary.Swish(1.702),
            new Unary.Mish(),
            new Unary.Softplus(),
            new Unary.Softsign(),
            new Unary.Gelu(false),
            new Unary.Gelu(true),
            new Unary.Tanh(),
            new Unary.Erf(),
            new Unary.Exp(),
            new Unary.Neg(),
            new Unary.Abs(),
            new Unary.Sign(),
            new Unary.Floor(),
            new Unary.Ceil(),
            new Unary.Round(),
            new Unary.Sin(),
            new Unary.Cos(),
            new Unary.Atan(),
            new Unary.Clip(0, 6),
            new Unary.Clip(-0.7, 1.1),
            new Unary.Clip(Double.NEGATIVE_INFINITY, 0.4),
            new Unary.Clip(0.2, Double.POSITIVE_INFINITY),
            new Unary.Clip(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY))
        .forEach(
            operation -> {
              add(operation, values.signed(2, 3, 4, 5));
              add(operation, values.floats(u -> 24 * u - 12, 7));
              add(operation, values.signed());
            });
    for (Operation operation : List.of(new Unary.Log(), new Unary.Sqrt(), new Unary.Reciprocal())) {
      add(operation, values.positive(2, 3, 4));
      add(operation, values.positive());
    }
    add(new Unary.Reciprocal(), values.floats(u -> -0.4 - u, 5));
    for (Operation operation :
        List.of(
            new Unary.Relu(),
            new Unary.Neg(),
            new Unary.Abs(),
            new Unary.Sign(),
            new Unary.Clip(-2.5, 3.5),
            new Unary.Clip(1, Double.POSITIVE_INFINITY))) {
      add(operation, values.integers(-6, 6, 3, 4));
    }
    Tensor halves = tensor(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49, -0.51);
    cases.add(new OperationCase(new Unary.Round(), List.of(halves), Set.of(0)));
    // Its derivative is not what differences say.
    cases.add(new OperationCase(new Unary.RoundStraightThrough(), List.of(halves), Set.of(0)));
    add(new Unary.Softplus(), tensor(-100, -50, -30, 19, 21, 39, 41, 100));
    add(new Unary.Identity(), values.integers(-6, 6, 3));
    add(new Unary.Identity(), values.truths(3));
    add(new Unary.Not(), values.truths(2, 5));
  }

  private static Tensor tensor(double... elements) {
    double[] narrowed = Arrays.stream(elements).map(x -> (float) x).toArray();
    return Tensor.of(Shape.of(elements.length), narrowed);
  }

  /** Pairs of shapes that broadcast in all the ways there are. */
  private static final int[][][] PAIRS = {
    {{2, 3, 4}, {2, 3, 4}},
    {{2, 3, 4, 5}, {3, 1, 1}},
    {{2, 3, 1}, {1, 4}},
    {{2, 1, 4}, {2, 3, 1}},
    {{5}, {}},
    {{}, {2, 2}},
    {{}, {}},
  };

  private void arithmetic() {
    for (int[][] pair : PAIRS) {
      for (Operation operation :
          List.of(
              new Binary.Add(),
              new Binary.Sub(),
              new Binary.Mul(),
              new Binary.Min(),
              new Binary.Max(),
              new Binary.PRelu())) {
        add(operation, values.signed(pair[0]), values.signed(pair[1]));
      }
      add(new Binary.Div(), values.signed(pair[0]), values.positive(pair[1]));
      add(new Binary.Pow(), values.positive(pair[0]), values.signed(pair[1]));
      add(new Binary.Mod(true), values.signed(pair[0]), values.positive(pair[1]));
      add(new Binary.Mod(false), values.signed(pair[0]), values.positive(pair[1]));
    }
    // One side is a weight, on either side.
    for (Operation operation : List.of(new Binary.Add(), new Binary.Sub(), new Binary.Mul())) {
      Tensor weight = values.signed(3, 1, 1);
      Tensor x = values.signed(2, 3, 2, 2);
      cases.add(new OperationCase(operation, List.of(x, weight), Set.of(1)));
      cases.add(new OperationCase(operation, List.of(weight, x), Set.of(0)));
    }
    Tensor base = values.signed(2, 5);
    for (double exponent : new double[] {0, 1, 2, 3, -1}) {
      cases.add(new OperationCase(new Binary.Pow(), List.of(base, scalar(exponent)), Set.of(1)));
    }
    cases.add(
        new OperationCase(
            new Binary.Pow(), List.of(values.positive(2, 5), scalar(0.5)), Set.of(1)));
    for (Operation operation :
        List.of(
            new Binary.Add(),
            new Binary.Sub(),
            new Binary.Mul(),
            new Binary.Min(),
            new Binary.Max())) {
      add(operation, values.integers(-9, 9, 2, 3), values.integers(-9, 9, 3));
    }
    for (Operation operation :
        List.of(new Binary.Div(), new Binary.Mod(true), new Binary.Mod(false))) {
      add(operation, values.integers(-20, 20, 4, 3), values.integers(1, 6, 3));
      add(operation, values.integers(-20, 20, 4, 3), values.integers(-6, -1, 3));
    }
    add(new Binary.Pow(), values.integers(-4, 4, 2, 3), values.integers(0, 3, 3));
  }

  private static Tensor scalar(double value) {
    return Tensor.of(Shape.of(), value);
  }

  private void comparisons() {
    for (int[][] pair : PAIRS) {
      for (Operation operation :
          List.of(
              new Binary.Equal(),
              new Binary.Less(),
              new Binary.LessOrEqual(),
              new Binary.Greater(),
              new Binary.GreaterOrEqual())) {
        add(operation, values.signed(pair[0]), values.signed(pair[1]));
        add(operation, values.integers(-2, 2, pair[0]), values.integers(-2, 2, pair[1]));
      }
      for (Operation operation : List.of(new Binary.And(), new Binary.Or(), new Binary.Xor())) {
        add(operation, values.truths(pair[0]), values.truths(pair[1]));
      }
      add(new Where(), values.truths(pair[0]), values.signed(pair[1]), values.signed(pair[0]));
      add(new Where(), values.truths(pair[1]), values.signed(pair[0]), values.signed(pair[1]));
    }
    Tensor same = values.signed(4);
    add(new Binary.Equal(), same, same);
    add(new Binary.LessOrEqual(), same, same);
    add(new Where(), values.truths(3), values.integers(-5, 5, 3), values.integers(-5, 5, 2, 3));
  }

  private void reductions() {
    int[] dims = {2, 3, 4, 2};
    for (List<Integer> axes :
        List.of(
            List.of(0),
            List.of(1),
            List.of(3),
            List.of(2, 3),
            List.of(1, 3),
            List.of(0, 1, 2, 3))) {
      for (boolean keep : new boolean[] {true, false}) {
        for (Operation operation :
            List.of(
                new Reduce.ReduceSum(axes, keep),
                new Reduce.ReduceMean(axes, keep),
                new Reduce.ReduceMax(axes, keep),
                new Reduce.ReduceMin(axes, keep),
                new Reduce.ReduceProd(axes, keep))) {
          add(operation, values.signed(dims));
        }
      }
      add(new Reduce.ReduceSum(axes, false), values.integers(-5, 5, dims));
      add(new Reduce.ReduceMean(axes, true), values.integers(-5, 5, dims));
      add(new Reduce.ReduceMax(axes, true), values.integers(-5, 5, dims));
      add(new Reduce.ReduceMin(axes, false), values.integers(-5, 5, dims));
      add(new Reduce.ReduceProd(axes, true), values.integers(1, 2, dims));
    }
    // With zeros, where a product's gradient is not the product over the element.
    add(new Reduce.ReduceProd(List.of(0), false), tensor(2, 0, 3));
    add(new Reduce.ReduceProd(List.of(0), false), tensor(0, 1.5, 0));
    for (int axis = 0; axis < 4; axis++) {
      for (boolean last : new boolean[] {false, true}) {
        add(new ArgMax(axis, true, last), values.signed(dims));
        add(new ArgMax(axis, false, last), values.integers(0, 1, dims));
      }
    }
  }

  private void conversions() {
    for (ElementType to : ElementType.values()) {
      add(new Cast(to), values.signed(2, 3, 4));
      add(new Cast(to), values.integers(-3, 3, 2, 3));
      add(new Cast(to), values.truths(2, 3));
    }
    add(new Cast(ElementType.BOOL), tensor(0, -0.0, 0.25, -3));
    add(new Cast(ElementType.INT64), tensor(0.9, -0.9, 2.5, -2.5));
  }
}
