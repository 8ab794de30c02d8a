package org.pellucid.api;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.TapSplit;

/**
 * Where a network is cut when many inputs are scored on a CPU: at the last place before its large
 * dense layers. What leads there runs in small batches, and what comes after it in large ones,
 * which read hundreds of megabytes of weights once for all of them ({@link BatchSizes}).
 *
 * <p>Measured with VGG-16 and 2 threads, milliseconds for each image one by one, in batches of 5,
 * and with 20 together after the convolutions: 263, 296 and 253 on PyTorch, 214, 195 and 200 on
 * ONNX Runtime.
 */
final class Waist {
  /** Weights that no cache holds from one input to the next. */
  private static final long LARGE_WEIGHTS = 32L << 20;

  /** What a sample's largest tensor may take where sixteen go together, in bytes. */
  private static final long SMALL_TENSOR = 1L << 20;

  private Waist() {}

  /**
   * The tensor to cut at.
   *
   * @param scores the tensor that is read
   * @return empty where nothing is gained
   */
  static Optional<Tap> of(ModelGraph graph, Batching batching, LoadOptions options, String scores) {
    if (batching.obstacle().isPresent() || options.device().kind() != Device.Kind.CPU) {
      return Optional.empty();
    }
    Set<String> leading = graph.upstream(Set.of(scores));
    List<Node> nodes =
        graph.nodes().stream().filter(node -> leading.contains(node.output())).toList();
    int first = nodes.size();
    long weights = 0;
    // From the scores back to where tensors are no longer small.
    for (int i = nodes.size() - 1; i > 0 && small(graph, batching, nodes.get(i)); i--) {
      long own = denseWeights(graph, batching, nodes.get(i));
      weights += own;
      first = own > 0 ? i : first;
    }
    return weights < LARGE_WEIGHTS ? Optional.empty() : before(graph, batching, nodes, first);
  }

  /** The bytes of the matrix that a row of each sample is multiplied by; 0 elsewhere. */
  private static long denseWeights(ModelGraph graph, Batching batching, Node node) {
    boolean dense = node.operation() instanceof Gemm || node.operation() instanceof MatMul;
    Shape made = graph.type(node.output()).shape();
    if (!dense || made.rank() != 2 || made.dim(0) != batching.samples()) {
      return 0;
    }
    return node.inputs().stream()
        .filter(graph.constants()::containsKey)
        .mapToLong(input -> graph.type(input).shape().size() * Float.BYTES)
        .sum();
  }

  private static boolean small(ModelGraph graph, Batching batching, Node node) {
    long elements = graph.type(node.output()).shape().size() / batching.samples();
    return elements * Float.BYTES <= SMALL_TENSOR;
  }

  /** The last tensor before a node through which everything passes. */
  private static Optional<Tap> before(
      ModelGraph graph, Batching batching, List<Node> nodes, int first) {
    for (int i = first - 1; i > 0 && small(graph, batching, nodes.get(i)); i--) {
      String tensor = nodes.get(i).output();
      boolean floating = graph.type(tensor).elementType().isFloating();
      if (floating
          && batching.axis(tensor) == 0
          && TapSplit.at(graph, Set.of(tensor)).frontier().equals(Set.of(tensor))) {
        return Optional.of(new Tap(tensor));
      }
    }
    return Optional.empty();
  }
}
