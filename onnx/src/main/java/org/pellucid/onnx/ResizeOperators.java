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
  /** Each output element is then made of some hundred input elements. */
  private static final int MOST_SHRINKING = 64;

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
   * @param start where the region that is resampled begins, from 0 to 1
   * @param end where it ends
   */
  private record Stretch(int axis, int from, int to, double scale, double start, double end) {
    /** Where an output element lies in the input, by the rule's formula in the specification. */
    double position(int x, String rule) {
      return switch (rule) {
        case "half_pixel" -> unscaled(x + 0.5) - 0.5;
        case "pytorch_half_pixel" -> to > 1 ? unscaled(x + 0.5) - 0.5 : 0;
        case "half_pixel_symmetric" ->
            from / 2.0 * (1 - to / (scale * from)) + (x + 0.5) / scale - 0.5;
        case "align_corners" -> to > 1 ? x * (from - 1.0) / (to - 1.0) : 0;
        case "asymmetric" -> unscaled(x);
        case "tf_crop_and_resize" ->
            to > 1
                ? (start + x * (end - start) / (to - 1.0)) * (from - 1)
                : 0.5 * (start + end) * (from - 1);
        default -> throw new RefusedNodeException("positions by the rule " + rule);
      };
    }

    /** Exact where the scale is only rounded from two lengths: 5 / (5 / 3) must not miss 3. */
    private double unscaled(double x) {
      boolean ratio = Math.abs(scale * from - to) < 1e-5 * to;
      return ratio ? x * from / to : x / scale;
    }
  }

  /**
   * How an output element is made of input elements.
   *
   * @param rule where output elements lie in the input
   * @param mode which elements near there are mixed: nearest, linear, cubic
   * @param rounding which one is nearest
   * @param sharpness the cubic's coefficient
   * @param antialias whether more are mixed where the output is smaller
   * @param inside whether elements beyond the border do not count, instead of being the border's
   * @param crops whether what lies beyond the input has a value of its own
   * @param beyond that value
   */
  private record Rules(
      String rule,
      String mode,
      String rounding,
      double sharpness,
      boolean antialias,
      boolean inside,
      boolean crops,
      double beyond) {
    static Rules of(NodeTranslation node, String rule, String rounding) {
      Attributes attributes = node.attributes();
      boolean newer = node.opset() >= 11;
      return new Rules(
          rule,
          attributes.text("mode", "nearest"),
          rounding,
          attributes.real("cubic_coeff_a", -0.75f),
          newer && attributes.flag("antialias", false),
          newer && attributes.flag("exclude_outside", false),
          rule.equals("tf_crop_and_resize"),
          newer ? attributes.real("extrapolation_value", 0) : 0);
    }

    /** The weight of an element at a distance from the position. */
    double weight(double distance) {
      double d = Math.abs(distance);
      if (!mode.equals("cubic")) {
        return Math.max(0, 1 - d);
      }
      double a = sharpness;
      if (d <= 1) {
        return ((a + 2) * d - (a + 3)) * d * d + 1;
      }
      return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }

    /** How far elements have a weight. */
    int reach() {
      return mode.equals("cubic") ? 2 : 1;
    }
  }

  /** One input element per output element, with its weights. */
  private record Tap(long[] indices, double[] weights) {
    Tap(int length) {
      this(new long[length], new double[length]);
    }

    void set(int at, double index, int length, double weight) {
      indices[at] = (long) Math.max(0, Math.min(length - 1, index));
      weights[at] = weight;
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
    resample(node, stretches(node, scales, allAxes(node)), Rules.of(node, "asymmetric", "floor"));
  }

  private static void resize(NodeTranslation node) {
    Attributes attributes = node.attributes();
    if (node.opset() < 11) {
      resample(
          node,
          stretches(node, scales(node, 1), allAxes(node)),
          Rules.of(node, "asymmetric", "floor"));
      return;
    }
    List<Integer> declared = attributes.wholes("axes");
    Shape shape = node.shape(0);
    List<Integer> axes =
        declared == null ? allAxes(node) : declared.stream().map(shape::axis).toList();
    ShapeOperators.normalized(axes, shape.rank());
    boolean bySizes = node.has(3) && node.shape(3).size() > 0;
    Rules rules =
        Rules.of(
            node,
            attributes.text("coordinate_transformation_mode", "half_pixel"),
            attributes.text("nearest_mode", "round_prefer_floor"));
    List<Stretch> stretches =
        bySizes ? toSizes(node, axes) : stretches(node, scales(node, 2), axes);
    resample(node, rules.crops() ? cropped(node, stretches) : stretches, rules);
  }

  /** With the region of interest: all starts, then all ends. */
  private static List<Stretch> cropped(NodeTranslation node, List<Stretch> stretches) {
    Tensor region = node.constant(1, "region of interest");
    int count = stretches.size();
    if (region.size() != 2 * count) {
      throw new IllegalArgumentException(
          "its region of interest has " + region.size() + " ends for " + count + " axes");
    }
    List<Stretch> cropped = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Stretch whole = stretches.get(i);
      double start = region.get(i);
      double end = region.get(count + i);
      cropped.add(new Stretch(whole.axis(), whole.from(), whole.to(), whole.scale(), start, end));
    }
    return cropped;
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
    String policy = node.attributes().text("keep_aspect_ratio_policy", "stretch");
    double[] scales = new double[axes.size()];
    Arrays.setAll(scales, i -> (double) sizes.get(i) / node.shape(0).dim(axes.get(i)));
    double common =
        switch (policy) {
          case "stretch" -> Double.NaN;
          case "not_larger" -> Arrays.stream(scales).min().orElse(1);
          case "not_smaller" -> Arrays.stream(scales).max().orElse(1);
          default -> throw new RefusedNodeException("the policy " + policy + " is not supported");
        };
    List<Stretch> stretches = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      int from = node.shape(0).dim(axes.get(i));
      stretches.add(
          Double.isNaN(common)
              ? stretch(axes.get(i), from, sizes.get(i), scales[i])
              : stretch(axes.get(i), from, Math.floor(from * common + 0.5), common));
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
    return new Stretch(axis, from, (int) to, scale, 0, 1);
  }

  private static void resample(NodeTranslation node, List<Stretch> stretches, Rules rules) {
    List<List<Tap>> taps = new ArrayList<>();
    List<Stretch> changed = new ArrayList<>();
    for (Stretch stretch : stretches) {
      boolean crops = rules.crops() && (stretch.start() != 0 || stretch.end() != 1);
      if (stretch.scale() != 1 || crops) {
        changed.add(stretch);
        taps.add(
            switch (rules.mode()) {
              case "nearest" -> nearest(stretch, rules);
              case "linear", "bilinear", "cubic" -> smooth(stretch, rules);
              default ->
                  throw new RefusedNodeException("mode " + rules.mode() + " is not supported");
            });
      }
    }
    String value = node.input(0);
    if (changed.isEmpty()) {
      node.output(new Unary.Identity(), value);
      return;
    }
    boolean filled = rules.crops() && rules.beyond() != 0;
    for (int i = 0; i < changed.size(); i++) {
      boolean last = i == changed.size() - 1 && !filled;
      value = sum(node, value, changed.get(i).axis(), taps.get(i), last);
    }
    if (filled) {
      node.output(new Binary.Add(), value, outside(node, node.shape(value), changed, rules));
    }
  }

  /** The value beyond the input, where a position on any axis lies there, otherwise 0. */
  private static String outside(
      NodeTranslation node, Shape shape, List<Stretch> stretches, Rules rules) {
    int[] dims = new int[shape.rank()];
    Arrays.fill(dims, 1);
    stretches.forEach(stretch -> dims[stretch.axis()] = stretch.to());
    Shape plane = Shape.of(dims);
    node.takeRoom(plane.size());
    float[] values = new float[Math.toIntExact(plane.size())];
    int[] strides = plane.strides();
    for (int at = 0; at < values.length; at++) {
      for (Stretch stretch : stretches) {
        int x = at / strides[stretch.axis()] % stretch.to();
        if (isBeyond(stretch, rules, stretch.position(x, rules.rule()))) {
          values[at] = (float) rules.beyond();
        }
      }
    }
    return node.constant("outside", Tensor.of(plane, values));
  }

  private static boolean isBeyond(Stretch stretch, Rules rules, double position) {
    return rules.crops() && (position < 0 || position > stretch.from() - 1);
  }

  private static List<Tap> nearest(Stretch stretch, Rules rules) {
    Tap tap = new Tap(stretch.to());
    boolean beyond = false;
    for (int x = 0; x < stretch.to(); x++) {
      double position = stretch.position(x, rules.rule());
      double index =
          switch (rules.rounding()) {
            case "round_prefer_floor" -> Math.ceil(position - 0.5);
            case "round_prefer_ceil" -> Math.floor(position + 0.5);
            case "floor" -> Math.floor(position);
            case "ceil" -> Math.ceil(position);
            default ->
                throw new IllegalArgumentException(
                    "attribute nearest_mode=" + rules.rounding() + " is not a rule");
          };
      boolean outside = isBeyond(stretch, rules, position);
      beyond |= outside;
      tap.set(x, index, stretch.from(), outside ? 0 : 1);
    }
    // A second tap of nothing has the first one's weights heeded.
    return beyond ? List.of(tap, new Tap(stretch.to())) : List.of(tap);
  }

  /**
   * Linear interpolation, or cubic convolution (Keys 1981). Beyond the borders, the border's
   * element is repeated, or does not count. Where the output is smaller and aliases are to be
   * avoided, the weights reach as much further.
   */
  private static List<Tap> smooth(Stretch stretch, Rules rules) {
    double shrink = rules.antialias() ? Math.min(1, stretch.scale()) : 1;
    boolean wide = shrink < 1;
    if (shrink < 1.0 / MOST_SHRINKING) {
      throw new RefusedNodeException(
          "it makes the image more than " + MOST_SHRINKING + " times smaller without aliases");
    }
    int reach = (int) Math.ceil(rules.reach() / shrink);
    boolean cubic = rules.mode().equals("cubic");
    List<Tap> taps = new ArrayList<>();
    for (int k = 1 - reach; k <= reach; k++) {
      taps.add(new Tap(stretch.to()));
    }
    for (int x = 0; x < stretch.to(); x++) {
      double found = stretch.position(x, rules.rule());
      boolean beyond = isBeyond(stretch, rules, found);
      double position = cubic || wide ? found : Math.max(0, Math.min(stretch.from() - 1.0, found));
      double floor = Math.floor(position);
      double[] weights = new double[taps.size()];
      for (int k = 0; k < weights.length; k++) {
        double index = floor + k + 1 - reach;
        boolean counts = !rules.inside() || index >= 0 && index < stretch.from();
        weights[k] = counts && !beyond ? rules.weight((position - index) * shrink) : 0;
      }
      double sum = wide || rules.inside() ? Arrays.stream(weights).sum() : 1;
      for (int k = 0; k < weights.length; k++) {
        double index = floor + k + 1 - reach;
        taps.get(k).set(x, index, stretch.from(), sum == 0 ? 0 : weights[k] / sum);
      }
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
      float[] narrow = new float[tap.weights().length];
      for (int x = 0; x < narrow.length; x++) {
        narrow[x] = (float) tap.weights()[x];
      }
      String weights =
          node.constant(suffix + "-weights", Tensor.of(ShapeOperators.shapeOf(dims), narrow));
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
