package org.pellucid.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;

/** Cases of convolution, pooling, products and normalisation. */
final class LayerCases {
  private final Values values;
  private final List<OperationCase> cases;

  LayerCases(Values values, List<OperationCase> cases) {
    this.values = values;
    this.cases = cases;
  }

  void addAll() {
    convolutions();
    pools();
    products();
    normalizations();
    shortcuts();
  }

  private void add(Operation operation, Tensor... inputs) {
    cases.add(new OperationCase(operation, List.of(inputs), Set.of()));
  }

  private List<Integer> perAxis(int axes, IntUnaryOperator value) {
    return IntStream.range(0, axes).map(value).boxed().toList();
  }

  /** The shape of an image of some samples and channels with at least the given lengths. */
  private int[] image(int samples, int channels, List<Integer> least) {
    int[] dims = new int[least.size() + 2];
    dims[0] = samples;
    dims[1] = channels;
    for (int i = 0; i < least.size(); i++) {
      dims[i + 2] = least.get(i) + values.between(0, least.size() == 3 ? 1 : 3);
    }
    return dims;
  }

  private static List<Integer> reach(List<Integer> kernel, List<Integer> dilations) {
    List<Integer> reach = new ArrayList<>();
    for (int i = 0; i < kernel.size(); i++) {
      reach.add((kernel.get(i) - 1) * dilations.get(i) + 1);
    }
    return reach;
  }

  private void convolutions() {
    for (int i = 0; i < 18; i++) {
      int axes = i % 3 + 1;
      int most = axes == 3 ? 2 : 3;
      List<Integer> kernel = perAxis(axes, a -> values.between(1, most));
      List<Integer> strides = perAxis(axes, a -> values.between(1, 2));
      List<Integer> dilations = perAxis(axes, a -> values.between(1, 2));
      List<Integer> before = perAxis(axes, a -> values.between(0, 2));
      boolean symmetric = values.coin();
      List<Integer> after = symmetric ? before : perAxis(axes, a -> values.between(0, 2));
      int groups = i < 9 ? 1 : values.between(2, 3);
      int perGroup = values.between(1, 2);
      int outputs = groups * values.between(1, 2);
      int[] weight = new int[axes + 2];
      weight[0] = outputs;
      weight[1] = perGroup;
      for (int a = 0; a < axes; a++) {
        weight[a + 2] = kernel.get(a);
      }
      List<Tensor> inputs = new ArrayList<>();
      inputs.add(values.signed(image(2, groups * perGroup, reach(kernel, dilations))));
      inputs.add(values.signed(weight));
      if (values.coin()) {
        inputs.add(values.signed(outputs));
      }
      cases.add(
          new OperationCase(
              new Conv(strides, dilations, before, after, groups),
              inputs,
              inputs.size() == 3 ? Set.of(1, 2) : Set.of(1)));
    }
  }

  /**
   * One cell under each second, of as many channels as an engine may take in one step: the gradient
   * has places to which nothing is added at all.
   */
  private void shortcuts() {
    for (int axes = 1; axes <= 3; axes++) {
      int[] weight = new int[axes + 2];
      Arrays.fill(weight, 1);
      weight[0] = 16;
      weight[1] = 16;
      List<Integer> none = perAxis(axes, a -> 0);
      List<Integer> twos = perAxis(axes, a -> 2);
      List<Integer> ones = perAxis(axes, a -> 1);
      cases.add(
          new OperationCase(
              new Conv(twos, ones, none, none, 1),
              List.of(values.signed(image(1, 16, perAxis(axes, a -> 3))), values.signed(weight)),
              Set.of(1)));
    }
  }

