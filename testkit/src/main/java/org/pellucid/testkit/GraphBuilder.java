package org.pellucid.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Writes small graphs in Java, a line per node. */
public final class GraphBuilder {
  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  /** A float32 input. */
  public GraphBuilder input(String name, int... dims) {
    return input(name, new TensorType(ElementType.FLOAT32, Shape.of(dims)));
  }

  /** An input of any type. */
  public GraphBuilder input(String name, TensorType type) {
    inputs.put(name, type);
    return this;
  }

  /** A fixed tensor. */
  public GraphBuilder constant(String name, Tensor value) {
    constants.put(name, value);
    return this;
  }

  /** A node called by its output. */
  public GraphBuilder node(String output, Operation operation, String... from) {
    nodes.add(new Node(output, operation, List.of(from), output, ""));
    return this;
  }

  /** The graph. */
  public ModelGraph build(String... outputs) {
    return ModelGraph.of(inputs, constants, nodes, List.of(outputs), Map.of());
  }
}
