package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Standardize;
import org.pellucid.graph.op.Unary;

/** Normalisations over the batch's statistics, layers, instances, groups and channels. */
final class NormalizationOperators {
  private NormalizationOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("BatchNormalization", 5, 5, NormalizationOperators::batch);
    registry.add("InstanceNormalization", 3, 3, NormalizationOperators::instance);
    registry.add("GroupNormalization", 3, 3, NormalizationOperators::group);
    registry.add("LayerNormalization", 2, 3, NormalizationOperators::layer);
    registry.add("RMSNormalization", 2, 2, NormalizationOperators::rootMeanSquare);
    registry.add("LRN", 1, 1, NormalizationOperators::localResponse);
    registry.add("LpNormalization", 1, 1, NormalizationOperators::lp);
    registry.add("MeanVarianceNormalization", 1, 1, NormalizationOperators::meanVariance);
  }

  private static double epsilon(NodeTranslation node) {
    return node.attributes().real("epsilon", 1e-5f);
  }

  private static void batch(NodeTranslation node) {
    Attributes attributes = node.attributes();
    if (node.opset() < 9 && !attributes.flag("spatial", true)) {
      throw new RefusedNodeException("its statistics differ from place to place");
    }
    for (int i = 1; i < node.outputCount(); i++) {
      node.requireUnused(i, "statistics");
    }
    if (!attributes.flag("training_mode", false)) {
      node.output(0, new BatchNormalization(epsilon(node)), node.inputs());
      return;
    }
    // Statistics of the input itself: how exporters write the standardising of weights.
    List<Integer> axes =
        IntStream.range(0, node.shape(0).rank()).filter(axis -> axis != 1).boxed().toList();
    String standard =
        node.helper("standardized", new Standardize(axes, epsilon(node)), node.input(0));
    affine(node, standard, perChannel(node, 1, "scale"), perChannel(node, 2, "bias"));
  }

  /** Gives a vector with an element per channel the rank of the input, for broadcasting. */
  private static String perChannel(NodeTranslation node, int input, String suffix) {
    Shape shape = node.shape(0);
    int[] dims = new int[shape.rank()];
    Arrays.fill(dims, 1);
    dims[1] = shape.dim(1);
    if (!node.shape(input).equals(Shape.of(dims[1]))) {
      throw new IllegalArgumentException(
          "its " + suffix + " is " + node.shape(input) + " where the input is " + shape);
    }
    return node.helper(suffix, new Reshape(Shape.of(dims)), node.input(input));
  }

  private static void requireSpace(NodeTranslation node) {
    if (node.shape(0).rank() < 3) {
      throw new IllegalArgumentException("its input " + node.shape(0) + " has no spatial axis");
    }
  }

  private static void instance(NodeTranslation node) {
    requireSpace(node);
    List<Integer> axes = IntStream.range(2, node.shape(0).rank()).boxed().toList();
    String standard =
        node.helper("standardized", new Standardize(axes, epsilon(node)), node.input(0));
    affine(node, standard, perChannel(node, 1, "scale"), perChannel(node, 2, "bias"));
  }

  private static void affine(NodeTranslation node, String x, String scale, String bias) {
    node.output(new Binary.Add(), node.helper("scaled", new Binary.Mul(), x, scale), bias);
  }

  /** Up to opset 20, scale and bias have an element per group, then one per channel. */
  private static void group(NodeTranslation node) {
    requireSpace(node);
    Shape shape = node.shape(0);
    int groups = node.attributes().whole("num_groups");
    if (groups < 1 || shape.dim(1) % groups != 0) {
      throw new IllegalArgumentException(groups + " groups do not divide the channels of " + shape);
    }
    int members = Math.toIntExact(shape.sizeOf(1, shape.rank()) / groups);
    Shape grouped = Shape.of(shape.dim(0), groups, members);
    String split = node.helper("groups", new Reshape(grouped), node.input(0));
    String standard =
        node.helper("standardized", new Standardize(List.of(2), epsilon(node)), split);
    if (node.opset() >= 21) {
      String joined = node.helper("joined", new Reshape(shape), standard);
      affine(node, joined, perChannel(node, 1, "scale"), perChannel(node, 2, "bias"));
      return;
    }
    Shape each = Shape.of(1, groups, 1);
    String scale = node.helper("scale", new Reshape(each), node.input(1));
    String bias = node.helper("bias", new Reshape(each), node.input(2));
    String scaled = node.helper("scaled", new Binary.Mul(), standard, scale);
    node.output(new Reshape(shape), node.helper("shifted", new Binary.Add(), scaled, bias));
  }

  private static List<Integer> axesFrom(NodeTranslation node) {
    Shape shape = node.shape(0);
    int first = shape.axis(node.attributes().whole("axis", -1));
    return IntStream.range(first, shape.rank()).boxed().toList();
  }

  private static void layer(NodeTranslation node) {
    List<Integer> axes = axesFrom(node);
    statistics(node, axes);
    String standard =
        node.helper("standardized", new Standardize(axes, epsilon(node)), node.input(0));
    if (node.has(2)) {
      affine(node, standard, node.input(1), node.input(2));
    } else {
      node.output(new Binary.Mul(), standard, node.input(1));
    }
  }

  /** What a layer's normalisation tells of its input: means, and 1 / sqrt(variance + epsilon). */
  private static void statistics(NodeTranslation node, List<Integer> axes) {
    if (!node.isUsed(1) && !node.isUsed(2)) {
      return;
    }
    String x = node.input(0);
    String mean = node.helper("mean", new Reduce.ReduceMean(axes, true), x);
    node.output(1, new Unary.Identity(), List.of(mean));
    if (node.isUsed(2)) {
      String centred = node.helper("centred", new Binary.Sub(), x, mean);
      String squares = node.helper("squares", new Binary.Mul(), centred, centred);
      String variance = node.helper("variance", new Reduce.ReduceMean(axes, true), squares);
      String more = node.helper("more", new Unary.Affine(1, epsilon(node)), variance);
      String root = node.helper("root", new Unary.Sqrt(), more);
      node.output(2, new Unary.Reciprocal(), List.of(root));
    }
  }

  private static void rootMeanSquare(NodeTranslation node) {
    String x = node.input(0);
    String squares = node.helper("squares", new Binary.Mul(), x, x);
    String mean = node.helper("mean", new Reduce.ReduceMean(axesFrom(node), true), squares);
    String epsilon = node.number("epsilon", epsilon(node), ElementType.FLOAT32);
    String sum = node.helper("shifted", new Binary.Add(), mean, epsilon);
    String root = node.helper("root", new Unary.Sqrt(), sum);
    String normal = node.helper("normalized", new Binary.Div(), x, root);
    node.output(new Binary.Mul(), normal, node.input(1));
  }

  private static void localResponse(NodeTranslation node) {
    Attributes attributes = node.attributes();
    node.output(
        new Lrn(
            attributes.whole("size"),
            attributes.real("alpha", 1e-4f),
            attributes.real("beta", 0.75f),
            attributes.real("bias", 1)),
        node.input(0));
  }

  /** x divided by its p-norm along an axis; zeros stay zeros. */
  private static void lp(NodeTranslation node) {
    int p = node.attributes().whole("p", 2);
    int axis = node.shape(0).axis(node.attributes().whole("axis", -1));
    Reduce.ReduceSum sum = new Reduce.ReduceSum(List.of(axis), true);
    String x = node.input(0);
    String norm;
    if (p == 1) {
      norm = node.helper("norm", sum, node.helper("magnitudes", new Unary.Abs(), x));
    } else if (p == 2) {
      String squares = node.helper("squares", new Binary.Mul(), x, x);
      norm = node.helper("norm", new Unary.Sqrt(), node.helper("sum", sum, squares));
    } else {
      throw new IllegalArgumentException("attribute p should be 1 or 2, found " + p);
    }
    Unary.Clip positive = new Unary.Clip(Float.MIN_NORMAL, Double.POSITIVE_INFINITY);
    node.output(new Binary.Div(), x, node.helper("divisor", positive, norm));
  }

  /** (x - mean) / (deviation + 1e-9): the small number stands outside of the root. */
  private static void meanVariance(NodeTranslation node) {
    List<Integer> declared = node.attributes().wholes("axes");
    List<Integer> axes =
        ShapeOperators.normalized(
            declared == null ? List.of(0, 2, 3) : declared, node.shape(0).rank());
    String x = node.input(0);
    String mean = node.helper("mean", new Reduce.ReduceMean(axes, true), x);
    String centred = node.helper("centred", new Binary.Sub(), x, mean);
    String squares = node.helper("squares", new Binary.Mul(), centred, centred);
    String variance = node.helper("variance", new Reduce.ReduceMean(axes, true), squares);
    String deviation = node.helper("deviation", new Unary.Sqrt(), variance);
    String small = node.number("epsilon", 1e-9, ElementType.FLOAT32);
    String divisor = node.helper("divisor", new Binary.Add(), deviation, small);
    node.output(new Binary.Div(), centred, divisor);
  }
}
