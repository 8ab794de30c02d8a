package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Unary;

/**
 * How a window slides over the spatial axes of its input.
 *
 * @param kernel its length per axis
 * @param strides its step per axis
 * @param dilations how far apart its elements are
 * @param padsBegin padding before
 * @param padsEnd padding after
 */
record Sliding(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd) {
  /** With the same padding on both sides. */
  static Sliding padded(
      List<Integer> kernel, List<Integer> strides, List<Integer> dilations, List<Integer> padding) {
    return new Sliding(kernel, strides, dilations, padding, padding);
  }

  /** Without padding. */
  static Sliding inside(List<Integer> kernel, List<Integer> strides, List<Integer> dilations) {
    return padded(kernel, strides, dilations, Collections.nCopies(kernel.size(), 0));
  }

  /**
   * Padded so that an axis of length n becomes ceil(n / stride): as much before as after, or one
   * less, as TensorFlow and DL4J do.
   *
   * @param x the input [N, C, spatial...]
   */
  static Sliding same(
      List<Integer> kernel, List<Integer> strides, List<Integer> dilations, Shape x) {
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int a = 0; a < kernel.size(); a++) {
      requirePositive(kernel.get(a), strides.get(a), dilations.get(a));
      int length = x.dim(a + 2);
      int output = (length + strides.get(a) - 1) / strides.get(a);
      int total =
          Math.max(
              0,
              Math.toIntExact(
                  (output - 1L) * strides.get(a)
                      + (kernel.get(a) - 1L) * dilations.get(a)
                      + 1
                      - length));
      before.add(total / 2);
      after.add(total - total / 2);
    }
    return new Sliding(kernel, strides, dilations, before, after);
  }

  private static void requirePositive(int kernel, int stride, int dilation) {
    if (kernel < 1 || stride < 1 || dilation < 1) {
      throw new IllegalArgumentException(
          "kernel, stride and dilation should be at least 1, found "
              + kernel
              + ", "
              + stride
              + " and "
              + dilation);
    }
  }

  /** Padded at the beginning alone, so that an output depends on nothing after it. */
  static Sliding causal(List<Integer> kernel, List<Integer> strides, List<Integer> dilations) {
    List<Integer> before = new ArrayList<>();
    for (int a = 0; a < kernel.size(); a++) {
      before.add(Math.multiplyExact(kernel.get(a) - 1, dilations.get(a)));
    }
    return new Sliding(kernel, strides, dilations, before, Collections.nCopies(kernel.size(), 0));
  }

  /** A convolution. */
  String convolution(
      LayerScope scope, String part, String x, String weight, Optional<String> bias, int groups) {
    Operation conv = new Conv(strides, dilations, padsBegin, padsEnd, groups);
    return bias.isPresent()
        ? scope.node(part, conv, x, weight, bias.get())
        : scope.node(part, conv, x, weight);
  }

  /** A transposed convolution without padding: what it makes is cut to size by the paddings. */
  String transposed(
      LayerScope scope, String x, String weight, Optional<String> bias, List<Integer> outputPads) {
    Operation conv = new ConvTranspose(strides, dilations, padsBegin, padsEnd, outputPads, 1);
    return bias.isPresent()
        ? scope.node("convolution", conv, x, weight, bias.get())
        : scope.node("convolution", conv, x, weight);
  }

  /** The largest element of each window; padding is smaller than any. */
  String largest(LayerScope scope, String x) {
    return scope.node(
        "pool", new MaxPool(kernel, strides, dilations, padsBegin, padsEnd, false), x);
  }

  /** The mean of each window, divided by what of it lies in the input, or by all of it. */
  String mean(LayerScope scope, String x, boolean countPadding) {
    return scope.node(
        "pool",
        new AveragePool(kernel, strides, dilations, padsBegin, padsEnd, false, countPadding),
        x);
  }

  /** The sum of each window. */
  String sum(LayerScope scope, String x) {
    int size = kernel.stream().reduce(1, Math::multiplyExact);
    return scope.node("sum", new Unary.Affine(size, 0), mean(scope, x, true));
  }
}