  private void pools() {
    for (int i = 0; i < 24; i++) {
      int axes = i % 3 + 1;
      boolean dilated = i % 4 == 3;
      List<Integer> kernel = perAxis(axes, a -> values.between(1, 3));
      List<Integer> strides = perAxis(axes, a -> values.between(1, 3));
      List<Integer> dilations = perAxis(axes, a -> dilated ? values.between(1, 2) : 1);
      List<Integer> reach = reach(kernel, dilations);
      // Padding is narrower than the window.
      List<Integer> before = perAxis(axes, a -> values.between(0, reach.get(a) - 1));
      List<Integer> after =
          values.coin() ? before : perAxis(axes, a -> values.between(0, reach.get(a) - 1));
      Tensor x = values.signed(image(2, 2, reach));
      boolean ceil = values.coin();
      add(new MaxPool(kernel, strides, dilations, before, after, ceil), x);
      for (boolean include : new boolean[] {false, true}) {
        add(new AveragePool(kernel, strides, dilations, before, after, ceil, include), x);
      }
    }
    List<Integer> ones = List.of(1, 1);
    List<Integer> zeros = List.of(0, 0);
    // As networks have them: the stem's pool, halving with the odd row kept, and global.
    add(
        new MaxPool(List.of(3, 3), List.of(2, 2), ones, ones, ones, false),
        values.signed(2, 3, 7, 8));
    add(
        new MaxPool(List.of(3, 3), List.of(2, 2), ones, zeros, zeros, true),
        values.signed(1, 2, 6, 7));
    add(
        new AveragePool(List.of(4, 5), ones, ones, zeros, zeros, false, false),
        values.signed(2, 3, 4, 5));
  }

  private void products() {
    for (boolean transposeA : new boolean[] {false, true}) {
      for (boolean transposeB : new boolean[] {false, true}) {
        Tensor a = transposeA ? values.signed(4, 2) : values.signed(2, 4);
        Tensor b = transposeB ? values.signed(3, 4) : values.signed(4, 3);
        for (int[] c : new int[][] {{3}, {2, 3}, {2, 1}, {1}, {}}) {
          add(new Gemm(0.5, 1.5, transposeA, transposeB), a, b, values.signed(c));
        }
        add(new Gemm(1, 1, transposeA, transposeB), a, b);
        add(new Gemm(2, 1, transposeA, transposeB), a, b);
        cases.add(
            new OperationCase(
                new Gemm(1, 1, transposeA, transposeB),
                List.of(a, b, values.signed(3)),
                Set.of(1, 2)));
      }
    }
    int[][][] shapes = {
      {{2, 3}, {3, 4}},
      {{2, 2, 3}, {3, 4}},
      {{2, 2, 3}, {2, 3, 2}},
      {{3, 2}, {2, 2, 4}},
      {{2, 1, 2, 3}, {1, 3, 3, 2}},
      {{3}, {3}},
      {{3}, {2, 3, 2}},
      {{2, 2, 3}, {3}},
    };
    for (int[][] shape : shapes) {
      add(new MatMul(), values.signed(shape[0]), values.signed(shape[1]));
    }
  }

  private void normalizations() {
    for (int[] dims : new int[][] {{2, 3}, {2, 3, 4}, {2, 3, 3, 2}, {1, 2, 2, 2, 2}}) {
      int channels = dims[1];
      cases.add(
          new OperationCase(
              new BatchNormalization(1e-5),
              List.of(
                  values.signed(dims),
                  values.signed(channels),
                  values.signed(channels),
                  values.signed(channels),
                  values.positive(channels)),
              Set.of(1, 2, 3, 4)));
      for (int size : new int[] {1, 2, 3, 5}) {
        add(new Lrn(size, 0.3, 0.75, 1.2), values.signed(dims));
      }
      for (int axis = 0; axis < dims.length; axis++) {
        add(new Softmax(axis), values.signed(dims));
        add(new LogSoftmax(axis), values.signed(dims));
      }
    }
    for (List<Integer> axes :
        List.of(List.of(3), List.of(2, 3), List.of(1, 2, 3), List.of(1), List.of(1, 3))) {
      add(new Standardize(axes, 1e-5), values.signed(2, 3, 4, 5));
    }
    add(new Standardize(List.of(1), 1e-3), values.signed(3, 6));
    add(new Softmax(1), Tensor.of(Shape.of(1, 3), (double) 80f, (double) -70f, (double) 79f));
  }
}
