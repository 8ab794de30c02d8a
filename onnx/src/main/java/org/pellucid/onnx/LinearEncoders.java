package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;

/** Convolutions and matrix products. */
final class LinearEncoders {
  private LinearEncoders() {}

  static void register(Encoders.Registry registry) {
    registry.add(Conv.class, LinearEncoders::conv);
    registry.add(ConvTranspose.class, LinearEncoders::convTranspose);
    registry.add(Gemm.class, LinearEncoders::gemm);
    registry.simple(MatMul.class, "MatMul");
  }

  private static void conv(Conv conv, NodeEncoding node) {
    node.output(
        OnnxCall.of("Conv")
            .with("dilations", conv.dilations())
            .with("group", conv.groups())
            .with("kernel_shape", kernel(node))
            .with("pads", pads(conv.padsBegin(), conv.padsEnd()))
            .with("strides", conv.strides()),
        node.inputs().toArray(String[]::new));
  }

  private static void convTranspose(ConvTranspose conv, NodeEncoding node) {
    node.output(
        OnnxCall.of("ConvTranspose")
            .with("dilations", conv.dilations())
            .with("group", conv.groups())
            .with("kernel_shape", kernel(node))
            .with("output_padding", conv.outputPadding())
            .with("pads", pads(conv.padsBegin(), conv.padsEnd()))
            .with("strides", conv.strides()),
        node.inputs().toArray(String[]::new));
  }

  private static List<Integer> kernel(NodeEncoding node) {
    return Arrays.stream(node.shape(1).dims()).skip(2).boxed().toList();
  }

  private static List<Integer> pads(List<Integer> begin, List<Integer> end) {
    return Stream.concat(begin.stream(), end.stream()).toList();
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
