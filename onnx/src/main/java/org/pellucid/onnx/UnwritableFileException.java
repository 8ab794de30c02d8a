package org.pellucid.onnx;

import org.pellucid.graph.PellucidException;

/** A file that could not be written: no room, no permission, no such directory. */
public final class UnwritableFileException extends PellucidException {
  private static final long serialVersionUID = 1L;

  /** Makes the failure with its cause; the message names the file. */
  public UnwritableFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
