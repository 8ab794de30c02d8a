package org.pellucid.methods;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Unary;

/**
 * The biases of a network: what is added to a tensor and depends on no input. A batch normalisation
 * has one that is not written down, shift - scale mean / deviation.
 */
final class Biases {
  /**
   * One of them.
   *
   * @param tensor to which it is added
   * @param value in a shape that broadcasts to the tensor's
   */
  record Bias(String tensor, Tensor value) {
    /** Products with something of the tensor's shape, element by element. */
    Tensor times(Tensor other) {
      double[] products = other.toDoubleArray();
      int[] dims = other.shape().dims();
      int offset = dims.length - value.shape().rank();
      int[] strides = value.shape().strides();
      for (int i = 0; i < products.length; i++) {
        int rest = i;
        int at = 0;
        for (int axis = dims.length - 1; axis >= offset; axis--) {
          int length = value.shape().dim(axis - offset);
          at += length == 1 ? 0 : rest % dims[axis] * strides[axis - offset];
          rest /= dims[axis];
        }
        products[i] *= value.get(at);
      }
      return Tensor.of(other.shape(), products);
    }
  }

  private final ModelGraph graph;

  private Biases(ModelGraph graph) {
    this.graph = graph;
  }

  /** Those of a network, in the order in which they are added. */
  static List<Bias> of(ModelGraph graph) {
    Biases biases = new Biases(graph);
    Set<String> varying = graph.downstream(graph.inputs().keySet());
    List<Bias> found = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (varying.contains(node.output()) && graph.type(node.output()).elementType().isFloating()) {
        biases.of(node).ifPresent(value -> found.add(new Bias(node.output(), value)));
      }
    }
    return found;
  }

  private Optional<Tensor> of(Node node) {
    var operation = node.operation();
    int rank = graph.type(node.output()).shape().rank();
    if (operation instanceof Conv || operation instanceof ConvTranspose) {
      return constant(node, 2).map(bias -> byChannel(bias.toDoubleArray(), rank));
    }
    if (operation instanceof BatchNormalization norm) {
      return constant(node, 1)
          .map(scale -> byChannel(implicit(norm, node, scale.toDoubleArray()), rank));
    }
    if (operation instanceof Gemm gemm) {
      return constant(node, 2).map(bias -> scaled(bias, gemm.beta()));
    }
    if (operation instanceof Unary.Affine affine) {
      return affine.offset() == 0
          ? Optional.empty()
          : Optional.of(Tensor.of(Shape.of(), affine.offset()));
    }
    if (operation instanceof Binary.Add) {
      return constant(node, 0).or(() -> constant(node, 1));
    }
    return operation instanceof Binary.Sub
        ? constant(node, 0).or(() -> constant(node, 1).map(value -> scaled(value, -1)))
        : Optional.empty();
  }

  private Optional<Tensor> constant(Node node, int input) {
    return input < node.inputs().size()
        ? Optional.ofNullable(graph.constants().get(node.inputs().get(input)))
        : Optional.empty();
  }

  private double[] implicit(BatchNormalization norm, Node node, double[] scale) {
    double[] shift = constant(node, 2).orElseThrow().toDoubleArray();
    double[] mean = constant(node, 3).orElseThrow().toDoubleArray();
    double[] variance = constant(node, 4).orElseThrow().toDoubleArray();
    double[] bias = new double[scale.length];
    for (int k = 0; k < bias.length; k++) {
      bias[k] = shift[k] - scale[k] * mean[k] / Math.sqrt(variance[k] + norm.epsilon());
    }
    return bias;
  }

  /** A number per channel, which stands on axis 1. */
  private static Tensor byChannel(double[] numbers, int rank) {
    int[] dims = new int[rank - 1];
    Arrays.fill(dims, 1);
    dims[0] = numbers.length;
    return Tensor.of(Shape.of(dims), numbers);
  }

  private static Tensor scaled(Tensor tensor, double factor) {
    double[] numbers = tensor.toDoubleArray();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] *= factor;
    }
    return Tensor.of(tensor.shape(), numbers);
  }
}
