package org.pellucid.onnx;

/** Turns the nodes of one ONNX operator into nodes of a graph. */
@FunctionalInterface
interface NodeTranslator {
  /**
   * Translates a node by calls to what is given.
   *
   * @throws RefusedNodeException if this node cannot be translated
   * @throws IllegalArgumentException if the node contradicts itself or its inputs
   */
  void translate(NodeTranslation node);
}
