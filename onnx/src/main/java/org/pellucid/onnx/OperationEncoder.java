package org.pellucid.onnx;

import org.pellucid.graph.Operation;

/**
 * Turns the nodes of one operation into ONNX nodes.
 *
 * @param <T> the operation
 */
@FunctionalInterface
interface OperationEncoder<T extends Operation> {
  /**
   * Encodes a node by calls to what is given.
   *
   * @throws NeedsOpsetException if this node needs newer operators than there are
   */
  void encode(T operation, NodeEncoding node);
}
