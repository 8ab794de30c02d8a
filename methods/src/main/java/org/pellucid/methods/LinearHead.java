package org.pellucid.methods;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.FeatureMapAxes;

/**
 * The end of a network whose scores are a linear function of the means of a layer's feature maps:
 * S_c = sum_k W_ck mean(A_k) + b_c.
 *
 * @param weights W, row-major [classes, maps]
 * @param bias b, by class
 */
record LinearHead(double[] weights, double[] bias) {
  /** The head behind a layer, if global average pooling and one linear layer follow it. */
  static Optional<LinearHead> behind(ModelGraph graph, String layer, FeatureMapAxes axes) {
    return through(graph, layer, node -> isPool(graph, node, axes))
        .map(Node::output)
        .flatMap(pooled -> ofMeans(graph, pooled));
  }

  /** The first node of a kind that reads a tensor, or what only moves it. */
  private static Optional<Node> through(ModelGraph graph, String tensor, Predicate<Node> kind) {
    List<Node> next = graph.consumers(tensor);
    Optional<Node> found = next.stream().filter(kind).findFirst();
    return found.or(
        () ->
            next.stream()
                .filter(node -> movesOnly(node.operation()))
                .map(node -> through(graph, node.output(), kind))
                .flatMap(Optional::stream)
                .findFirst());
  }

  /** What leaves the numbers of one sample in their order where there is one axis of them. */
  private static boolean movesOnly(Operation operation) {
    return operation instanceof Unary.Identity
        || operation instanceof Reshape
        || operation instanceof Transpose;
  }

  private static boolean isPool(ModelGraph graph, Node node, FeatureMapAxes axes) {
    String from = node.inputs().get(0);
    Shape shape = graph.type(from).shape();
    if (node.operation() instanceof Reduce.ReduceMean mean) {
      return Set.copyOf(mean.axes()).equals(Set.copyOf(axes.spatialAxes()));
    }
    if (node.operation() instanceof AveragePool pool) {
      boolean whole = axes.channelAxis() == 1 && shape.rank() == pool.kernel().size() + 2;
      for (int axis = 0; whole && axis < pool.kernel().size(); axis++) {
        whole =
            pool.kernel().get(axis) == shape.dim(axis + 2)
                && pool.padsBegin().get(axis) == 0
                && pool.padsEnd().get(axis) == 0;
      }
      return whole;
    }
    return false;
  }

  private static Optional<LinearHead> ofMeans(ModelGraph graph, String means) {
    return through(graph, means, node -> multiplies(graph, node))
        .map(
            node -> {
              LinearHead product = product(graph, node);
              return through(graph, node.output(), next -> addsConstant(graph, next))
                  .map(next -> product.plus(constantOf(graph, next)))
                  .orElse(product);
            });
  }

  private static boolean multiplies(ModelGraph graph, Node node) {
    boolean product =
        node.operation() instanceof MatMul
            || (node.operation() instanceof Gemm gemm && !gemm.transposeA());
    return product
        && node.inputs().stream().skip(1).allMatch(graph.constants()::containsKey)
        && graph.constants().get(node.inputs().get(1)).shape().rank() == 2;
  }

  private static LinearHead product(ModelGraph graph, Node node) {
    Tensor matrix = graph.constants().get(node.inputs().get(1));
    boolean byClass = node.operation() instanceof Gemm gemm && gemm.transposeB();
    int classes = matrix.shape().dim(byClass ? 0 : 1);
    int maps = matrix.shape().dim(byClass ? 1 : 0);
    double alpha = node.operation() instanceof Gemm gemm ? gemm.alpha() : 1;
    double[] weights = new double[classes * maps];
    for (int c = 0; c < classes; c++) {
      for (int k = 0; k < maps; k++) {
        weights[c * maps + k] = alpha * matrix.get(byClass ? c * maps + k : k * classes + c);
      }
    }
    LinearHead head = new LinearHead(weights, new double[classes]);
    if (node.operation() instanceof Gemm gemm && node.inputs().size() == 3) {
      double[] bias = graph.constants().get(node.inputs().get(2)).toDoubleArray();
      for (int i = 0; i < bias.length; i++) {
        bias[i] *= gemm.beta();
      }
      return head.plus(bias);
    }
    return head;
  }

  private static boolean addsConstant(ModelGraph graph, Node node) {
    return node.operation() instanceof Binary.Add
        && node.inputs().stream().anyMatch(graph.constants()::containsKey);
  }

  private static double[] constantOf(ModelGraph graph, Node node) {
    String name = node.inputs().stream().filter(graph.constants()::containsKey).findFirst().get();
    return graph.constants().get(name).toDoubleArray();
  }

  /** The same with more bias: a number per class, or one for all. */
  private LinearHead plus(double[] more) {
    double[] sum = bias.clone();
    for (int c = 0; c < sum.length; c++) {
      sum[c] += more[more.length == 1 ? 0 : c % more.length];
    }
    return new LinearHead(weights, sum);
  }

  /** Whether means of feature maps give scores, but for float32 rounding. */
  boolean gives(double[] means, double[] scores) {
    if (bias.length != scores.length || weights.length != means.length * scores.length) {
      return false;
    }
    for (int c = 0; c < scores.length; c++) {
      double sum = bias[c];
      double magnitude = Math.abs(bias[c]);
      for (int k = 0; k < means.length; k++) {
        double term = weights[c * means.length + k] * means[k];
        sum += term;
        magnitude += Math.abs(term);
      }
      if (Math.abs(sum - scores[c]) > 1e-3 * magnitude) {
        return false;
      }
    }
    return true;
  }

  /** The weights of feature maps for a weighted sum of classes. */
  double[] weights(double[] ofClasses) {
    int maps = weights.length / bias.length;
    double[] sums = new double[maps];
    for (int c = 0; c < bias.length; c++) {
      for (int k = 0; k < maps; k++) {
        sums[k] += ofClasses[c] * weights[c * maps + k];
      }
    }
    return sums;
  }
}
