package org.pellucid.api;

import java.util.Optional;
import org.pellucid.graph.Tensor;

/**
 * A tensor of one sample that an engine may hold for a while after the pass that computed it:
 * formulas over averages read it where it is ({@link ArrayAlgebra.Field#held}). Safe for use by
 * several threads.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeldTensor {
  /**
   * Copies the elements to Java memory, in the tensor's own shape and the run's precision.
   *
   * @return empty where the engine has given them up meanwhile, which it does as soon as it holds
   *     enough others
   * @throws BackendException if the engine fails
   * @throws IllegalStateException if the model was closed
   */
  Optional<Tensor> read();
}
