package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Unary;

/**
 * Resampling. All rules are separable: along each resized axis, an output element is a weighted sum
 * of one (nearest), two (linear) or four (cubic) input elements at fixed positions.
 */
final class ResizeOperators {
  private ResizeOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("Upsample", 1, 2, ResizeOperators::upsample);
    registry.add("Resize", 1, 4, ResizeOperators::resize);
  }

  /**
   * How one axis is resampled.
   *
   * @param axis from 0
   * @param from length before
   * @param to length after
   * @param scale how much larger it gets, nearly to / from
   */
  private record Stretch(int axis, int from, int to, double scale) {
    /** Where an output element lies in the input, by the rule's formula in the specification. */
    double position(int x, String rule) {
      return switch (rule) {
        case "half_pixel" -> unscaled(x + 0.5) - 0.5;
        case "pytorch_half_pixel" -> to > 1 ? unscaled(x + 0.5) - 0.5 : 0;
        case "half_pixel_symmetric" ->
            from / 2.0 * (1 - to / (scale * from)) + (x + 0.5) / scale - 0.5;
        case "align_corners" -> to > 1 ? x * (from - 1.0) / (to - 1.0) : 0;
        case "asymmetric" -> unscaled(x);
        default -> throw new RefusedNodeException("positions by the rule " + rule);
      };
    }

    /** Exact where the scale is only rounded from two lengths: 5 / (5 / 3) must not miss 3. */
    private double unscaled(double x) {
      boolean ratio = Math.abs(scale * from - to) < 1e-5 * to;
      return ratio ? x * from / to : x / scale;
    }
  }

  /** One input element per output element, with its weights. */
  private record Tap(long[] indices, float[] weights) {
    Tap(int length) {
      this(new long[length], new float[length]);
    }

    void set(int at, double index, int length, double weight) {
      indices[at] = (long) Math.max(0, Math.min(length - 1, index));
      weights[at] = (float) weight;
    }
  }

  /** Up to opset 9: positions are those of the corners, without any shift. */
  private static void upsample(NodeTranslation node) {
    List<Double> scales;
    if (node.opset() >= 9) {
      scales = scales(node, 1);
    } else if (node.attributes().get("scales") instanceof OnnxAttribute.Reals reals) {
      scales = reals.values().stream().map(Float::doubleValue).toList();
    } else {
      throw new IllegalArgumentException("attribute scales is missing");
    }
    resample(node, stretches(node, scales, allAxes(node)), "asymmetric", "floor");
  }

  private static void resize(NodeTranslation node) {
    Attributes attributes = node.attributes();
    if (node.opset() < 11) {
      resample(node, stretches(node, scales(node, 1), allAxes(node)), "asymmetric", "floor");
      return;
    }
    for (String refinement : new String[] {"antialias", "exclude_outside"}) {
      if (attributes.flag(refinement, false)) {
        throw new RefusedNodeException(refinement + " is not supported");
      }
    }
    String policy = attributes.text("keep_aspect_ratio_policy", "stretch");
    if (!policy.equals("stretch")) {
      throw new RefusedNodeException("the policy " + policy + " is not supported");
    }
    List<Integer> declared = attributes.wholes("axes");
    Shape shape = node.shape(0);
    List<Integer> axes =
        declared == null ? allAxes(node) : declared.stream().map(shape::axis).toList();
    ShapeOperators.normalized(axes, shape.rank());
    boolean bySizes = node.has(3) && node.shape(3).size() > 0;
    resample(
        node,
        bySizes ? toSizes(node, axes) : stretches(node, scales(node, 2), axes),
        attributes.text("coordinate_transformation_mode", "half_pixel"),
        attributes.text("nearest_mode", "round_prefer_floor"));
  }

  private static List<Integer> allAxes(NodeTranslation node) {
    return IntStream.range(0, node.shape(0).rank()).boxed().toList();
  }

  private static List<Double> scales(NodeTranslation node, int input) {
    return Arrays.stream(node.constant(input, "list of scales").toDoubleArray()).boxed().toList();
  }

  private static List<Stretch> stretches(
      NodeTranslation node, List<Double> scales, List<Integer> axes) {
    requireOnePerAxis(scales, axes);
    List<Stretch> stretches = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      int from = node.shape(0).dim(axes.get(i));
      double to = Math.floor((float) (from * scales.get(i)));
      stretches.add(stretch(axes.get(i), from, to, scales.get(i)));
    }
    return stretches;
  }

  private static List<Stretch> toSizes(NodeTranslation node, List<Integer> axes) {
    List<Integer> sizes = node.wholes(3, "list of sizes");
    requireOnePerAxis(sizes, axes);
    List<Stretch> stretches = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      int from = node.shape(0).dim(axes.get(i));
      stretches.add(stretch(axes.get(i), from, sizes.get(i), (double) sizes.get(i) / from));
    }
    return stretches;
  }

  private static void requireOnePerAxis(List<?> values, List<Integer> axes) {
    if (values.size() != axes.size()) {
      throw new IllegalArgumentException(
          values.size() + " scales or sizes are given for " + axes.size() + " axes");
    }
  }

  private static Stretch stretch(int axis, int from, double to, double scale) {
    // Written so that NaN fails.
    if (!(scale > 0 && to >= 1 && to <= 1 << 20 && from >= 1)) {
      throw new IllegalArgumentException(
          "a length of " + from + " cannot be scaled by " + scale + " to " + to);
    }
    return new Stretch(axis, from, (int) to, scale);
  }

  private static void resample(
      NodeTranslation node, List<Stretch> stretches, String rule, String rounding) {
    String mode = node.attributes().text("mode", "nearest");
    double sharpness = node.attributes().real("cubic_coeff_a", -0.75f);
    List<List<Tap>> taps = new ArrayList<>();
    List<Integer> axes = new ArrayList<>();
    for (Stretch stretch : stretches) {
      if (stretch.scale() != 1) {
        axes.add(stretch.axis());
        taps.add(
            switch (mode) {
              case "nearest" -> nearest(stretch, rule, rounding);
              case "linear", "bilinear" -> linear(stretch, rule);
              case "cubic" -> cubic(stretch, rule, sharpness);
              default -> throw new RefusedNodeException("mode " + mode + " is not supported");
            });
      }
    }
    String value = node.input(0);
    for (int i = 0; i < axes.size(); i++) {
      value = sum(node, value, axes.get(i), taps.get(i), i == axes.size() - 1);
    }
    if (axes.isEmpty()) {
      node.output(new Unary.Identity(), value);
    }
  }

  private static List<Tap> nearest(Stretch stretch, String rule, String rounding) {
    Tap tap = new Tap(stretch.to());
    for (int x = 0; x < stretch.to(); x++) {
      double position = stretch.position(x, rule);
      double index =
          switch (rounding) {
            case "round_prefer_floor" -> Math.ceil(position - 0.5);
            case "round_prefer_ceil" -> Math.floor(position + 0.5);
            case "floor" -> Math.floor(position);
            case "ceil" -> Math.ceil(position);
            default ->
                throw new IllegalArgumentException(
                    "attribute nearest_mode=" + rounding + " is not a rule");
          };
      tap.set(x, index, stretch.from(), 1);
    }
    return List.of(tap);
  }

  private static List<Tap> linear(Stretch stretch, String rule) {
    Tap below = new Tap(stretch.to());
    Tap above = new Tap(stretch.to());
    for (int x = 0; x < stretch.to(); x++) {
      double position = Math.max(0, Math.min(stretch.from() - 1.0, stretch.position(x, rule)));
      double floor = Math.floor(position);
      below.set(x, floor, stretch.from(), 1 - (position - floor));
      above.set(x, floor + 1, stretch.from(), position - floor);
    }
    return List.of(below, above);
  }

  /** Cubic convolution (Keys 1981); beyond the borders, the border's element is repeated. */
  private static List<Tap> cubic(Stretch stretch, String rule, double a) {
    List<Tap> taps = new ArrayList<>();
    for (int k = -1; k <= 2; k++) {
      Tap tap = new Tap(stretch.to());
      for (int x = 0; x < stretch.to(); x++) {
        double position = stretch.position(x, rule);
        double floor = Math.floor(position);
        double distance = Math.abs(floor + k - position);
        double weight =
            distance <= 1
                ? ((a + 2) * distance - (a + 3)) * distance * distance + 1
                : ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
        tap.set(x, floor + k, stretch.from(), weight);
      }
      taps.add(tap);
    }
    return taps;
  }

  /** The weighted sum of what the taps pick along an axis. */
  private static String sum(
      NodeTranslation node, String value, int axis, List<Tap> taps, boolean last) {
    String suffix = "axis-" + axis;
    if (taps.size() == 1) {
      return make(node, last, suffix, new Gather(axis), value, indices(node, axis, taps.get(0)));
    }
    int rank = node.shape(value).rank();
    String sum = null;
    for (int i = 0; i < taps.size(); i++) {
      Tap tap = taps.get(i);
      String picked =
          node.helper(suffix + "-picked", new Gather(axis), value, indices(node, axis, tap));
      List<Integer> dims = new ArrayList<>(Collections.nCopies(rank - axis, 1));
      dims.set(0, tap.weights().length);
      String weights =
          node.constant(
              suffix + "-weights", Tensor.of(ShapeOperators.shapeOf(dims), tap.weights()));
      String weighted = node.helper(suffix + "-weighted", new Binary.Mul(), picked, weights);
      boolean complete = last && i == taps.size() - 1;
      sum = sum == null ? weighted : make(node, complete, suffix, new Binary.Add(), sum, weighted);
    }
    return sum;
  }

  private static String indices(NodeTranslation node, int axis, Tap tap) {
    return node.constant(
        "axis-" + axis + "-indices", Tensor.of(Shape.of(tap.indices().length), tap.indices()));
  }

  private static String make(
      NodeTranslation node, boolean last, String suffix, Operation operation, String... inputs) {
    if (last) {
      node.output(operation, inputs);
      return "";
    }
    return node.helper(suffix, operation, inputs);
  }
}
