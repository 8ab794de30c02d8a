package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;

/** Convolutions and matrix products. */
final class LinearOperators {
  private LinearOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("Conv", 2, 3, LinearOperators::conv);
    registry.add("ConvTranspose", 2, 3, ConvTransposeOperator::translate);
    registry.add("DeformConv", 3, 5, DeformConvOperator::translate);
    registry.add("DFT", 1, 3, FourierOperator::translate);
    registry.add("Gemm", 2, 3, LinearOperators::gemm);
    registry.add("Einsum", 1, Integer.MAX_VALUE, EinsumOperator::translate);
    registry.add("Attention", 3, 7, AttentionOperator::translate);
    registry.add("RotaryEmbedding", 3, 4, RotaryEmbeddingOperator::translate);
    registry.add("AffineGrid", 2, 2, AffineGridOperator::translate);
    registry.add("MatMul", 2, 2, node -> node.output(new MatMul(), node.input(0), node.input(1)));
  }

  private static void conv(NodeTranslation node) {
    Conv conv = conv(node, 1);
    if (node.has(2)) {
      node.output(conv, node.input(0), node.input(1), node.input(2));
    } else {
      node.output(conv, node.input(0), node.input(1));
    }
  }

  /**
   * The convolution that a node's attributes tell of.
   *
   * @param weightInput which input the weight is; the first input is what is convolved
   */
  static Conv conv(NodeTranslation node, int weightInput) {
    Shape weight = node.shape(weightInput);
    if (weight.rank() < 3 || weight.rank() != node.shape(0).rank()) {
      throw new IllegalArgumentException(
          "input " + node.shape(0) + " and weight " + weight + " should have one rank, at least 3");
    }
    if (weight.rank() > 5) {
      throw new RefusedNodeException("it has " + (weight.rank() - 2) + " spatial axes, at most 3");
    }
    int[] dims = weight.dims();
    List<Integer> kernel = Arrays.stream(dims, 2, dims.length).boxed().toList();
    List<Integer> declared = node.attributes().wholes("kernel_shape");
    if (declared != null && !declared.equals(kernel)) {
      throw new IllegalArgumentException(
          "attribute kernel_shape=" + declared + " does not agree with the weight " + weight);
    }
    Windows windows = Windows.of(node, kernel);
    return new Conv(
        windows.strides(),
        windows.dilations(),
        windows.padsBegin(),
        windows.padsEnd(),
        node.attributes().whole("group", 1));
  }

  private static void gemm(NodeTranslation node) {
    Gemm gemm =
        new Gemm(
            node.attributes().real("alpha", 1),
            node.attributes().real("beta", 1),
            node.attributes().flag("transA", false),
            node.attributes().flag("transB", false));
    if (node.has(2)) {
      node.output(gemm, node.input(0), node.input(1), node.input(2));
    } else {
      node.output(gemm, node.input(0), node.input(1));
    }
  }
}
