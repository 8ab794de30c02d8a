package org.pellucid.importer.dl4j;

/** What a layer asks for cannot be expressed; whoever knows the layer's name says the rest. */
final class RefusedLayerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes the failure; the message begins in the middle of a sentence. */
  RefusedLayerException(String message) {
    super(message);
  }
}
