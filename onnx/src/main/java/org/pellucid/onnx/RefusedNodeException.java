package org.pellucid.onnx;

/** A node is valid but cannot be translated; told together with the other such nodes of a file. */
final class RefusedNodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The reason as the end of a sentence, or empty where the operator as a whole is meant. */
  RefusedNodeException(String reason) {
    super(reason, null, false, false);
  }
}
