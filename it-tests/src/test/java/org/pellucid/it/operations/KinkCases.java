package org.pellucid.it.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.OperationCase;
import org.pellucid.testkit.Values;

/** Operations exactly at their kinks, bounds, steps and ties. */
final class KinkCases {
  private final Values values = new Values(11);
  private final List<OperationCase> cases = new ArrayList<>();

  private KinkCases() {}

  static List<OperationCase> all() {
    KinkCases kinks = new KinkCases();
    kinks.unary();
    kinks.binary();
    kinks.reductions();
    kinks.pools();
    return kinks.cases;
  }

  private void add(Operation operation, Tensor... inputs) {
    cases.add(new OperationCase(operation, List.of(inputs), Set.of()));
  }

  private static Tensor line(double... elements) {
    return Tensor.of(Shape.of(elements.length), elements);
  }

  private void unary() {
    Tensor x = line(-6, -3, -2.5, -1, -0.5, -0.0, 0, 0.25, 0.5, 1, 2, 2.5, 3, 6);
    List<Unary> functions =
        List.of(
            new Unary.Relu(),
            new Unary.LeakyRelu(0.25),
            new Unary.LeakyRelu(-0.5),
            new Unary.Elu(1),
            new Unary.Elu(0.5),
            new Unary.Selu(1.6732632423543772, 1.0507009873554805),
            new Unary.Celu(1),
            new Unary.Celu(0.5),
            new Unary.ThresholdedRelu(1),
            new Unary.ThresholdedRelu(0),
            new Unary.ThresholdedRelu(-0.5),
            new Unary.HardSigmoid(0.5, 0.5),
            new Unary.HardSigmoid(0.25, 0.5),
            new Unary.HardSigmoid(1 / 6.0, 0.5),
            new Unary.HardSwish(),
            new Unary.Softsign(),
            new Unary.Softplus(),
            new Unary.Abs(),
            new Unary.Sign(),
            new Unary.Floor(),
            new Unary.Ceil(),
            new Unary.Round(),
            new Unary.RoundStraightThrough(),
            new Unary.Clip(0, 6),
            new Unary.Clip(-1, 1),
            new Unary.Clip(0.5, 0.5),
            new Unary.Clip(1, -1),
            new Unary.Clip(Double.NEGATIVE_INFINITY, 0.5),
            new Unary.Clip(0.25, Double.POSITIVE_INFINITY));
    functions.forEach(function -> add(function, x));
  }

  private void binary() {
    for (Binary operation : List.of(new Binary.Min(), new Binary.Max())) {
      add(operation, line(1, 2, 3, 0), line(1, 1, 4, -0.0));
      add(operation, whole(2, 3, 4), whole(3, 1));
      add(operation, line(2, 2, 3), Tensor.of(Shape.of(), 2.0));
    }
    add(new Binary.PRelu(), whole(2, 3, 4), whole(3, 1));
    add(new Binary.Mod(true), line(4, -4, 0, 5), line(2, 2, 2, 2));
    add(new Binary.Mod(false), line(4, -4, 0, 5), line(2, 2, 2, 2));
  }

  private void reductions() {
    for (List<Integer> axes : List.of(List.of(0), List.of(2), List.of(1, 2), List.of(0, 1, 2))) {
      for (boolean keep : new boolean[] {false, true}) {
        add(new Reduce.ReduceMax(axes, keep), whole(2, 3, 4));
        add(new Reduce.ReduceMin(axes, keep), whole(2, 3, 4));
        add(new Reduce.ReduceProd(axes, keep), whole(2, 3, 4));
      }
    }
  }

  /** Overlapping, padded on one side, dilated, reaching beyond the end; over 1 to 3 axes. */
  private void pools() {
    for (int i = 0; i < 36; i++) {
      int axes = i % 3 + 1;
      List<Integer> kernel = perAxis(axes, 2, 3);
      List<Integer> strides = perAxis(axes, 1, 2);
      List<Integer> dilations = perAxis(axes, 1, 2);
      List<Integer> before = perAxis(axes, 0, 1);
      List<Integer> after = i % 2 == 0 ? before : perAxis(axes, 0, 1);
      int[] dims = new int[axes + 2];
      dims[0] = 2;
      dims[1] = 2;
      for (int a = 0; a < axes; a++) {
        dims[a + 2] = (kernel.get(a) - 1) * dilations.get(a) + values.between(1, 4);
      }
      MaxPool pool = new MaxPool(kernel, strides, dilations, before, after, values.coin());
      add(pool, i % 5 == 0 ? values.floats(u -> 0, dims) : whole(dims));
    }
  }

  private List<Integer> perAxis(int axes, int low, int high) {
    return IntStream.range(0, axes).map(a -> values.between(low, high)).boxed().toList();
  }

  /** Whole numbers from -1 to 2, of which many are equal. */
  private Tensor whole(int... dims) {
    return values.floats(u -> Math.floor(4 * u) - 1, dims);
  }
}
