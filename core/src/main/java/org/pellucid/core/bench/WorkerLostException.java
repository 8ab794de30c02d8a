package org.pellucid.core.bench;

import org.pellucid.api.BackendException;

/** A worker's process ended while it was needed. */
public final class WorkerLostException extends BackendException {
  private static final long serialVersionUID = 1L;

  /** Says how it ended. */
  public WorkerLostException(String message) {
    super(message);
  }
}
