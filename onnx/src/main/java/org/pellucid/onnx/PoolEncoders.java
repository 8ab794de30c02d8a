package org.pellucid.onnx;

import java.util.List;
import java.util.stream.Stream;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.MaxPool;

/** Pooling over windows. */
final class PoolEncoders {
  private PoolEncoders() {}

  static void register(Encoders.Registry registry) {
    registry.add(MaxPool.class, PoolEncoders::maxPool);
    registry.add(AveragePool.class, PoolEncoders::averagePool);
  }

  private static void maxPool(MaxPool pool, NodeEncoding node) {
    node.output(
        OnnxCall.of("MaxPool")
            .with("ceil_mode", pool.ceilMode())
            .with("dilations", pool.dilations())
            .with("kernel_shape", pool.kernel())
            .with("pads", pads(pool.padsBegin(), pool.padsEnd()))
            .with("strides", pool.strides()),
        node.input(0));
  }

  private static List<Integer> pads(List<Integer> begin, List<Integer> end) {
    return Stream.concat(begin.stream(), end.stream()).toList();
  }

  private static void averagePool(AveragePool pool, NodeEncoding node) {
    OnnxCall call =
        OnnxCall.of("AveragePool")
            .with("ceil_mode", pool.ceilMode())
            .with("count_include_pad", pool.countIncludePad())
            .with("kernel_shape", pool.kernel())
            .with("pads", pads(pool.padsBegin(), pool.padsEnd()))
            .with("strides", pool.strides());
    node.output(node.opset() >= 19 ? call.with("dilations", pool.dilations()) : call, node.input(0));
  }
}
