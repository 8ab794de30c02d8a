package org.pellucid.graph;

/**
 * Takes down computations as nodes of a graph that is being written. Values are the names of their
 * tensors. A computation that was taken down before is not repeated: the name of its result is
 * given again.
 */
public interface Recorder {
  /**
   * The type of a tensor.
   *
   * @throws IllegalArgumentException if the graph has no such tensor yet
   */
  TensorType type(String tensor);

  /**
   * Takes down an operation.
   *
   * @param inputs names of tensors in the operation's order
   * @return the name of the result
   * @throws IllegalArgumentException if the operation does not take inputs of such types
   */
  String node(Operation operation, String... inputs);

  /** Takes down a fixed tensor and gives its name. */
  String constant(Tensor value);
}
