package org.pellucid.testkit;

import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ConvTranspose;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.MaxPoolGrad;
import org.pellucid.graph.op.MaxPoolSelect;
import org.pellucid.graph.op.ScatterAdd;
import org.pellucid.graph.op.Unary;

/** Cases of operations that gradients are made of. */
final class GradientCases {
  private final Values values;
  private final List<OperationCase> cases;

  GradientCases(Values values, List<OperationCase> cases) {
    this.values = values;
    this.cases = cases;
  }

  void addAll() {
    affine();
    transposedConvolutions();
    pools();
    additions();
  }

  private void add(Operation operation, Tensor... inputs) {
    cases.add(new OperationCase(operation, List.of(inputs), Set.of()));
  }

  private List<Integer> perAxis(int axes, IntUnaryOperator value) {
    return IntStream.range(0, axes).map(value).boxed().toList();
  }

  private void affine() {
    add(new Unary.Affine(2, 0.25), values.signed(2, 3, 4));
    add(new Unary.Affine(-1 / 3.0, 0), values.signed(5));
    add(new Unary.Affine(0, 1e-3), values.signed(5));
    add(new Unary.Affine(1, -0.1), values.signed());
  }

  /** With as much, less and more left out before than after, and with elements added after. */
  private void transposedConvolutions() {
    for (int i = 0; i < 30; i++) {
      int axes = i % 3 + 1;
      int most = axes == 3 ? 2 : 3;
      List<Integer> kernel = perAxis(axes, a -> values.between(1, most));
      List<Integer> strides = perAxis(axes, a -> values.between(1, 3));
      List<Integer> dilations = perAxis(axes, a -> values.between(1, 2));
      boolean symmetric = i % 2 == 0;
      List<Integer> before = perAxis(axes, a -> values.between(0, 2));
      List<Integer> after = symmetric ? before : perAxis(axes, a -> values.between(0, 2));
      List<Integer> added = perAxis(axes, a -> values.between(0, strides.get(a) - 1));
      int groups = i < 15 ? 1 : values.between(2, 3);
      int[] x = new int[axes + 2];
      int[] weight = new int[axes + 2];
      x[0] = 2;
      x[1] = groups * values.between(1, 2);
      weight[0] = x[1];
      weight[1] = values.between(1, 2);
      for (int a = 0; a < axes; a++) {
        weight[a + 2] = kernel.get(a);
        // Long enough that something is left.
        x[a + 2] = 5 + values.between(0, axes == 3 ? 0 : 2);
      }
      Operation operation = new ConvTranspose(strides, dilations, before, after, added, groups);
      Tensor bias = values.signed(groups * weight[1]);
      switch (i % 4) {
        case 0 -> add(operation, values.signed(x), values.signed(weight));
        case 1 -> add(operation, values.signed(x), values.signed(weight), bias);
        default ->
            cases.add(
                new OperationCase(
                    operation, List.of(values.signed(x), values.signed(weight)), Set.of(1)));
      }
    }
  }

  private void pools() {
    for (int i = 0; i < 30; i++) {
      int axes = i % 3 + 1;
      List<Integer> kernel = perAxis(axes, a -> values.between(1, 3));
      List<Integer> strides = perAxis(axes, a -> values.between(1, 2));
      List<Integer> dilations = perAxis(axes, a -> values.between(1, 2));
      List<Integer> before = perAxis(axes, a -> values.between(0, kernel.get(a) - 1));
      List<Integer> after =
          i % 2 == 0 ? before : perAxis(axes, a -> values.between(0, kernel.get(a) - 1));
      MaxPool pool = new MaxPool(kernel, strides, dilations, before, after, values.coin());
      int[] x = new int[axes + 2];
      x[0] = 2;
      x[1] = values.between(1, 2);
      for (int a = 0; a < axes; a++) {
        x[a + 2] = (kernel.get(a) - 1) * dilations.get(a) + values.between(1, axes == 3 ? 2 : 4);
      }
      // A drawing without ties, and one with many.
      for (boolean ties : new boolean[] {false, true}) {
        Tensor image = ties ? whole(x) : values.signed(x);
        Set<Integer> fixed = ties ? Set.of(0) : Set.of();
        Shape pooled = pool.infer(List.of(image.type())).shape();
        List<Tensor> inputs = List.of(image, values.signed(pooled.dims()));
        cases.add(new OperationCase(new MaxPoolGrad(pool), inputs, fixed));
        inputs = List.of(image, values.signed(x));
        cases.add(new OperationCase(new MaxPoolSelect(pool), inputs, fixed));
      }
    }
  }

  /** Whole numbers around 0, of which many are equal; a quarter of them 0. */
  private Tensor whole(int... dims) {
    return values.floats(u -> Math.floor(4 * u) - 1, dims);
  }

  private void additions() {
    int[] dims = {3, 4, 5};
    for (int axis = 0; axis < 3; axis++) {
      for (int[] shape : new int[][] {{}, {3}, {2, 2}, {9}}) {
        Tensor indices = values.integers(-dims[axis], dims[axis] - 1, shape);
        int[] slices =
            IntStream.concat(
                    IntStream.concat(IntStream.of(dims).limit(axis), IntStream.of(shape)),
                    IntStream.of(dims).skip(axis + 1))
                .toArray();
        Operation operation = new ScatterAdd(axis, dims[axis]);
        Tensor added = values.signed(slices);
        cases.add(new OperationCase(operation, List.of(added, indices), Set.of(1)));
        cases.add(new OperationCase(operation, List.of(added, indices), Set.of()));
      }
    }
  }
}
