package org.pellucid.api.engine;

import java.util.Map;
import org.pellucid.api.BackendException;

/**
 * A graph that an {@link Engine} has prepared. Safe for use by several threads at once. Closed
 * once, and not while it runs; values that it gave outlive it.
 *
 * @since 0.1.0
 */
public interface Executable extends AutoCloseable {
  /**
   * Runs the graph.
   *
   * @param inputs a value of this engine per input of the graph, of its type; they stay open, and
   *     may be read by other runs at the same time
   * @return a new value per output of the graph, to be closed by the caller; when it fails, nothing
   *     stays behind
   * @throws BackendException if the engine fails
   */
  Map<String, Value> run(Map<String, Value> inputs);

  /** Frees what is held. */
  @Override
  void close();
}
