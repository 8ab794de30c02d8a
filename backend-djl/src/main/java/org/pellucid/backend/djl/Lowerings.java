package org.pellucid.backend.djl;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.TensorType;

/** The table of lowerings, one per operation of the vocabulary. */
final class Lowerings {
  private static final Lowerings ALL = new Lowerings();

  private final Map<Class<? extends Operation>, Lowering<?>> table = new HashMap<>();

  private Lowerings() {
    ConvolutionLowerings.addTo(this);
    PoolLowerings.addTo(this);
    PoolGradientLowerings.addTo(this);
    ProductLowerings.addTo(this);
    NormalizationLowerings.addTo(this);
    UnaryLowerings.addTo(this);
    BinaryLowerings.addTo(this);
    ReductionLowerings.addTo(this);
    ArrangementLowerings.addTo(this);
    SelectionLowerings.addTo(this);
  }

  /** The table. */
  static Lowerings all() {
    return ALL;
  }

  <O extends Operation> void add(Class<O> type, Lowering<O> lowering) {
    if (table.put(type, lowering) != null) {
      throw new IllegalStateException("Two lowerings for " + type);
    }
  }

  <O extends Operation> void script(Class<O> type, Lowering.Scripted<O> lowering) {
    add(type, lowering);
  }

  /** The operations that have a lowering. */
  Set<Class<? extends Operation>> operations() {
    return Set.copyOf(table.keySet());
  }

  /** The lowering of an operation that was not refused. */
  @SuppressWarnings("unchecked")
  <O extends Operation> Lowering<O> of(O operation) {
    return (Lowering<O>) table.get(operation.getClass());
  }

  /** Why a node cannot be run. */
  Optional<String> refusal(Node node) {
    Lowering<Operation> lowering = of(node.operation());
    return lowering == null
        ? Optional.of("the djl backend has no operation " + node.operation().name())
        : lowering.refusal(node.operation());
  }

  /** The scripts that a node needs. */
  List<String> scripts(Node node, List<TensorType> inputs) {
    return of(node.operation()).scripts(node.operation(), inputs);
  }
}
