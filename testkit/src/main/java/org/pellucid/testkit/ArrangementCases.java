package org.pellucid.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Transpose;

/** Cases of operations that move elements about. */
final class ArrangementCases {
  private final Values values;
  private final List<OperationCase> cases;

  ArrangementCases(Values values, List<OperationCase> cases) {
    this.values = values;
    this.cases = cases;
  }

  void addAll() {
    shapes();
    parts();
    concatenations();
    gathers();
    paddings();
  }

  private void add(Operation operation, Tensor... inputs) {
    cases.add(new OperationCase(operation, List.of(inputs), Set.of()));
  }

  /** One case per element type. */
  private void addTyped(Operation operation, int... dims) {
    add(operation, values.signed(dims));
    add(operation, values.integers(-9, 9, dims));
    add(operation, values.truths(dims));
  }

  private void shapes() {
    addTyped(new Reshape(Shape.of(2, 12)), 2, 3, 4);
    addTyped(new Reshape(Shape.of(4, 3, 2)), 2, 3, 4);
    addTyped(new Reshape(Shape.of()), 1, 1);
    addTyped(new Reshape(Shape.of(2, 3)), 2, 3);
    addTyped(new Transpose(List.of(0, 2, 3, 1)), 2, 3, 4, 2);
    addTyped(new Transpose(List.of(0, 3, 1, 2)), 2, 3, 4, 2);
    addTyped(new Transpose(List.of(1, 0)), 2, 3);
    addTyped(new Transpose(List.of(0, 1)), 2, 3);
    addTyped(new Expand(Shape.of(2, 3, 4)), 3, 1);
    addTyped(new Expand(Shape.of(2, 3)), 2, 3);
    addTyped(new Expand(Shape.of(2, 2)));
    addTyped(new Tile(List.of(1, 1, 1)), 2, 3, 2);
    addTyped(new Tile(List.of(2, 1, 3)), 2, 3, 2);
  }

  private void parts() {
    addTyped(slice(new int[] {0, 0}, new int[] {2, 5}, new int[] {1, 1}), 2, 5);
    addTyped(slice(new int[] {1, 1}, new int[] {1, 2}, new int[] {1, 2}), 2, 5);
    addTyped(slice(new int[] {1, 4}, new int[] {2, 5}, new int[] {-1, -1}), 2, 5);
    addTyped(slice(new int[] {0, 4}, new int[] {2, 2}, new int[] {1, -3}), 2, 5);
    addTyped(slice(new int[] {0, 3}, new int[] {2, 1}, new int[] {1, -2}), 2, 5);
    for (int i = 0; i < 12; i++) {
      int[] dims = {2, values.between(2, 6), values.between(1, 7), values.between(1, 4)};
      int[] starts = new int[4];
      int[] sizes = new int[4];
      int[] steps = new int[4];
      for (int a = 0; a < 4; a++) {
        starts[a] = values.between(0, dims[a] - 1);
        steps[a] = values.coin() ? values.between(1, 3) : -values.between(1, 3);
        int room = steps[a] > 0 ? dims[a] - 1 - starts[a] : starts[a];
        sizes[a] = values.between(1, room / Math.abs(steps[a]) + 1);
      }
      add(slice(starts, sizes, steps), values.signed(dims));
    }
  }

  private static Slice slice(int[] starts, int[] sizes, int[] steps) {
    return new Slice(list(starts), list(sizes), list(steps));
  }

  private static List<Integer> list(int[] entries) {
    return Arrays.stream(entries).boxed().toList();
  }

  private void concatenations() {
    add(new Concat(1), values.signed(2, 1, 3), values.signed(2, 3, 3), values.signed(2, 2, 3));
    add(new Concat(0), values.signed(2, 3), values.signed(1, 3));
    add(new Concat(2), values.signed(1, 2, 2, 2), values.signed(1, 2, 3, 2));
    add(new Concat(0), values.signed(4));
    add(new Concat(0), values.integers(-4, 4, 2), values.integers(-4, 4, 3));
    add(new Concat(1), values.truths(2, 2), values.truths(2, 1));
    Tensor twice = values.signed(2, 3);
    add(new Concat(1), twice, twice);
    cases.add(
        new OperationCase(
            new Concat(1), List.of(values.signed(1, 1, 4), values.signed(1, 3, 4)), Set.of(0)));
  }

  private void gathers() {
    int[] dims = {3, 4, 5};
    for (int axis = 0; axis < 3; axis++) {
      for (int[] indices : new int[][] {{}, {3}, {2, 2}}) {
        gather(axis, values.signed(dims), indices, dims[axis]);
      }
      gather(axis, values.integers(-9, 9, dims), new int[] {4}, dims[axis]);
      gather(axis, values.truths(dims), new int[] {4}, dims[axis]);
    }
  }

  /** Indices of both signs, some of them twice; as a constant and as an input. */
  private void gather(int axis, Tensor data, int[] shape, int length) {
    Tensor indices = values.integers(-length, length - 1, shape);
    cases.add(new OperationCase(new Gather(axis), List.of(data, indices), Set.of(1)));
    cases.add(new OperationCase(new Gather(axis), List.of(data, indices), Set.of()));
  }

  private void paddings() {
    List<Integer> none = List.of(0, 0, 0, 0);
    for (Pad.Mode mode : Pad.Mode.values()) {
      add(new Pad(List.of(0, 0, 1, 2), List.of(0, 0, 2, 0), mode, 0.5), values.signed(2, 2, 4, 3));
      add(new Pad(List.of(0, 0, 0, 2), none, mode, -1), values.signed(2, 2, 4, 3));
      add(new Pad(none, List.of(0, 2, 0, 0), mode, 0), values.signed(2, 3, 2, 2));
      add(new Pad(none, none, mode, 0), values.signed(2, 3, 2, 2));
      add(new Pad(List.of(2, 1), List.of(1, 1), mode, 3), values.integers(-5, 5, 3, 4));
    }
    add(new Pad(List.of(1), List.of(2), Pad.Mode.CONSTANT, 0), values.signed(3));
  }
}
