package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;

import java.util.List;

/** Normalisations. */
final class NormalizationCases {
  private static final int[][] SHAPES = {{2, 6, 5}, {2, 6, 4, 5}, {1, 6, 2, 3, 2}};

  private NormalizationCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(6);
    batches(writer);
    instancesAndGroups(writer);
    layers(writer);
    others(writer);
    return writer.cases();
  }

  private static void batches(CaseWriter writer) {
    for (int opset : new int[] {7, 9, 14, 15}) {
      for (int[] shape : new int[][] {{2, 6}, {2, 6, 5}, {2, 6, 4, 5}, {1, 6, 2, 3, 2}}) {
        for (float epsilon : new float[] {1e-5f, 1e-3f}) {
          writer.add(
              opset,
              "BatchNormalization",
              List.of(
                  input(writer.normal(shape)),
                  fixed(writer.normal(6)),
                  fixed(writer.normal(6)),
                  fixed(writer.normal(6)),
                  fixed(writer.uniform(0.2, 3, 6))),
              "epsilon",
              epsilon);
        }
      }
    }
  }

  private static void instancesAndGroups(CaseWriter writer) {
    for (int[] shape : SHAPES) {
      for (int opset : new int[] {7, 22}) {
        writer.add(
            opset,
            "InstanceNormalization",
            List.of(input(writer.normal(shape)), fixed(writer.normal(6)), fixed(writer.normal(6))),
            "epsilon",
            1e-3f);
      }
      for (int groups : new int[] {1, 2, 3, 6}) {
        writer.add(
            18,
            "GroupNormalization",
            List.of(
                input(writer.normal(shape)),
                fixed(writer.normal(groups)),
                fixed(writer.normal(groups))),
            "num_groups",
            groups);
        writer.add(
            21,
            "GroupNormalization",
            List.of(input(writer.normal(shape)), fixed(writer.normal(6)), fixed(writer.normal(6))),
            "num_groups",
            groups,
            "epsilon",
            1e-3f);
      }
    }
  }

  private static void layers(CaseWriter writer) {
    for (int axis : new int[] {-1, 1, 2, 3, -2}) {
      int first = axis < 0 ? axis + 4 : axis;
      int[] shape = {2, 3, 4, 5};
      int[] scale = java.util.Arrays.copyOfRange(shape, first, 4);
      writer.add(
          17,
          "LayerNormalization",
          List.of(
              input(writer.normal(shape)),
              fixed(writer.normal(scale)),
              fixed(writer.normal(scale))),
          "axis",
          axis);
      writer.add(
          17,
          "LayerNormalization",
          List.of(input(writer.normal(shape)), fixed(writer.normal(scale))),
          "axis",
          axis,
          "epsilon",
          1e-2f);
      writer.addSplit(
          17,
          "LayerNormalization",
          3,
          List.of(input(writer.normal(shape)), fixed(writer.normal(scale))),
          "axis",
          axis);
      writer.add(
          23,
          "RMSNormalization",
          List.of(input(writer.normal(shape)), fixed(writer.normal(scale))),
          "axis",
          axis);
    }
  }

  private static void others(CaseWriter writer) {
    // ONNX Runtime takes odd sizes only.
    for (int size : new int[] {1, 3, 5, 7}) {
      for (int opset : new int[] {7, 13}) {
        writer.add(opset, "LRN", List.of(input(writer.normal(2, 6, 3, 4))), "size", size);
        writer.add(
            opset,
            "LRN",
            List.of(input(writer.normal(1, 4, 3, 4))),
            "size",
            size,
            "alpha",
            0.7f,
            "beta",
            0.5f,
            "bias",
            2f);
      }
    }
    for (int p = 1; p <= 2; p++) {
      for (int axis : new int[] {-1, 0, 1}) {
        writer.add(
            7, "LpNormalization", List.of(input(writer.normal(2, 3, 4))), "p", p, "axis", axis);
      }
    }
    writer.add(9, "MeanVarianceNormalization", List.of(input(writer.normal(3, 2, 4, 5))));
    writer.add(
        13,
        "MeanVarianceNormalization",
        List.of(input(writer.normal(3, 2, 4, 5))),
        "axes",
        new int[] {2, 3});
  }
}
