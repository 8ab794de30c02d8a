package org.pellucid.backend.onnxruntime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Cast;

/** Graphs of files that hold float64, as they are run in float32. */
final class SinglePrecision {
  private SinglePrecision() {}

  /** The same graph with float32 in the place of float64; itself where it has none. */
  static ModelGraph of(ModelGraph graph) {
    if (!isWide(graph)) {
      return graph;
    }
    Map<String, TensorType> inputs = new LinkedHashMap<>();
    graph.inputs().forEach((name, type) -> inputs.put(name, narrow(type)));
    Map<String, Tensor> constants = new LinkedHashMap<>();
    graph.constants().forEach((name, tensor) -> constants.put(name, narrow(tensor)));
    List<Node> nodes = graph.nodes().stream().map(SinglePrecision::narrow).toList();
    return ModelGraph.of(inputs, constants, nodes, graph.outputs(), graph.metadata());
  }

  private static boolean isWide(ModelGraph graph) {
    return graph.inputs().values().stream().anyMatch(SinglePrecision::isWide)
        || graph.constants().values().stream().anyMatch(tensor -> isWide(tensor.type()))
        || graph.nodes().stream().anyMatch(node -> isWide(graph.type(node.output())));
  }

  private static boolean isWide(TensorType type) {
    return type.elementType() == ElementType.FLOAT64;
  }

  private static TensorType narrow(TensorType type) {
    return isWide(type) ? new TensorType(ElementType.FLOAT32, type.shape()) : type;
  }

  /** A tensor as it is computed with. */
  static Tensor narrow(Tensor tensor) {
    return isWide(tensor.type()) ? tensor.cast(ElementType.FLOAT32) : tensor;
  }

  private static Node narrow(Node node) {
    return node.operation() instanceof Cast cast && cast.to() == ElementType.FLOAT64
        ? node.with(new Cast(ElementType.FLOAT32))
        : node;
  }
}
