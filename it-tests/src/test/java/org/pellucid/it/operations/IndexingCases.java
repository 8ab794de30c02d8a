package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.absent;
import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;
import static org.pellucid.it.operations.CaseWriter.list;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Concat, Split, Slice, Gather, Pad. */
final class IndexingCases {
  private IndexingCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(3);
    concats(writer);
    splits(writer);
    slices(writer);
    gathers(writer);
    scatters(writer);
    joins(writer);
    pads(writer);
    centres(writer);
    affineGrids(writer);
    return writer.cases();
  }

  private static void centres(CaseWriter writer) {
    for (long[] lengths : new long[][] {{2, 3, 9, 8}, {1, 4, 5, 4}, {2, 3, 4, 9}, {3, 2, 7, 6}}) {
      writer.add(
          18, "CenterCropPad", List.of(input(writer.normal(2, 3, 6, 7)), fixed(list(lengths))));
    }
    writer.add(
        18,
        "CenterCropPad",
        List.of(input(writer.normal(2, 6, 7)), fixed(list(3, 10))),
        "axes",
        new int[] {-1, 1});
  }

  private static void affineGrids(CaseWriter writer) {
    for (int corners : new int[] {0, 1}) {
      writer.add(
          20,
          "AffineGrid",
          List.of(input(writer.normal(2, 2, 3)), fixed(list(2, 3, 4, 5))),
          "align_corners",
          corners);
      writer.add(
          20,
          "AffineGrid",
          List.of(input(writer.normal(1, 3, 4)), fixed(list(1, 2, 3, 2, 4))),
          "align_corners",
          corners);
    }
  }

  private static void concats(CaseWriter writer) {
    for (int opset : new int[] {7, 11, 13}) {
      for (int axis : new int[] {0, 1, 2, 3}) {
        int[] other = {2, 3, 4, 5};
        other[axis] += 2;
        writer.add(
            opset,
            "Concat",
            List.of(
                input(writer.normal(2, 3, 4, 5)),
                input(writer.normal(other)),
                fixed(writer.normal(2, 3, 4, 5))),
            "axis",
            opset < 11 ? axis : axis - 4);
      }
      writer.add(opset, "Concat", List.of(input(writer.normal(2, 3))), "axis", 1);
    }
  }

  private static void splits(CaseWriter writer) {
    for (int axis : new int[] {0, 1, 2}) {
      writer.addSplit(7, "Split", 2, List.of(input(writer.normal(4, 6, 2))), "axis", axis);
      writer.addSplit(13, "Split", 2, List.of(input(writer.normal(4, 6, 2))), "axis", axis - 3);
    }
    writer.addSplit(
        11,
        "Split",
        3,
        List.of(input(writer.normal(2, 6, 3))),
        "axis",
        1,
        "split",
        new int[] {1, 3, 2});
    writer.addSplit(
        13, "Split", 3, List.of(input(writer.normal(2, 6)), fixed(list(1, 3, 2))), "axis", 1);
    writer.addSplit(
        18, "Split", 3, List.of(input(writer.normal(2, 7))), "axis", 1, "num_outputs", 3);
    writer.addSplit(
        18, "Split", 2, List.of(input(writer.normal(2, 7)), fixed(list(4, 3))), "axis", -1);
  }

  private static void slices(CaseWriter writer) {
    for (int n = 0; n < 10; n++) {
      int[] starts = {writer.between(-6, 3), writer.between(-7, 3)};
      int[] ends = {starts[0] + writer.between(2, 9), Integer.MAX_VALUE};
      if (starts[0] < 0 && ends[0] >= 0) {
        ends[0] = Integer.MAX_VALUE;
      }
      writer.add(
          n % 2 == 0 ? 7 : 9,
          "Slice",
          List.of(input(writer.normal(2, 6, 7))),
          "starts",
          starts,
          "ends",
          ends,
          "axes",
          new int[] {1, 2});
    }
    writer.add(
        7,
        "Slice",
        List.of(input(writer.normal(3, 6))),
        "starts",
        new int[] {1, 0},
        "ends",
        new int[] {2, -1});
    long[][][] parts = {
      // starts, ends, axes, steps
      {{1, 2}, {5, 6}, {1, 2}, {1, 2}},
      {{-1, 0}, {-100, 100}, {1, 2}, {-1, 3}},
      {{-2}, {Long.MIN_VALUE + 1}, {2}, {-2}},
      {{0}, {Long.MAX_VALUE}, {-1}, {1}},
      {{5, 1}, {0, 2}, {2, 0}, {-3, 1}},
      {{100}, {0}, {1}, {-1}},
    };
    for (int opset : new int[] {10, 11, 13}) {
      for (long[][] part : parts) {
        writer.add(
            opset,
            "Slice",
            List.of(
                input(writer.normal(2, 6, 7)),
                fixed(list(part[0])),
                fixed(list(part[1])),
                fixed(list(part[2])),
                fixed(list(part[3]))));
      }
      writer.add(
          opset,
          "Slice",
          List.of(input(writer.normal(4, 6)), fixed(list(1, -3)), fixed(list(4, -1))));
      writer.add(
          opset,
          "Slice",
          List.of(
              input(writer.normal(4, 6)),
              fixed(list(1, 0)),
              fixed(list(4, 5)),
              absent(),
              fixed(list(2, 3))));
    }
  }

  private static void gathers(CaseWriter writer) {
    for (int opset : new int[] {7, 11, 13}) {
      int low = opset < 11 ? 0 : -2;
      for (int axis : new int[] {0, 1, 2}) {
        for (int[] indices : new int[][] {{}, {3}, {2, 2}}) {
          writer.add(
              opset,
              "Gather",
              List.of(input(writer.normal(2, 3, 4)), fixed(writer.integers(low, 1, indices))),
              "axis",
              axis);
        }
      }
      writer.add(
          opset, "Gather", List.of(fixed(writer.normal(5, 3)), input(writer.integers(0, 4, 2, 3))));
    }
  }

  /** Onto zeros, as gradients have it, and onto other data; some places several times. */
  private static void scatters(CaseWriter writer) {
    int[] data = {3, 4, 2};
    for (int opset : new int[] {16, 18}) {
      for (int axis = -1; axis < 3; axis++) {
        int[] updates = {2, 5, 2};
        // Only along the axis there may be more updates than data.
        updates[1] = axis == 1 ? 5 : 3;
        int length = data[Math.floorMod(axis, 3)];
        Tensor zeros = Tensor.of(Shape.of(data), new float[24]);
        Tensor indices = writer.integers(-length, length - 1, updates);
        writer.add(
            opset,
            "ScatterElements",
            List.of(fixed(zeros), fixed(indices), input(writer.normal(updates))),
            "axis",
            axis,
            "reduction",
            "add");
        writer.add(
            opset,
            "ScatterElements",
            List.of(input(writer.normal(data)), input(indices), input(writer.normal(updates))),
            "axis",
            axis,
            "reduction",
            "add");
      }
      writer.add(
          opset,
          "ScatterElements",
          List.of(
              fixed(Tensor.of(Shape.of(6), new float[6])),
              input(writer.integers(-6, 5, 9)),
              input(writer.normal(9))),
          "reduction",
          "add");
    }
  }

  /** The smallest, the largest and products, of several updates of one place, too. */
  private static void joins(CaseWriter writer) {
    for (int opset : new int[] {16, 18}) {
      for (String reduction : new String[] {"mul", "min", "max"}) {
        if (opset == 16 && !reduction.equals("mul")) {
          continue;
        }
        writer.add(
            opset,
            "ScatterElements",
            List.of(
                input(writer.normal(3, 4)),
                fixed(writer.integers(-3, 2, 5, 4)),
                input(writer.normal(5, 4))),
            "reduction",
            reduction);
        writer.add(
            opset,
            "ScatterND",
            List.of(
                input(writer.normal(4, 2, 3)),
                fixed(Tensor.of(Shape.of(3, 2), 1L, 0, 3, 1, 1, 0)),
                input(writer.normal(3, 3))),
            "reduction",
            reduction);
      }
    }
  }

  private static void pads(CaseWriter writer) {
    for (String mode : new String[] {"constant", "reflect", "edge"}) {
      for (int n = 0; n < 4; n++) {
        int[] pads = new int[8];
        for (int i : new int[] {2, 3, 6, 7}) {
          pads[i] = writer.between(0, 2);
        }
        long[] same = java.util.Arrays.stream(pads).asLongStream().toArray();
        writer.add(
            n % 2 == 0 ? 7 : 10,
            "Pad",
            List.of(input(writer.normal(2, 3, 4, 5))),
            "mode",
            mode,
            "pads",
            pads,
            "value",
            1.5f);
        for (int opset : new int[] {11, 13, 18}) {
          boolean value = mode.equals("constant") && n > 0;
          CaseWriter.Argument x = input(writer.normal(2, 3, 4, 5));
          writer.add(
              opset,
              "Pad",
              value
                  ? List.of(x, fixed(list(same)), fixed(Tensor.scalar(-2f)))
                  : List.of(x, fixed(list(same))),
              "mode",
              mode);
        }
      }
    }
    writer.add(
        18,
        "Pad",
        List.of(
            input(writer.normal(2, 3, 4)), fixed(list(1, 2, 0, 3)), absent(), fixed(list(-1, 1))));
    grids(writer);
    for (long[] pads : new long[][] {{1, 2, 3, 0}, {0, 4, 2, 5}}) {
      writer.add(19, "Pad", List.of(input(writer.normal(4, 5)), fixed(list(pads))), "mode", "wrap");
    }
    writer.add(11, "Pad", List.of(input(writer.normal(4, 5)), fixed(list(-1, 2, 1, -2))));
    writer.add(13, "Pad", List.of(input(writer.normal(4, 5)), fixed(list(-1, -1, -2, 0))));
    writer.add(13, "Pad", List.of(input(writer.normal(4, 5)), fixed(list(0, 0, 0, 0))));
  }

  /** Positions inside the image and well beyond it. */
  private static void grids(CaseWriter writer) {
    for (String padding : new String[] {"zeros", "border", "reflection"}) {
      for (int corners : new int[] {0, 1}) {
        for (String mode : new String[] {"bilinear", "nearest"}) {
          Object[] attributes = {"mode", mode, "padding_mode", padding, "align_corners", corners};
          writer.add(
              16,
              "GridSample",
              List.of(
                  input(writer.normal(2, 3, 4, 5)), input(writer.uniform(-1.6, 1.6, 2, 3, 2, 2))),
              attributes);
        }
        writer.add(
            padding.equals("zeros") ? 20 : 16,
            "GridSample",
            List.of(input(writer.normal(2, 2, 4, 5)), input(writer.uniform(-1.3, 1.3, 2, 3, 2, 2))),
            "mode",
            padding.equals("zeros") ? "cubic" : "bicubic",
            "padding_mode",
            padding,
            "align_corners",
            corners);
        Object[] attributes = {"padding_mode", padding, "align_corners", corners};
        writer.add(
            20,
            "GridSample",
            List.of(
                input(writer.normal(1, 2, 3, 4, 3)),
                fixed(writer.uniform(-1.3, 1.3, 1, 2, 2, 2, 3))),
            attributes);
      }
    }
  }
}
