package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.input;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Pooling in every form. */
final class PoolCases {
  private PoolCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(5);
    for (int n = 0; n < 120; n++) {
      pool(writer, "MaxPool", n, new int[] {7, 8, 10, 11, 12, 22});
      pool(writer, "AveragePool", n, new int[] {7, 10, 11, 19, 22});
      pool(writer, "LpPool", n, new int[] {7, 11, 18, 22});
    }
    for (int[] shape : new int[][] {{2, 3, 5}, {2, 3, 4, 5}, {1, 2, 3, 4, 2}}) {
      for (int opset : new int[] {7, 22}) {
        writer.add(opset, "GlobalAveragePool", List.of(input(writer.normal(shape))));
        writer.add(opset, "GlobalMaxPool", List.of(input(writer.normal(shape))));
        // ONNX Runtime has no later form of GlobalLpPool.
        for (int p = 1; opset < 22 && p <= 3; p++) {
          writer.add(opset, "GlobalLpPool", List.of(input(writer.normal(shape))), "p", p);
        }
      }
    }
    Tensor zeros = Tensor.of(Shape.of(1, 1, 4, 4), new float[16]);
    writer.addRough(
        12,
        "MaxPool",
        List.of(input(zeros)),
        "kernel_shape",
        new int[] {3, 3},
        "pads",
        new int[] {1, 1, 1, 1});
    indices(writer);
    return writer.cases();
  }

  private static void indices(CaseWriter writer) {
    writer.addSplit(
        12,
        "MaxPool",
        2,
        List.of(input(writer.normal(2, 3, 5, 7))),
        "kernel_shape",
        new int[] {3, 2},
        "strides",
        new int[] {2, 1},
        "pads",
        new int[] {1, 0, 1, 1},
        "ceil_mode",
        1);
    writer.addSplit(
        12,
        "MaxPool",
        2,
        List.of(input(writer.normal(2, 2, 4, 5))),
        "kernel_shape",
        new int[] {2, 2},
        "storage_order",
        1);
    writer.addSplit(
        13,
        "MaxPool",
        2,
        List.of(input(writer.normal(1, 2, 9))),
        "kernel_shape",
        new int[] {3},
        "dilations",
        new int[] {2});
  }

  private static void pool(CaseWriter writer, String operator, int n, int[] opsets) {
    int opset = opsets[n % opsets.length];
    boolean max = operator.equals("MaxPool");
    boolean average = operator.equals("AveragePool");
    boolean dilates = opset >= (max ? 10 : average ? 19 : 18);
    boolean ceils = opset >= (operator.equals("LpPool") ? 18 : 10);
    int axes = n % 7 == 0 ? 1 : n % 7 == 1 ? 3 : 2;
    int[] x = new int[axes + 2];
    x[0] = writer.between(1, 2);
    x[1] = writer.between(1, 3);
    int[] kernel = new int[axes];
    int[] strides = new int[axes];
    int[] dilations = new int[axes];
    int[] pads = new int[2 * axes];
    for (int i = 0; i < axes; i++) {
      kernel[i] = writer.between(1, 4);
      strides[i] = writer.between(1, 3);
      dilations[i] = dilates ? writer.between(1, 2) : 1;
      // Padding is smaller than the kernel: no window lies in padding alone.
      pads[i] = writer.between(0, kernel[i] - 1);
      pads[i + axes] = writer.between(0, kernel[i] - 1);
      x[i + 2] = (kernel[i] - 1) * dilations[i] + writer.between(1, 7);
    }
    String auto =
        new String[] {"NOTSET", "NOTSET", "SAME_UPPER", "NOTSET", "SAME_LOWER", "VALID"}[n % 6];
    boolean same = auto.startsWith("SAME");
    for (int i = 0; same && i < axes; i++) {
      // Steps beyond the kernel would ask for negative padding, on which runtimes differ.
      strides[i] = Math.min(strides[i], kernel[i]);
    }
    List<Object> attributes = new ArrayList<>(List.of("kernel_shape", kernel));
    if (n % 5 != 0) {
      attributes.addAll(List.of("strides", strides));
    }
    boolean free = auto.equals("NOTSET");
    if (free) {
      attributes.addAll(List.of("pads", pads));
    } else {
      attributes.addAll(List.of("auto_pad", auto));
    }
    if (dilates && (free || auto.equals("VALID"))) {
      attributes.addAll(List.of("dilations", dilations));
    }
    boolean ceil = ceils && free && writer.between(0, 1) == 1;
    if (ceils && free) {
      attributes.addAll(List.of("ceil_mode", ceil ? 1 : 0));
    }
    if (average) {
      // Of a last window that does not fit, ONNX Runtime up to 1.28 divides the sum by all of the
      // kernel where padding counts, in all versions of the operator before 19.
      boolean wrong = ceil && opset < 19;
      attributes.addAll(List.of("count_include_pad", wrong ? 0 : writer.between(0, 1)));
    }
    if (operator.equals("LpPool")) {
      attributes.addAll(List.of("p", writer.between(1, 3)));
    }
    writer.add(opset, operator, List.of(input(writer.normal(x))), attributes.toArray());
  }
}
