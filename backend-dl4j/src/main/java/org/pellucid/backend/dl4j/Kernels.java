package org.pellucid.backend.dl4j;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.ScatterAdd;

/** The table of kernels, one per operation of the vocabulary. */
final class Kernels {
  private static final Kernels ALL = new Kernels();

  private final Map<Class<? extends Operation>, Kernel<?>> table = new HashMap<>();

  private Kernels() {
    UnaryKernels.addTo(this);
    BinaryKernels.addTo(this);
    ReductionKernels.addTo(this);
    ProductKernels.addTo(this);
    ArrangementKernels.addTo(this);
    ConvolutionKernels.addTo(this);
    PoolKernels.addTo(this);
  }

  /** The table. */
  static Kernels all() {
    return ALL;
  }

  <O extends Operation> void add(Class<O> type, Kernel<O> kernel) {
    if (table.put(type, kernel) != null) {
      throw new IllegalStateException("Two kernels for " + type);
    }
  }

  /** The operations that have a kernel. */
  Set<Class<? extends Operation>> operations() {
    return Set.copyOf(table.keySet());
  }

  /** The kernel of an operation that was not refused. */
  @SuppressWarnings("unchecked")
  <O extends Operation> Kernel<O> of(O operation) {
    return (Kernel<O>) table.get(operation.getClass());
  }

  /** Why a node cannot be run. */
  Optional<String> refusal(Node node) {
    return table.containsKey(node.operation().getClass())
        ? Optional.empty()
        : Optional.of("the dl4j backend has no operation " + node.operation().name());
  }

  /** Whether an operation's kernel reads int64 numbers. */
  static boolean takesIndices(Operation operation) {
    return operation instanceof Gather || operation instanceof ScatterAdd;
  }
}
