package org.pellucid.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.Operation;
import org.pellucid.graph.UnsupportedModelException;

/** The table of all operations that can be written: the counterpart of {@link Operators}. */
final class Encoders {
  private static final Map<Class<? extends Operation>, OperationEncoder<?>> TABLE = table();

  private Encoders() {}

  /** Takes the entries of one family of operations. */
  interface Registry {
    <T extends Operation> void add(Class<T> operation, OperationEncoder<T> encoder);

    /** An operation that an ONNX operator without attributes means as well. */
    default <T extends Operation> void simple(Class<T> operation, String operator) {
      add(
          operation,
          (ignored, node) ->
              node.output(OnnxCall.of(operator), node.inputs().toArray(String[]::new)));
    }
  }

  /** All operations in the table. */
  static Set<Class<? extends Operation>> operations() {
    return TABLE.keySet();
  }

  /**
   * Encodes a node.
   *
   * @throws NeedsOpsetException if it needs newer operators than there are
   * @throws UnsupportedModelException if the table has no entry for its operation
   */
  static void encode(NodeEncoding node) {
    encode(node.operation(), node);
  }

  private static <T extends Operation> void encode(T operation, NodeEncoding node) {
    // The registry admits each class with an encoder of its own instances only.
    @SuppressWarnings("unchecked")
    OperationEncoder<T> encoder = (OperationEncoder<T>) TABLE.get(operation.getClass());
    if (encoder == null) {
      throw new UnsupportedModelException(
          operation.name() + " is not among the operations that can be written as ONNX");
    }
    encoder.encode(operation, node);
  }

  private static Map<Class<? extends Operation>, OperationEncoder<?>> table() {
    Map<Class<? extends Operation>, OperationEncoder<?>> table = new HashMap<>();
    Registry registry =
        new Registry() {
          @Override
          public <T extends Operation> void add(Class<T> operation, OperationEncoder<T> encoder) {
            if (table.put(operation, encoder) != null) {
              throw new IllegalStateException(operation + " stands in the table twice");
            }
          }
        };
    ActivationEncoders.register(registry);
    ArithmeticEncoders.register(registry);
    ArrangementEncoders.register(registry);
    LinearEncoders.register(registry);
    NormalizationEncoders.register(registry);
    PoolEncoders.register(registry);
    ReductionEncoders.register(registry);
    SelectionEncoders.register(registry);
    return table;
  }
}
