package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;

/**
 * The large matrices of a model's dense layers, copied out of the Java heap once for all sessions.
 * A session would hold its own copy of each initializer, even of one that it is handed in memory.
 * As an input, which costs a product with one row nothing, it is read where it stands. Filters of
 * convolutions remain initializers, which ONNX Runtime reorders; {@link OrtSessions} shares them.
 */
final class SharedMatrices implements AutoCloseable {
  /** Smaller ones are left to the sessions, which prepare them for products with many rows. */
  static final long LEAST_BYTES = 16_000_000;

  private final OrtEnvironment environment;
  private final Map<Tensor, OrtValue> values = new IdentityHashMap<>();

  SharedMatrices(OrtEnvironment environment) {
    this.environment = environment;
  }

  /** The names of a graph's constants that are shared. */
  static Set<String> of(ModelGraph graph) {
    Set<String> shared = new HashSet<>();
    graph
        .constants()
        .forEach(
            (name, tensor) -> {
              List<Node> readers = graph.consumers(name);
              if (tensor.shape().rank() == 2
                  && tensor.elementType().isFloating()
                  && tensor.shape().size() * Float.BYTES >= LEAST_BYTES
                  && !readers.isEmpty()
                  && readers.stream().allMatch(SharedMatrices::isProduct)) {
                shared.add(name);
              }
            });
    return shared;
  }

  private static boolean isProduct(Node node) {
    return node.operation() instanceof Gemm || node.operation() instanceof MatMul;
  }

  /** The same graph with some constants as inputs. */
  static ModelGraph asInputs(ModelGraph graph, Set<String> shared) {
    if (shared.isEmpty()) {
      return graph;
    }
    Map<String, TensorType> inputs = new LinkedHashMap<>(graph.inputs());
    shared.forEach(name -> inputs.put(name, graph.type(name)));
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    constants.keySet().removeAll(shared);
    return ModelGraph.of(inputs, constants, graph.nodes(), graph.outputs(), graph.metadata());
  }

  /** The value of a constant, copied when it is asked for first. */
  synchronized OrtValue value(Tensor constant) throws OrtException {
    OrtValue value = values.get(constant);
    if (value == null) {
      value = Tensors.enter(environment, SinglePrecision.narrow(constant));
      values.put(constant, value);
    }
    return value;
  }

  @Override
  public synchronized void close() {
    values.values().forEach(OrtValue::close);
    values.clear();
  }
}
