package org.pellucid.graph.pass;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Writes small graphs by hand; each node is named after its output. */
public final class GraphBuilder {
  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Random random = new Random(1);

  /** A float32 input. */
  public GraphBuilder input(String name, int... dims) {
    inputs.put(name, new TensorType(ElementType.FLOAT32, Shape.of(dims)));
    return this;
  }

  /** A constant with values in [0.5, 1.5), so that it may serve as a variance too. */
  public GraphBuilder constant(String name, int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.5f + random.nextFloat();
    }
    constants.put(name, Tensor.of(shape, values));
    return this;
  }

  /** A constant of any value. */
  public GraphBuilder constant(String name, Tensor value) {
    constants.put(name, value);
    return this;
  }

  /** A node and its output. */
  public GraphBuilder node(String output, Operation operation, String... from) {
    nodes.add(new Node(output, operation, List.of(from), output, ""));
    return this;
  }

  /** The graph, with these outputs. */
  public ModelGraph outputs(String... names) {
    return ModelGraph.of(inputs, constants, nodes, List.of(names), Map.of());
  }
}
