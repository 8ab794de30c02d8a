package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Operation;
import org.pellucid.graph.TensorType;

/**
 * How one operation is done with PyTorch. Autograd differentiates what a lowering does, so its
 * derivatives at kinks and ties are those that the operation's record states. A lowering always
 * makes a new array, never hands an input back: a tap on its output must not be a tap on its input.
 */
interface Lowering<O extends Operation> {
  /** Computes the output; arrays made on the way are closed. */
  PtNDArray run(O operation, Call call);

  /** The scripts that {@link #run} uses for inputs of these types. */
  default List<String> scripts(O operation, List<TensorType> inputs) {
    return List.of();
  }

  /** Whether autograd sees that the output depends on a floating input. */
  default boolean differentiable(int input) {
    return true;
  }

  /** Why this cannot be done for some attributes. */
  default Optional<String> refusal(O operation) {
    return Optional.empty();
  }

  /** An operation that is one expression in TorchScript. */
  interface Scripted<O extends Operation> extends Lowering<O> {
    /** The expression, of {@code x0}, {@code x1}, ... */
    String expression(O operation, List<TensorType> inputs);

    @Override
    default PtNDArray run(O operation, Call call) {
      return call.script(expression(operation, call.types()));
    }

    @Override
    default List<String> scripts(O operation, List<TensorType> inputs) {
      return List.of(expression(operation, inputs));
    }
  }
}
