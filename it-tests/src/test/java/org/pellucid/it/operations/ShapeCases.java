package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;
import static org.pellucid.it.operations.CaseWriter.list;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Operators that change the shape, and those that make tensors of shapes. */
final class ShapeCases {
  private ShapeCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(2);
    reshapes(writer);
    squeezes(writer);
    transposes(writer);
    repeats(writer);
    blocks(writer);
    constants(writer);
    return writer.cases();
  }

  private static void reshapes(CaseWriter writer) {
    long[][] targets = {{-1}, {2, -1}, {0, -1}, {0, 0, 20}, {4, 5, 6}, {1, 2, 3, 4, 5}, {-1, 0, 0}};
    for (int opset : new int[] {7, 13, 14, 19, 23}) {
      for (long[] target : targets) {
        writer.add(
            opset, "Reshape", List.of(input(writer.normal(2, 3, 4, 5)), fixed(list(target))));
      }
    }
    writer.add(
        14, "Reshape", List.of(input(writer.normal(2, 3)), fixed(list(3, 2))), "allowzero", 1);
    for (int axis : new int[] {0, 1, 2, 3, 4}) {
      writer.add(7, "Flatten", List.of(input(writer.normal(2, 3, 4, 5))), "axis", axis);
      writer.add(13, "Flatten", List.of(input(writer.normal(2, 3, 4, 5))), "axis", axis - 4);
    }
    writer.add(9, "Flatten", List.of(input(writer.normal(2, 3, 1, 1))));
  }

  private static void squeezes(CaseWriter writer) {
    for (int[] axes : new int[][] {{2}, {0, 2}, {4, 0}}) {
      writer.add(7, "Squeeze", List.of(input(writer.normal(1, 3, 1, 2, 1))), "axes", axes);
      writer.add(7, "Unsqueeze", List.of(input(writer.normal(3, 2, 4))), "axes", axes);
    }
    writer.add(7, "Squeeze", List.of(input(writer.normal(1, 3, 1, 2, 1))));
    writer.add(13, "Squeeze", List.of(input(writer.normal(1, 3, 1, 2, 1))));
    for (long[] axes : new long[][] {{2}, {-1, 0}, {-3}}) {
      for (int opset : new int[] {13, 21, 23}) {
        writer.add(
            opset, "Squeeze", List.of(input(writer.normal(1, 3, 1, 2, 1)), fixed(list(axes))));
        writer.add(opset, "Unsqueeze", List.of(input(writer.normal(3, 2, 4)), fixed(list(axes))));
      }
    }
    writer.add(11, "Squeeze", List.of(input(writer.normal(1, 3, 1, 2, 1))), "axes", new int[] {-1});
    writer.add(11, "Unsqueeze", List.of(input(writer.normal(3, 2))), "axes", new int[] {-1, 1});
  }

  private static void transposes(CaseWriter writer) {
    int[][] permutations = {
      {0, 2, 3, 1}, {0, 3, 1, 2}, {3, 2, 1, 0}, {1, 0, 2, 3}, {0, 1, 2, 3}, {2, 0, 3, 1}
    };
    for (int opset : new int[] {7, 13, 23}) {
      for (int[] permutation : permutations) {
        writer.add(
            opset, "Transpose", List.of(input(writer.normal(2, 3, 4, 5))), "perm", permutation);
      }
      writer.add(opset, "Transpose", List.of(input(writer.normal(2, 3, 4))));
      writer.add(opset, "Transpose", List.of(input(writer.normal(3, 4))));
    }
  }

  private static void repeats(CaseWriter writer) {
    for (int opset : new int[] {8, 13}) {
      for (long[] shape : new long[][] {{2, 3, 4}, {5, 2, 3, 4}, {1, 4}, {3, 1}, {1}}) {
        writer.add(opset, "Expand", List.of(input(writer.normal(2, 3, 1)), fixed(list(shape))));
      }
      for (long[] repeats : new long[][] {{1, 1, 1}, {2, 1, 3}, {3, 2, 1}}) {
        writer.add(opset, "Tile", List.of(input(writer.normal(2, 3, 2)), fixed(list(repeats))));
      }
    }
  }

  private static void blocks(CaseWriter writer) {
    for (int block : new int[] {1, 2, 3}) {
      int channels = block * block * 2;
      for (int opset : new int[] {7, 11, 13}) {
        writer.add(
            opset,
            "DepthToSpace",
            List.of(input(writer.normal(2, channels, 2, 3))),
            "blocksize",
            block);
      }
      for (String mode : new String[] {"DCR", "CRD"}) {
        writer.add(
            13,
            "DepthToSpace",
            List.of(input(writer.normal(1, channels, 3, 2))),
            "blocksize",
            block,
            "mode",
            mode);
      }
      for (int opset : new int[] {7, 13}) {
        writer.add(
            opset,
            "SpaceToDepth",
            List.of(input(writer.normal(2, 3, 2 * block, 3 * block))),
            "blocksize",
            block);
      }
    }
  }

  private static void constants(CaseWriter writer) {
    for (int opset : new int[] {7, 13, 15, 21}) {
      writer.addRough(opset, "Shape", List.of(input(writer.normal(2, 3, 4))));
      writer.addRough(opset, "Size", List.of(input(writer.normal(2, 3, 4))));
    }
    for (int start : new int[] {-9, -2, 0, 1, 5}) {
      for (int end : new int[] {-1, 1, 2, 7}) {
        writer.addRough(
            15, "Shape", List.of(input(writer.normal(2, 3, 4))), "start", start, "end", end);
      }
    }
    writer.addRough(9, "ConstantOfShape", List.of(fixed(list(2, 3))));
    writer.addRough(
        9, "ConstantOfShape", List.of(fixed(list(2, 3))), "value", Tensor.of(Shape.of(1), 4L));
    writer.addRough(
        20, "ConstantOfShape", List.of(fixed(list(4))), "value", Tensor.of(Shape.of(1), 2.5f));
    for (long[] range : new long[][] {{0, 5, 1}, {3, -4, -2}, {2, 2, 1}, {1, 10, 4}}) {
      writer.addRough(
          11,
          "Range",
          List.of(
              fixed(Tensor.scalar(range[0])),
              fixed(Tensor.scalar(range[1])),
              fixed(Tensor.scalar(range[2]))));
    }
    writer.addRough(
        11,
        "Range",
        List.of(fixed(Tensor.scalar(0.5f)), fixed(Tensor.scalar(3f)), fixed(Tensor.scalar(0.4f))));
    writer.addRough(9, "NonZero", List.of(fixed(writer.integers(0, 1, 3, 4))));
    writer.addRough(13, "NonZero", List.of(fixed(writer.integers(0, 1, 6))));
    for (int axis : new int[] {0, 1, -1}) {
      for (int form = 0; form < 4; form++) {
        writer.addRough(
            14,
            "CumSum",
            List.of(fixed(writer.normal(2, 3, 4)), fixed(Tensor.scalar((long) axis))),
            "exclusive",
            form % 2,
            "reverse",
            form / 2);
      }
    }
    writer.addRough(9, "Constant", List.of(), "value", writer.normal(2, 3));
    writer.addRough(12, "Constant", List.of(), "value_float", 2.5f);
    writer.addRough(12, "Constant", List.of(), "value_int", 7);
    writer.addRough(12, "Constant", List.of(), "value_floats", new float[] {1, 2.5f});
    writer.addRough(12, "Constant", List.of(), "value_ints", new int[] {3, -4});
  }
}
