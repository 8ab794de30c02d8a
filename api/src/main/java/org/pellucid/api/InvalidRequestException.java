package org.pellucid.api;

import org.pellucid.graph.PellucidException;

/**
 * A request that does not fit the model or the software: an unknown layer, label, class, feature
 * map, cell, method or option value. The message lists what there is.
 *
 * @since 0.1.0
 */
public final class InvalidRequestException extends PellucidException {
  private static final long serialVersionUID = 1L;

  /** Makes the failure. */
  public InvalidRequestException(String message) {
    super(message);
  }
}
