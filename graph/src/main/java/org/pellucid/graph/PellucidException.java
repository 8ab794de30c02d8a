package org.pellucid.graph;

/**
 * The root of every failure that Pellucid reports on purpose. The message says what was asked, what
 * was found and what would work; it is meant for a person and fits on a line or a few.
 */
public abstract class PellucidException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes a failure with a message for a person. */
  protected PellucidException(String message) {
    super(message);
  }

  /** Makes a failure with a message for a person and what caused it. */
  protected PellucidException(String message, Throwable cause) {
    super(message, cause);
  }
}
