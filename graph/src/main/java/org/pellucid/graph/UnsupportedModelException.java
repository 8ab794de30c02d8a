package org.pellucid.graph;

/** A model that is well formed but asks for something that Pellucid or the backend cannot do. */
public final class UnsupportedModelException extends PellucidException {
  private static final long serialVersionUID = 1L;

  /** Makes the failure; the message names node, operation and attributes where there is one. */
  public UnsupportedModelException(String message) {
    super(message);
  }
}
