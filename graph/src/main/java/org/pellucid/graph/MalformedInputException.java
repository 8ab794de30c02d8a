package org.pellucid.graph;

/** A model, image or array file that is missing, damaged, or contradicts itself. */
public final class MalformedInputException extends PellucidException {
  private static final long serialVersionUID = 1L;

  /** Makes the failure; the message names the file or the part of it. */
  public MalformedInputException(String message) {
    super(message);
  }

  /** Makes the failure with its cause. */
  public MalformedInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
