package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
    PoolWindows windows = PoolWindows.of(pool, node.shape(0), pooled);
    Optional<PoolWindows.Written> written = windows.written(pool.ceilMode(), pool.padsEnd(), true);
    if (written.isPresent()) {
      return new MaxPoolForm(
          call.with("ceil_mode", written.get().ceilMode())
              .with("pads", joined(pool.padsBegin(), written.get().padsEnd())),
          node.input(0),
          node.shape(0));
    }
    String padded = padded(node, "padded", node.input(0), pool, pooled, Double.NEGATIVE_INFINITY);
    List<Integer> end = windows.padsEnd();
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
            joined(
                joined(none, pool.padsBegin()),
                joined(none, PoolWindows.of(pool, node.shape(0), pooled).padsEnd()))),
        node.number(suffix + "-value", value));
  }

  private static void averagePool(AveragePool pool, NodeEncoding node) {
    boolean dilated =
        IntStream.range(0, pool.kernel().size())
            .anyMatch(i -> pool.kernel().get(i) > 1 && pool.dilations().get(i) > 1);
    // Padding beyond what was declared would count where padding counts.
    Optional<PoolWindows.Written> written =
        PoolWindows.of(pool, node.shape(0), node.shape())
            .written(pool.ceilMode(), pool.padsEnd(), !pool.countIncludePad());
    // ONNX Runtime up to 1.28 divides the last window, too, by all of the kernel before opset 19.
    boolean partial = written.map(PoolWindows.Written::ceilMode).orElse(false);
    boolean old = node.opset() < 19 && (dilated || (partial && pool.countIncludePad()));
    if (old || written.isEmpty()) {
      averageByConvolution(pool, node);
      return;
    }
    OnnxCall call =
        OnnxCall.of("AveragePool")
            .with("ceil_mode", written.get().ceilMode())
            .with("count_include_pad", pool.countIncludePad())
            .with("kernel_shape", pool.kernel())
            .with("pads", joined(pool.padsBegin(), written.get().padsEnd()))
            .with("strides", pool.strides());
    node.output(dilated ? call.with("dilations", pool.dilations()) : call, node.input(0));
  }

  /**
   * Each channel convolved with ones gives the sums; the divisors depend on the place alone. They
   * come from the mean of an image of ones: a window's elements in the image over its divisor.
   */
  private static void averageByConvolution(AveragePool pool, NodeEncoding node) {
    int channels = node.shape(0).dim(1);
    List<Integer> end = PoolWindows.of(pool, node.shape(0), node.shape()).padsEnd();
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
