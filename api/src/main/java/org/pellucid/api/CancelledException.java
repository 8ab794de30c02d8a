package org.pellucid.api;

import org.pellucid.graph.PellucidException;

/**
 * Work that was ended because its thread was interrupted; the interrupt flag stays set.
 *
 * @since 0.1.0
 */
public final class CancelledException extends PellucidException {
  private static final long serialVersionUID = 1L;

  /** Makes the failure; the message says what was under way. */
  public CancelledException(String message) {
    super(message);
  }
}
