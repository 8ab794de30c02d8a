package org.pellucid.backend.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.ScatterAdd;

/** The table of operations that the card runs, or that are done in Java beside it. */
final class Lowerings {
  private static final Lowerings ALL = new Lowerings();

  private final Map<Class<? extends Operation>, Lowering<?>> table = new HashMap<>();

  private Lowerings() {
    UnaryLowerings.addTo(this);
    BinaryLowerings.addTo(this);
    ReductionLowerings.addTo(this);
    ProductLowerings.addTo(this);
    ConvolutionLowerings.addTo(this);
    PoolLowerings.addTo(this);
    ArrangementLowerings.addTo(this);
  }

  /** The table. */
  static Lowerings all() {
    return ALL;
  }

  <O extends Operation> void add(Class<O> type, Lowering<O> lowering) {
    if (table.put(type, lowering) != null) {
      throw new IllegalStateException("Two lowerings of " + type);
    }
  }

  /** The operations that have one. */
  Set<Class<? extends Operation>> operations() {
    return Set.copyOf(table.keySet());
  }

  /** How an operation that was not refused is done. */
  @SuppressWarnings("unchecked")
  <O extends Operation> Lowering<O> of(O operation) {
    return (Lowering<O>) table.get(operation.getClass());
  }

  /** Why a node cannot be run. */
  Optional<String> refusal(Node node) {
    return table.containsKey(node.operation().getClass())
        ? Optional.empty()
        : Optional.of("the cuda backend has no operation " + node.operation().name());
  }

  /** Whether an operation's second input is int64 numbers that say where the first one goes. */
  static boolean takesIndices(Operation operation) {
    return operation instanceof Gather || operation instanceof ScatterAdd;
  }
}
