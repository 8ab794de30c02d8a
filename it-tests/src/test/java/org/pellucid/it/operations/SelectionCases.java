package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;
import static org.pellucid.it.operations.CaseWriter.list;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** TopK, Hardmax, OneHot, and places that are told by indices of their own. */
final class SelectionCases {
  private SelectionCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(10);
    largest(writer);
    marks(writer);
    gathers(writer);
    scatters(writer);
    return writer.cases();
  }

  private static void largest(CaseWriter writer) {
    for (int axis : new int[] {0, 1, -1}) {
      writer.addSplit(7, "TopK", 2, List.of(input(writer.normal(4, 3, 5))), "k", 2, "axis", axis);
      writer.addSplit(
          10, "TopK", 2, List.of(input(writer.normal(4, 3, 5)), fixed(list(3))), "axis", axis);
      for (int opset : new int[] {11, 24}) {
        for (int kind : new int[] {0, 1}) {
          writer.addSplit(
              opset,
              "TopK",
              2,
              List.of(input(writer.normal(4, 3, 5)), fixed(list(1 + 2 * kind))),
              "axis",
              axis,
              "largest",
              kind);
        }
      }
    }
    // Equals: the first comes first.
    writer.addSplit(
        11, "TopK", 2, List.of(input(writer.integers(0, 2, 3, 6)), fixed(list(4))), "largest", 1);
    writer.addSplit(
        11, "TopK", 2, List.of(input(writer.integers(0, 2, 3, 6)), fixed(list(4))), "largest", 0);
  }

  private static void marks(CaseWriter writer) {
    for (int axis : new int[] {0, 1, 2}) {
      writer.addRough(7, "Hardmax", List.of(input(writer.normal(2, 3, 4))), "axis", axis);
      writer.addRough(11, "Hardmax", List.of(input(writer.normal(2, 3, 4))), "axis", axis - 3);
      writer.addRough(13, "Hardmax", List.of(input(writer.normal(2, 3, 4))), "axis", axis);
    }
    writer.addRough(
        13, "Hardmax", List.of(input(writer.integers(0, 1, 3, 5).cast(ElementType.FLOAT32))));
    CaseWriter.Argument depth = fixed(Tensor.scalar(5L));
    for (int opset : new int[] {9, 11}) {
      for (int axis : new int[] {-1, 0, 1, 2}) {
        // Also indices from behind, and beyond the end.
        writer.addRough(
            opset,
            "OneHot",
            List.of(
                input(writer.integers(-6, 6, 2, 3)), depth, fixed(Tensor.of(Shape.of(2), 1f, 3f))),
            "axis",
            axis);
      }
      writer.add(
          opset,
          "OneHot",
          List.of(fixed(writer.integers(0, 4, 3)), depth, input(writer.normal(2))));
      writer.addRough(
          opset,
          "OneHot",
          List.of(
              input(writer.integers(0, 4, 3).cast(ElementType.FLOAT32)), depth, fixed(list(0, 7))));
    }
  }

  private static void gathers(CaseWriter writer) {
    int[] data = {3, 4, 2};
    for (int opset : new int[] {11, 13}) {
      for (int axis = -1; axis < 3; axis++) {
        int length = data[Math.floorMod(axis, 3)];
        int[] indices = {2, 3, 2};
        indices[Math.floorMod(axis, 3)] = 5;
        Tensor places = writer.integers(-length, length - 1, indices);
        for (boolean known : new boolean[] {true, false}) {
          writer.add(
              opset,
              "GatherElements",
              List.of(input(writer.normal(data)), known ? fixed(places) : input(places)),
              "axis",
              axis);
        }
      }
      writer.add(
          opset,
          "GatherElements",
          List.of(input(writer.normal(4)), fixed(writer.integers(-4, 3, 6))));
      for (int axes = 1; axes <= 3; axes++) {
        writer.add(
            opset,
            "GatherND",
            List.of(input(writer.normal(2, 2, 2)), fixed(writer.integers(-2, 1, 3, axes))));
        writer.add(
            opset,
            "GatherND",
            List.of(input(writer.normal(2, 2, 2)), input(writer.integers(-2, 1, 2, 3, axes))));
      }
      writer.add(
          opset, "GatherND", List.of(input(writer.normal(3, 4)), fixed(writer.integers(0, 2, 2))));
    }
    for (int batch : new int[] {1, 2}) {
      writer.add(
          12,
          "GatherND",
          List.of(
              input(writer.normal(2, 3, 4, 2)),
              fixed(batch == 1 ? writer.integers(0, 2, 2, 5, 2) : writer.integers(-2, 1, 2, 3, 2))),
          "batch_dims",
          batch);
    }
    writer.add(
        13,
        "GatherND",
        List.of(input(writer.normal(2, 3, 4)), input(writer.integers(-3, 2, 2, 1))),
        "batch_dims",
        1);
  }

  private static void scatters(CaseWriter writer) {
    for (int opset : new int[] {9, 11, 13, 16, 18}) {
      String operator = opset < 11 ? "Scatter" : "ScatterElements";
      for (int axis : new int[] {0, 1}) {
        // No place twice: which update wins is not specified.
        List<Long> order = new ArrayList<>(List.of(0L, 1L, 2L, 3L));
        Collections.shuffle(order, writer.random());
        long[] places = {order.get(0), order.get(1), order.get(2), order.get(3)};
        Shape shape = axis == 0 ? Shape.of(4, 1) : Shape.of(1, 4);
        if (opset >= 11) {
          places[0] -= 4;
        }
        writer.add(
            opset,
            operator,
            List.of(
                input(writer.normal(4, 4)),
                fixed(Tensor.of(shape, places)),
                input(writer.normal(shape.dims()))),
            "axis",
            axis);
      }
    }
    for (int opset : new int[] {11, 13, 16, 18}) {
      Tensor rows = Tensor.of(Shape.of(2, 1), 2L, -4L);
      Tensor cells = Tensor.of(Shape.of(3, 2), 0L, 1L, 3L, -1L, 2L, 0L);
      writer.add(
          opset,
          "ScatterND",
          List.of(input(writer.normal(4, 3)), fixed(rows), input(writer.normal(2, 3))));
      writer.add(
          opset,
          "ScatterND",
          List.of(input(writer.normal(4, 3)), fixed(cells), input(writer.normal(3))));
      writer.addRough(
          opset,
          "ScatterND",
          List.of(
              input(writer.integers(-9, 9, 4, 3)), fixed(cells), fixed(writer.integers(-9, 9, 3))));
      if (opset >= 16) {
        writer.add(
            opset,
            "ScatterND",
            List.of(
                input(writer.normal(4, 3)),
                fixed(writer.integers(-4, 3, 7, 1)),
                input(writer.normal(7, 3))),
            "reduction",
            "add");
        writer.add(
            opset,
            "ScatterND",
            List.of(
                input(writer.normal(4, 3, 2)),
                input(writer.integers(-3, 2, 2, 4, 2)),
                input(writer.normal(2, 4, 2))),
            "reduction",
            "add");
      }
    }
  }
}
