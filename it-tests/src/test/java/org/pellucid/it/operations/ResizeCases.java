package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.absent;
import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;
import static org.pellucid.it.operations.CaseWriter.list;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Upsample and Resize. */
final class ResizeCases {
  private static final String[] RULES = {
    "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"
  };

  private ResizeCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(8);
    olderForms(writer);
    nearest(writer);
    smooth(writer);
    proportions(writer);
    withoutOutside(writer);
    crops(writer);
    return writer.cases();
  }

  private static Tensor scales(float height, float width) {
    return Tensor.of(Shape.of(4), 1f, 1f, height, width);
  }

  /** The region of interest, or scales where sizes are given: opset 11 wants them, but empty. */
  private static CaseWriter.Argument empty() {
    return fixed(Tensor.of(Shape.of(0), new float[0]));
  }

  private static CaseWriter.Argument image(CaseWriter writer) {
    return input(writer.normal(2, 2, 4, 5));
  }

  private static void olderForms(CaseWriter writer) {
    for (String mode : new String[] {"nearest", "linear"}) {
      float[] scales = {1, 1, 2, 3};
      writer.add(7, "Upsample", List.of(image(writer)), "mode", mode, "scales", scales);
      writer.add(9, "Upsample", List.of(image(writer), fixed(scales(2, 2))), "mode", mode);
      writer.add(10, "Resize", List.of(image(writer), fixed(scales(2, 1.5f))), "mode", mode);
      writer.add(10, "Resize", List.of(image(writer), fixed(scales(0.5f, 1))), "mode", mode);
    }
  }

  private static void nearest(CaseWriter writer) {
    String[] roundings = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
    for (int opset : new int[] {11, 13, 18, 19}) {
      for (String rule : RULES) {
        for (String rounding : roundings) {
          writer.add(
              opset,
              "Resize",
              List.of(image(writer), empty(), fixed(scales(2, 3))),
              "coordinate_transformation_mode",
              rule,
              "nearest_mode",
              rounding);
        }
        writer.add(
            opset,
            "Resize",
            List.of(
                image(writer), empty(), opset == 11 ? empty() : absent(), fixed(list(2, 2, 7, 3))),
            "coordinate_transformation_mode",
            rule,
            "nearest_mode",
            "floor");
      }
    }
    writer.add(
        18,
        "Resize",
        List.of(image(writer), absent(), absent(), fixed(list(8, 10))),
        "axes",
        new int[] {2, 3});
  }

  private static void proportions(CaseWriter writer) {
    for (String policy : new String[] {"not_larger", "not_smaller"}) {
      for (String mode : new String[] {"nearest", "linear"}) {
        for (long[] sizes : new long[][] {{7, 8}, {2, 9}}) {
          writer.add(
              18,
              "Resize",
              List.of(image(writer), absent(), absent(), fixed(list(sizes))),
              "axes",
              new int[] {2, 3},
              "keep_aspect_ratio_policy",
              policy,
              "mode",
              mode);
        }
      }
    }
  }

  private static void withoutOutside(CaseWriter writer) {
    for (float[] scale : new float[][] {{2, 1.5f}, {0.7f, 0.4f}}) {
      CaseWriter.Argument scales = fixed(scales(scale[0], scale[1]));
      writer.add(
          13,
          "Resize",
          List.of(image(writer), empty(), scales),
          "mode",
          "cubic",
          "exclude_outside",
          1);
      for (String mode : new String[] {"linear", "cubic"}) {
        writer.add(
            18,
            "Resize",
            List.of(input(writer.normal(1, 2, 9, 10)), empty(), scales),
            "mode",
            mode,
            "antialias",
            1);
      }
    }
  }

  private static void crops(CaseWriter writer) {
    float[][] regions = {
      {0, 0, 0.2f, 0.3f, 1, 1, 0.7f, 0.8f}, {0, 0, -0.4f, 0.5f, 1, 1, 0.9f, 1.5f}
    };
    for (float[] region : regions) {
      for (float beyond : new float[] {0, 2.5f}) {
        for (String mode : new String[] {"nearest", "linear"}) {
          writer.add(
              13,
              "Resize",
              List.of(
                  image(writer),
                  fixed(Tensor.of(Shape.of(8), region)),
                  absent(),
                  fixed(list(2, 2, 3, 6))),
              "coordinate_transformation_mode",
              "tf_crop_and_resize",
              "mode",
              mode,
              "extrapolation_value",
              beyond);
        }
      }
    }
  }

  private static void smooth(CaseWriter writer) {
    for (String mode : new String[] {"linear", "cubic"}) {
      for (int opset : new int[] {11, 13, 19}) {
        for (String rule : RULES) {
          writer.add(
              opset,
              "Resize",
              List.of(image(writer), empty(), fixed(scales(2, 1.5f))),
              "mode",
              mode,
              "coordinate_transformation_mode",
              rule);
          writer.add(
              opset,
              "Resize",
              List.of(
                  image(writer),
                  empty(),
                  opset == 11 ? empty() : absent(),
                  fixed(list(2, 2, 3, 9))),
              "mode",
              mode,
              "coordinate_transformation_mode",
              rule);
        }
      }
    }
    writer.add(
        13,
        "Resize",
        List.of(image(writer), empty(), fixed(scales(2, 2))),
        "mode",
        "cubic",
        "cubic_coeff_a",
        -0.5f);
  }
}
