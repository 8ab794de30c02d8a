package org.pellucid.onnx;

import java.util.Arrays;
import java.util.stream.Stream;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;

/** Convolutions and matrix products. */
final class LinearEncoders {
  private LinearEncoders() {}

  static void register(Encoders.Registry registry) {
    registry.add(Conv.class, LinearEncoders::conv);
    registry.add(Gemm.class, LinearEncoders::gemm);
    registry.simple(MatMul.class, "MatMul");
  }

  private static void conv(Conv conv, NodeEncoding node) {
    node.output(
        OnnxCall.of("Conv")
            .with("dilations", conv.dilations())
            .with("group", conv.groups())
            .with(
                "kernel_shape",
                Arrays.stream(node.shape(1).dims()).skip(2).boxed().toList())
            .with("pads", Stream.concat(conv.padsBegin().stream(), conv.padsEnd().stream()).toList())
            .with("strides", conv.strides()),
        node.inputs().toArray(String[]::new));
  }

  private static void gemm(Gemm gemm, NodeEncoding node) {
    node.output(
        OnnxCall.of("Gemm")
            .with("alpha", gemm.alpha())
            .with("beta", gemm.beta())
            .with("transA", gemm.transposeA())
            .with("transB", gemm.transposeB()),
        node.inputs().toArray(String[]::new));
  }
}
