package org.pellucid.api;

import org.pellucid.graph.PellucidException;

/**
 * A backend, device or precision that is not available here, or an engine that failed.
 *
 * @since 0.1.0
 */
public class BackendException extends PellucidException {
  private static final long serialVersionUID = 1L;

  /** Makes the failure; the message names the backend and says what would help. */
  public BackendException(String message) {
    super(message);
  }

  /** Makes the failure with its cause. */
  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Whether a device had too little memory, so that fewer samples at once may do. */
  public boolean isOutOfMemory() {
    return false;
  }
}
