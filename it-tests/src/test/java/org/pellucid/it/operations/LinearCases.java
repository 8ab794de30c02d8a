package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Conv, ConvTranspose, Gemm, MatMul. */
final class LinearCases {
  private LinearCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(4);
    for (int n = 0; n < 120; n++) {
      conv(writer, n);
    }
    for (int n = 0; n < 60; n++) {
      convTranspose(writer, n);
    }
    gemms(writer);
    matrixProducts(writer);
    return writer.cases();
  }

  private static void conv(CaseWriter writer, int n) {
    int axes = n % 6 == 0 ? 1 : n % 6 == 1 ? 3 : 2;
    int groups = writer.between(1, 3);
    int[] x = new int[axes + 2];
    int[] w = new int[axes + 2];
    x[0] = writer.between(1, 2);
    w[1] = writer.between(1, 2);
    x[1] = groups * w[1];
    w[0] = groups * writer.between(1, 2);
    int[] strides = new int[axes];
    int[] dilations = new int[axes];
    int[] pads = new int[2 * axes];
    for (int i = 0; i < axes; i++) {
      w[i + 2] = writer.between(1, 4);
      strides[i] = writer.between(1, 3);
      dilations[i] = writer.between(1, 2);
      pads[i] = writer.between(0, 2);
      pads[i + axes] = writer.between(0, 2);
      x[i + 2] = (w[i + 2] - 1) * dilations[i] + writer.between(1, 6);
    }
    List<CaseWriter.Argument> arguments =
        new ArrayList<>(List.of(input(writer.normal(x)), fixed(writer.normal(w))));
    if (writer.coin()) {
      arguments.add(fixed(writer.normal(w[0])));
    }
    List<Object> attributes = new ArrayList<>(List.of("group", groups, "strides", strides));
    if (writer.coin()) {
      attributes.addAll(List.of("kernel_shape", Arrays.copyOfRange(w, 2, w.length)));
    }
    String auto = new String[] {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"}[n % 4];
    if (auto.equals("NOTSET")) {
      attributes.addAll(List.of("pads", pads, "dilations", dilations));
    } else {
      attributes.addAll(List.of("auto_pad", auto));
      if (auto.equals("VALID")) {
        attributes.addAll(List.of("dilations", dilations));
      }
    }
    writer.add(new int[] {7, 11, 13, 22}[n / 4 % 4], "Conv", arguments, attributes.toArray());
  }

  private static void convTranspose(CaseWriter writer, int n) {
    int axes = n % 6 == 0 ? 1 : n % 6 == 1 ? 3 : 2;
    int groups = writer.between(1, 3);
    int[] x = new int[axes + 2];
    int[] w = new int[axes + 2];
    x[0] = writer.between(1, 2);
    x[1] = groups * writer.between(1, 2);
    w[0] = x[1];
    w[1] = writer.between(1, 2);
    int[] strides = new int[axes];
    int[] dilations = new int[axes];
    int[] added = new int[axes];
    int[] pads = new int[2 * axes];
    int[] shape = new int[axes];
    for (int i = 0; i < axes; i++) {
      w[i + 2] = writer.between(1, 4);
      strides[i] = writer.between(1, 3);
      dilations[i] = writer.between(1, 2);
      added[i] = writer.between(0, strides[i] - 1);
      pads[i] = writer.between(0, 2);
      pads[i + axes] = writer.between(0, 2);
      x[i + 2] = writer.between(5, 7);
      int full = (x[i + 2] - 1) * strides[i] + (w[i + 2] - 1) * dilations[i] + 1 + added[i];
      shape[i] = full - writer.between(0, 3);
    }
    List<CaseWriter.Argument> arguments =
        new ArrayList<>(List.of(input(writer.normal(x)), fixed(writer.normal(w))));
    if (writer.coin()) {
      arguments.add(fixed(writer.normal(groups * w[1])));
    }
    List<Object> attributes =
        new ArrayList<>(List.of("group", groups, "strides", strides, "dilations", dilations));
    if (n % 2 == 0) {
      attributes.addAll(List.of("output_padding", added));
    }
    String auto = new String[] {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "shape"}[n % 5];
    if (auto.equals("NOTSET")) {
      attributes.addAll(List.of("pads", pads));
    } else if (auto.equals("shape")) {
      // Without output_padding the full length is less by that.
      for (int i = 0; i < axes && n % 2 != 0; i++) {
        shape[i] -= added[i];
      }
      attributes.addAll(List.of("output_shape", shape));
      if (writer.coin()) {
        attributes.addAll(List.of("auto_pad", "SAME_UPPER"));
      }
    } else {
      attributes.addAll(List.of("auto_pad", auto));
    }
    writer.add(new int[] {7, 11, 22}[n % 3], "ConvTranspose", arguments, attributes.toArray());
  }

  private static void gemms(CaseWriter writer) {
    for (int opset : new int[] {7, 9, 11, 13}) {
      for (int transA = 0; transA < 2; transA++) {
        for (int transB = 0; transB < 2; transB++) {
          int[] a = transA == 1 ? new int[] {4, 3} : new int[] {3, 4};
          int[] b = transB == 1 ? new int[] {5, 4} : new int[] {4, 5};
          for (int[] c : new int[][] {{5}, {3, 5}, {3, 1}, {1}, {1, 5}}) {
            writer.add(
                opset,
                "Gemm",
                List.of(input(writer.normal(a)), fixed(writer.normal(b)), fixed(writer.normal(c))),
                "transA",
                transA,
                "transB",
                transB,
                "alpha",
                writer.coin() ? 1f : 0.5f,
                "beta",
                writer.coin() ? 1f : 2.5f);
          }
          if (opset >= 11) {
            writer.add(
                opset,
                "Gemm",
                List.of(input(writer.normal(a)), input(writer.normal(b))),
                "transA",
                transA,
                "transB",
                transB);
          }
        }
      }
    }
  }

  private static void matrixProducts(CaseWriter writer) {
    int[][][] pairs = {
      {{3, 4}, {4, 5}},
      {{2, 3, 4}, {4, 5}},
      {{2, 3, 4}, {2, 4, 5}},
      {{2, 1, 3, 4}, {5, 4, 2}},
      {{4}, {4}},
      {{4}, {4, 5}},
      {{3, 4}, {4}},
      {{2, 3, 4}, {4}},
      {{4}, {2, 4, 3}},
      {{3, 4}, {2, 4, 5}},
    };
    for (int opset : new int[] {7, 9, 13}) {
      for (int[][] pair : pairs) {
        writer.add(
            opset, "MatMul", List.of(input(writer.normal(pair[0])), input(writer.normal(pair[1]))));
        writer.add(
            opset, "MatMul", List.of(input(writer.normal(pair[0])), fixed(writer.normal(pair[1]))));
      }
    }
  }
}
