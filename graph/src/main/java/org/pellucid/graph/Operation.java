package org.pellucid.graph;

import java.util.List;

/**
 * What a node computes. One immutable record per operation, with attributes as components; all of
 * them stand in {@link org.pellucid.graph.op.Operations}. Everything Pellucid knows of an operation
 * stands in its record: shape rule, meaning (the reference evaluation), how it treats samples that
 * travel together, and, in time, its gradient rule. Shapes are concrete: what a model computes from
 * shapes is folded away when it is read.
 */
public interface Operation {
  /** The name in the vocabulary, {@code "Conv"}: the record's simple name. */
  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * The type of the output.
   *
   * @param inputs types in input order
   * @throws IllegalArgumentException if the inputs do not fit, saying what was expected and found
   */
  TensorType infer(List<TensorType> inputs);

  /**
   * Computes the output in Java, in the precision of double for floating inputs of any width: the
   * result of float inputs is FLOAT64. This is the meaning of the operation, kept simple rather
   * than fast; it serves as oracle in tests and folds constants.
   *
   * @param inputs values in input order, of types that {@link #infer} accepts
   */
  Tensor evaluate(List<Tensor> inputs);

  /**
   * How samples that are stacked along an axis pass through. Answers where the output stacks them,
   * or that it mixes them, or that this cannot be told; see {@link
   * org.pellucid.graph.pass.Batching}.
   *
   * @param inputs types of the inputs for the samples as the model was written (usually one)
   * @param axes for each input, the axis along which samples are stacked with the sample as the
   *     outermost factor of its length, or {@link Samples#NONE} if the input is the same for all
   * @param count how many samples the input types are for; divides the length of each such axis
   */
  Samples samples(List<TensorType> inputs, int[] axes, int count);

  /**
   * This operation for another number of samples, where its attributes hold a length that the
   * samples are part of (Reshape, Expand, Slice).
   *
   * @param output the type of the output for that number of samples
   */
  default Operation forOutput(TensorType output) {
    return this;
  }
}
