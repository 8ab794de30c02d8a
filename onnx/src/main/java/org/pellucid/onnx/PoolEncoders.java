package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.MaxPool;

/** Pooling over windows. */
final class PoolEncoders {
  private PoolEncoders() {}

  static void register(Encoders.Registry registry) {
    registry.add(MaxPool.class, PoolEncoders::maxPool);
    registry.add(AveragePool.class, PoolEncoders::averagePool);
  }

  private static List<Integer> joined(List<Integer> begin, List<Integer> end) {
    return Stream.concat(begin.stream(), end.stream()).toList();
  }

  /** Engines refuse padding as long as the kernel, although a dilated window is longer. */
  private static boolean isPaddingWide(List<Integer> pads, List<Integer> kernel) {
    return IntStream.range(0, pads.size()).anyMatch(i -> pads.get(i) >= kernel.get(i));
  }

  private static void maxPool(MaxPool pool, NodeEncoding node) {
    MaxPoolForm form = form(pool, node, node.shape());
    node.output(form.call(), form.input());
  }

  /**
   * A pool as ONNX has it.
   *
   * @param call the operator
   * @param input its input
   * @param shape the input's shape
   */
  record MaxPoolForm(OnnxCall call, String input, Shape shape) {}

  /** The form of a pool over a node's first input, which is padded first where that is needed. */
  static MaxPoolForm form(MaxPool pool, NodeEncoding node, Shape pooled) {
    OnnxCall call =
        OnnxCall.of("MaxPool")
            .with("dilations", pool.dilations())
            .with("kernel_shape", pool.kernel())
            .with("strides", pool.strides());
    if (!isPaddingWide(pool.padsBegin(), pool.kernel())
        && !isPaddingWide(pool.padsEnd(), pool.kernel())) {
      OnnxCall padding =
          call.with("ceil_mode", pool.ceilMode())
              .with("pads", joined(pool.padsBegin(), pool.padsEnd()));
      return new MaxPoolForm(padding, node.input(0), node.shape(0));
    }
    String padded = padded(node, "padded", node.input(0), pool, pooled, Double.NEGATIVE_INFINITY);
    List<Integer> end = padsEnd(node, pool, pooled);
    Shape shape = node.shape(0);
    for (int i = 0; i < end.size(); i++) {
      shape = shape.with(i + 2, shape.dim(i + 2) + pool.padsBegin().get(i) + end.get(i));
    }
    return new MaxPoolForm(call, padded, shape);
  }

  /** A tensor of the input's shape with a pool's padding around it. */
  static String padded(
      NodeEncoding node, String suffix, String x, MaxPool pool, Shape pooled, double value) {
    List<Integer> none = List.of(0, 0);
    return node.helper(
        suffix,
        OnnxCall.of("Pad").with("mode", "constant"),
        x,
        node.wholes(
            suffix + "-pads",
            joined(joined(none, pool.padsBegin()), joined(none, padsEnd(node, pool, pooled)))),
        node.number(suffix + "-value", value));
  }

  private static List<Integer> padsEnd(NodeEncoding node, MaxPool pool, Shape pooled) {
    return padsEnd(
        node.shape(0), pooled, pool.kernel(), pool.strides(), pool.dilations(), pool.padsBegin());
  }

  /**
   * How much padding after the input makes exactly the windows that there are: less than declared
   * where the last elements are in none, more where the last window does not fit.
   */
  private static List<Integer> padsEnd(
      Shape input,
      Shape pooled,
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> dilations,
      List<Integer> padsBegin) {
    List<Integer> pads = new ArrayList<>();
    for (int i = 0; i < kernel.size(); i++) {
      int reach = (kernel.get(i) - 1) * dilations.get(i) + 1;
      int end = (pooled.dim(i + 2) - 1) * strides.get(i) + reach;
      pads.add(Math.max(0, end - padsBegin.get(i) - input.dim(i + 2)));
    }
    return pads;
  }

  private static void averagePool(AveragePool pool, NodeEncoding node) {
    boolean dilated =
        IntStream.range(0, pool.kernel().size())
            .anyMatch(i -> pool.kernel().get(i) > 1 && pool.dilations().get(i) > 1);
    if ((dilated && node.opset() < 19)
        || isPaddingWide(pool.padsBegin(), pool.kernel())
        || isPaddingWide(pool.padsEnd(), pool.kernel())) {
      averageByConvolution(pool, node);
      return;
    }
    OnnxCall call =
        OnnxCall.of("AveragePool")
            .with("ceil_mode", pool.ceilMode())
            .with("count_include_pad", pool.countIncludePad())
            .with("kernel_shape", pool.kernel())
            .with("pads", joined(pool.padsBegin(), pool.padsEnd()))
            .with("strides", pool.strides());
    node.output(dilated ? call.with("dilations", pool.dilations()) : call, node.input(0));
  }

  /**
   * Each channel convolved with ones gives the sums; the divisors depend on the place alone. They
   * come from the mean of an image of ones: a window's elements in the image over its divisor.
   */
  private static void averageByConvolution(AveragePool pool, NodeEncoding node) {
    int channels = node.shape(0).dim(1);
    List<Integer> end =
        padsEnd(
            node.shape(0),
            node.shape(),
            pool.kernel(),
            pool.strides(),
            pool.dilations(),
            pool.padsBegin());
    Tensor one = ones(node.shape(0).with(0, 1).with(1, 1));
    Conv sums = new Conv(pool.strides(), pool.dilations(), pool.padsBegin(), end, 1);
    double[] inside = sums.evaluate(List.of(one, ones(kernel(1, pool)))).toDoubleArray();
    double[] factors = pool.evaluate(List.of(one)).toDoubleArray();
    for (int i = 0; i < factors.length; i++) {
      factors[i] = inside[i] == 0 ? 0 : factors[i] / inside[i];
    }
    String weight =
        node.constant("ones", ones(kernel(channels, pool)).cast(node.type().elementType()));
    String sum =
        node.helper(
            "sums",
            OnnxCall.of("Conv")
                .with("dilations", pool.dilations())
                .with("group", channels)
                .with("kernel_shape", pool.kernel())
                .with("pads", joined(pool.padsBegin(), end))
                .with("strides", pool.strides()),
            node.input(0),
            weight);
    Tensor factor = Tensor.of(node.shape().with(0, 1).with(1, 1), factors);
    node.output("Mul", sum, node.constant("factors", factor.cast(node.type().elementType())));
  }

  private static Shape kernel(int channels, AveragePool pool) {
    return Shape.of(
        Stream.concat(Stream.of(channels, 1), pool.kernel().stream())
            .mapToInt(Integer::intValue)
            .toArray());
  }

  private static Tensor ones(Shape shape) {
    double[] ones = new double[(int) shape.size()];
    Arrays.fill(ones, 1);
    return Tensor.of(shape, ones);
  }
}
