package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;
import static org.pellucid.it.operations.CaseWriter.list;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Reductions, indices of the largest, softmax. */
final class ReductionCases {
  private static final String[] REDUCTIONS = {
    "ReduceSum",
    "ReduceMean",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "ReduceL1",
    "ReduceL2",
    "ReduceSumSquare",
    "ReduceLogSum",
    "ReduceLogSumExp",
  };

  private ReductionCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(7);
    for (String operator : REDUCTIONS) {
      for (int[] axes : new int[][] {{0}, {1}, {2, 3}, {0, 2}, {0, 1, 2, 3}}) {
        for (int keep = 0; keep < 2; keep++) {
          reduction(writer, operator, axes, keep);
        }
      }
      Tensor x = writer.uniform(0.5, 2, 2, 3, 2);
      writer.add(7, operator, List.of(input(x)));
      writer.add(18, operator, List.of(input(x)));
      writer.add(11, operator, List.of(input(x)), "axes", new int[] {-1}, "keepdims", 0);
    }
    writer.add(13, "ReduceSum", List.of(input(writer.normal(2, 3))), "noop_with_empty_axes", 1);
    writer.add(18, "ReduceMean", List.of(input(writer.normal(2, 3))), "noop_with_empty_axes", 1);
    indices(writer);
    softmaxes(writer);
    for (String operator : new String[] {"ReduceMax", "ReduceMin"}) {
      writer.addRough(20, operator, List.of(input(writer.truths(3, 4)), fixed(CaseWriter.list(1))));
    }
    return writer.cases();
  }

  private static void reduction(CaseWriter writer, String operator, int[] axes, int keep) {
    for (int opset : new int[] {7, 13}) {
      Tensor x = writer.uniform(0.5, 2, 2, 3, 4, 2);
      boolean asInput = opset == 13 && operator.equals("ReduceSum");
      if (!asInput) {
        writer.add(opset, operator, List.of(input(x)), "axes", axes, "keepdims", keep);
      }
    }
    int opset = operator.equals("ReduceSum") ? 13 : 18;
    Tensor x = writer.uniform(0.5, 2, 2, 3, 4, 2);
    long[] fromTheEnd = Arrays.stream(axes).asLongStream().map(axis -> axis - 4).toArray();
    writer.add(opset, operator, List.of(input(x), fixed(list(fromTheEnd))), "keepdims", keep);
  }

  private static void indices(CaseWriter writer) {
    for (String operator : new String[] {"ArgMax", "ArgMin"}) {
      for (int opset : new int[] {7, 11, 12, 13}) {
        for (int keep = 0; keep < 2; keep++) {
          for (int axis : new int[] {0, 1, 2}) {
            writer.addRough(
                opset,
                operator,
                List.of(input(writer.normal(2, 3, 4))),
                "axis",
                axis,
                "keepdims",
                keep);
          }
        }
      }
      Tensor ties = Tensor.of(Shape.of(2, 4), 1f, 3f, 3f, 1f, 0f, 0f, 0f, 0f);
      writer.addRough(13, operator, List.of(input(ties)), "axis", 1);
      writer.addRough(13, operator, List.of(input(ties)), "axis", -1, "select_last_index", 1);
    }
  }

  private static void softmaxes(CaseWriter writer) {
    for (String operator : new String[] {"Softmax", "LogSoftmax"}) {
      for (int[] shape : new int[][] {{5}, {2, 5}, {2, 3, 4}, {2, 5, 1, 1}, {2, 3, 4, 5}}) {
        for (int opset : new int[] {7, 11, 13}) {
          Tensor x = writer.spread(0, 3, shape);
          if (opset == 13 || shape.length > 1) {
            writer.add(opset, operator, List.of(input(x)));
          }
          for (int axis = 0; axis < shape.length; axis++) {
            writer.add(opset, operator, List.of(input(x)), "axis", axis);
          }
          if (opset >= 11) {
            writer.add(opset, operator, List.of(input(x)), "axis", -1);
          }
        }
      }
    }
    writer.add(13, "Softmax", List.of(input(Tensor.of(Shape.of(1, 3), 900f, 901f, -900f))));
  }
}
