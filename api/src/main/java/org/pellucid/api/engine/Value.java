package org.pellucid.api.engine;

import org.pellucid.api.BackendException;
import org.pellucid.graph.Tensor;

/**
 * A tensor in an {@link Engine}'s own memory, which goes from one {@link Executable} to the next
 * without a copy. Never changes; may be read by several threads at once. Closed once, and not while
 * it is read.
 *
 * @since 0.1.0
 */
public interface Value extends AutoCloseable {
  /**
   * Copies the elements to Java memory.
   *
   * @return in the model's precision where floating (FLOAT32 or FLOAT64), otherwise INT64 or BOOL;
   *     valid after closing
   * @throws BackendException if the engine fails
   */
  Tensor toTensor();

  /** Frees what is held. */
  @Override
  void close();
}
