package org.pellucid.graph;

import java.util.List;
import java.util.Optional;

/**
 * What a node computes. One immutable record per operation, with attributes as components; all of
 * them stand in {@link org.pellucid.graph.op.Operations}. Everything Pellucid knows of an operation
 * stands in its record: shape rule, meaning (the reference evaluation), how it treats samples that
 * travel together, and its gradient rule. Shapes are concrete: what a model computes from shapes is
 * folded away when it is read.
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

  /**
   * The gradient rule: takes down the vector-Jacobian product with respect to one input, {@code
   * sum_o gradient_o d output_o / d input_i}, in operations of the same vocabulary.
   *
   * @param recorder knows the node's inputs and its output, and takes down what the rule computes
   * @param node a node with this operation
   * @param gradient the tensor of dS / d output, of the output's type
   * @param input position of a floating input
   * @return the tensor of dS / d input, of the input's type; empty if it is zero everywhere
   * @throws UnsupportedModelException if there is no rule, naming the node and its attributes; an
   *     operation that does not override this method has none
   */
  default Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    throw new UnsupportedModelException(
        "No gradient rule is known for input " + input + " of " + node.describe());
  }
}
