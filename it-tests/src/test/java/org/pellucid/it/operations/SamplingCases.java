package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.absent;
import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;
import static org.pellucid.it.operations.CaseWriter.list;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** RoiAlign, DeformConv, Col2Im, MaxUnpool, DFT. */
final class SamplingCases {
  private SamplingCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(13);
    boxes(writer);
    deformed(writer);
    folds(writer);
    unpools(writer);
    transforms(writer);
    return writer.cases();
  }

  /** Boxes inside the maps, partly and wholly beyond them, thin, and inside out. */
  private static void boxes(CaseWriter writer) {
    float[] corners = {
      1.1f, 0.7f, 6.3f, 7.9f, -3.2f, 2.1f, 4.4f, 5.3f, 5.2f, 5.1f, 15.3f, 14.2f, 2.3f, 3.4f, 2.6f,
      3.7f, 20.1f, 21.3f, 23.2f, 24.7f, 6.6f, 5.4f, 3.1f, 2.2f
    };
    Tensor boxes = Tensor.of(Shape.of(6, 4), corners);
    Tensor samples = list(0, 1, 1, 0, 1, 0);
    for (int opset : new int[] {10, 16}) {
      for (String mode : new String[] {"avg", "max"}) {
        for (int ratio : new int[] {0, 1, 2}) {
          // Of several samples, ONNX Runtime adds up what it should compare before opset 16.
          if (opset == 10 && mode.equals("max") && ratio != 1) {
            continue;
          }
          for (String rule : new String[] {"half_pixel", "output_half_pixel"}) {
            List<Object> attributes =
                new ArrayList<>(
                    List.of(
                        "mode",
                        mode,
                        "sampling_ratio",
                        ratio,
                        "output_height",
                        2,
                        "output_width",
                        3,
                        "spatial_scale",
                        0.75f));
            if (opset == 16) {
              attributes.addAll(List.of("coordinate_transformation_mode", rule));
            } else if (rule.equals("half_pixel")) {
              continue;
            }
            writer.add(
                opset,
                "RoiAlign",
                List.of(
                    input(writer.normal(2, 3, 8, 9)),
                    ratio == 0 ? fixed(boxes) : input(boxes),
                    ratio == 2 ? input(samples) : fixed(samples)),
                attributes.toArray());
          }
        }
      }
    }
    writer.add(
        16,
        "RoiAlign",
        List.of(
            input(writer.normal(1, 2, 5, 4)),
            input(Tensor.of(Shape.of(1, 4), 0.3f, 0.2f, 3.1f, 4.2f)),
            fixed(list(0))),
        "sampling_ratio",
        2);
  }

  private static void deformed(CaseWriter writer) {
    int[][] shapes = {
      // input's channels, output's, groups, groups of offsets, kernel, stride, dilation, padding
      {2, 3, 1, 1, 3, 3, 1, 1, 0},
      {4, 4, 2, 2, 2, 3, 2, 1, 1},
      {4, 2, 1, 4, 1, 2, 1, 2, 1},
      {6, 3, 3, 2, 3, 2, 2, 2, 2},
    };
    for (int opset : new int[] {19, 22}) {
      for (int n = 0; n < shapes.length; n++) {
        int[] s = shapes[n];
        int height = (6 + 2 * s[8] - (s[4] - 1) * s[7] - 1) / s[6] + 1;
        int width = (7 + 2 * s[8] - (s[5] - 1) * s[7] - 1) / s[6] + 1;
        int places = s[3] * s[4] * s[5];
        List<CaseWriter.Argument> arguments =
            new ArrayList<>(
                List.of(
                    input(writer.normal(2, s[0], 6, 7)),
                    n == 0
                        ? input(writer.normal(s[1], s[0] / s[2], s[4], s[5]))
                        : fixed(writer.normal(s[1], s[0] / s[2], s[4], s[5])),
                    input(writer.spread(0, 1.5, 2, 2 * places, height, width))));
        if (n > 0) {
          arguments.add(n == 1 ? absent() : fixed(writer.normal(s[1])));
          arguments.add(input(writer.uniform(0, 1, 2, places, height, width)));
        }
        writer.add(
            opset,
            "DeformConv",
            arguments,
            "group",
            s[2],
            "offset_group",
            s[3],
            "kernel_shape",
            new int[] {s[4], s[5]},
            "strides",
            new int[] {s[6], s[6]},
            "dilations",
            new int[] {s[7], s[7]},
            "pads",
            new int[] {s[8], s[8], s[8], s[8]});
      }
    }
  }

  private static void folds(CaseWriter writer) {
    int[][] kinds = {{1, 1, 0}, {2, 1, 0}, {1, 2, 1}, {2, 1, 1}, {3, 2, 1}};
    for (int[] kind : kinds) {
      int height = (7 + 2 * kind[2] - kind[1] - 1) / kind[0] + 1;
      int width = (8 + 2 * kind[2] - 2 * kind[1] - 1) / kind[0] + 1;
      writer.add(
          18,
          "Col2Im",
          List.of(
              input(writer.normal(2, 3 * 6, height * width)), fixed(list(7, 8)), fixed(list(2, 3))),
          "strides",
          new int[] {kind[0], kind[0]},
          "dilations",
          new int[] {kind[1], kind[1]},
          "pads",
          new int[] {kind[2], kind[2], kind[2], kind[2]});
    }
    writer.add(
        18,
        "Col2Im",
        List.of(
            input(writer.normal(1, 2 * 8, 2 * 3 * 2)), fixed(list(3, 4, 3)), fixed(list(2, 2, 2))));
  }

  /** Apart, and where windows overlap: the elements that several have taken are alike. */
  private static void unpools(CaseWriter writer) {
    for (int opset : new int[] {9, 11, 22}) {
      Tensor places = list(5, 7, 8, 15, 17, 18, 25, 30).reshape(Shape.of(1, 2, 2, 2));
      for (boolean known : new boolean[] {false, true}) {
        writer.add(
            opset,
            "MaxUnpool",
            List.of(input(writer.normal(1, 2, 2, 2)), known ? fixed(places) : input(places)),
            "kernel_shape",
            new int[] {2, 2},
            "strides",
            new int[] {2, 2});
      }
      writer.add(
          opset,
          "MaxUnpool",
          List.of(
              input(writer.normal(1, 2, 2, 2)),
              fixed(list(6, 8, 16, 18, 26, 28, 36, 49).reshape(Shape.of(1, 2, 2, 2))),
              fixed(list(1, 2, 5, 5))),
          "kernel_shape",
          new int[] {2, 2},
          "strides",
          new int[] {2, 2});
    }
    Tensor alike = Tensor.of(Shape.of(1, 1, 2, 2), 2.5f, 2.5f, -1f, 4f);
    writer.addRough(
        11,
        "MaxUnpool",
        List.of(input(alike), fixed(list(4, 4, 6, 8).reshape(alike.shape()))),
        "kernel_shape",
        new int[] {2, 2},
        "strides",
        new int[] {1, 1});
  }

  private static void transforms(CaseWriter writer) {
    for (int axis : new int[] {1, 2}) {
      for (int inverse : new int[] {0, 1}) {
        for (int parts : new int[] {1, 2}) {
          writer.add(
              17,
              "DFT",
              List.of(input(writer.normal(2, 5, 6, parts))),
              "axis",
              axis,
              "inverse",
              inverse);
          writer.add(
              20,
              "DFT",
              List.of(
                  input(writer.normal(2, 5, 6, parts)),
                  inverse == 0 ? absent() : fixed(Tensor.scalar(4L)),
                  fixed(Tensor.scalar((long) axis - 4))),
              "inverse",
              inverse);
        }
      }
      writer.add(17, "DFT", List.of(input(writer.normal(2, 5, 6, 1))), "axis", axis, "onesided", 1);
      writer.add(
          20,
          "DFT",
          List.of(
              input(writer.normal(2, 5, 6, 1)),
              fixed(Tensor.scalar(7L)),
              fixed(Tensor.scalar((long) axis))),
          "onesided",
          1);
    }
  }
}
