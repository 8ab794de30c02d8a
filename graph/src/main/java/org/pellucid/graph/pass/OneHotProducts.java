package org.pellucid.graph.pass;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reshape;

/**
 * Rows of a matrix are read, rather than multiplied by 1 and all others by 0: a product whose left
 * side has a single 1 in each row, where an {@link ArgMax} found it, is a {@link Gather}. The
 * gradient of the largest score by what a dense layer reads is such. Rows that hold numbers which
 * are not finite no longer make all others of the product NaN.
 */
public final class OneHotProducts {
  private OneHotProducts() {}

  /** The same graph with rows read in the place of such products. */
  public static ModelGraph of(ModelGraph graph) {
    List<Node> nodes = new ArrayList<>();
    boolean changed = false;
    for (Node node : graph.nodes()) {
      Optional<String> chosen = chosen(graph, node);
      changed |= chosen.isPresent();
      if (chosen.isEmpty()) {
        nodes.add(node);
        continue;
      }
      String rows = node.output() + "/rows";
      while (graph.has(rows)) {
        rows += "_";
      }
      int count = graph.type(chosen.get()).shape().dim(0);
      nodes.add(new Node(rows, new Reshape(Shape.of(count)), List.of(chosen.get()), rows, ""));
      nodes.add(node.with(new Gather(0)).withInputs(List.of(node.inputs().get(1), rows)));
    }
    return changed
        ? ModelGraph.of(graph.inputs(), graph.constants(), nodes, graph.outputs(), graph.metadata())
        : graph;
  }

  /** For a product with one-hot rows the tensor [rows, 1] that holds where the ones are. */
  private static Optional<String> chosen(ModelGraph graph, Node product) {
    if (!isPlain(product) || graph.type(product.inputs().get(1)).shape().rank() != 2) {
      return Optional.empty();
    }
    return graph
        .producer(product.inputs().get(0))
        .filter(cast -> cast.operation() instanceof Cast)
        .flatMap(cast -> graph.producer(cast.inputs().get(0)))
        .filter(equal -> equal.operation() instanceof Binary.Equal)
        .filter(equal -> isRow(graph.constants().get(equal.inputs().get(1))))
        .map(equal -> equal.inputs().get(0))
        .filter(index -> isIndexOfRows(graph, index, graph.type(product.inputs().get(0)).shape()));
  }

  private static boolean isPlain(Node product) {
    Operation operation = product.operation();
    return operation instanceof MatMul
        || (operation instanceof Gemm gemm
            && gemm.alpha() == 1
            && !gemm.transposeA()
            && !gemm.transposeB()
            && product.inputs().size() == 2);
  }

  /** Whether a tensor is 0, 1, 2 ... as a row. */
  private static boolean isRow(Tensor numbers) {
    if (numbers == null || numbers.shape().rank() != 2 || numbers.shape().dim(0) != 1) {
      return false;
    }
    for (int i = 0; i < numbers.size(); i++) {
      if (numbers.get(i) != i) {
        return false;
      }
    }
    return true;
  }

  /** Whether a tensor holds, for each row of a matrix, an index that the row has. */
  private static boolean isIndexOfRows(ModelGraph graph, String tensor, Shape matrix) {
    return matrix.rank() == 2
        && graph.type(tensor).shape().equals(Shape.of(matrix.dim(0), 1))
        && graph
            .producer(tensor)
            .filter(node -> node.operation() instanceof ArgMax largest && largest.axis() == 1)
            .map(node -> graph.type(node.inputs().get(0)).shape().equals(matrix))
            .orElse(false);
  }
}
