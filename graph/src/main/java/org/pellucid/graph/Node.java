package org.pellucid.graph;

import java.util.List;
import java.util.Objects;

/**
 * One computation of a graph: an operation, the names of the tensors it reads, and the name of the
 * one tensor it makes.
 *
 * @param name the node's name in the original model, or one derived from its output; not empty
 * @param operation what is computed
 * @param inputs names of tensors in the operation's order (graph inputs, constants, other nodes'
 *     outputs); an optional input at the end is left out
 * @param output the name of the tensor that is made; unique in the graph
 * @param source what the original model called it, as {@code HardSwish-14} (operation and opset),
 *     or empty where a pass made the node
 */
public record Node(
    String name, Operation operation, List<String> inputs, String output, String source) {
  /** Copies the list of inputs. */
  public Node {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(operation, "operation");
    inputs = List.copyOf(inputs);
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(source, "source");
  }

  /** The same node with another operation. */
  public Node with(Operation other) {
    return new Node(name, other, inputs, output, source);
  }

  /** The same node with other inputs. */
  public Node withInputs(List<String> others) {
    return new Node(name, operation, others, output, source);
  }

  /**
   * The type of what a node makes that was read from a file, and may be wrong.
   *
   * @param given the types of its inputs
   * @throws MalformedInputException if the operation does not take them
   * @throws UnsupportedModelException if the result has 2^31 elements or more
   */
  public TensorType infer(List<TensorType> given) {
    try {
      TensorType type = operation.infer(given);
      if (!type.isIndexable()) {
        throw new UnsupportedModelException(
            "In " + describe() + ": the result " + type + " has 2^31 elements or more");
      }
      return type;
    } catch (ArithmeticException e) {
      // Sizes are computed exactly: they overflow where a file asks for more than can be counted.
      throw new UnsupportedModelException(
          "In " + describe() + ": the result of " + given + " has 2^31 elements or more");
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw refusal(given, e);
    }
  }

  /** That the operation does not take its inputs, of these types. */
  public MalformedInputException refusal(List<TensorType> given, RuntimeException reason) {
    return new MalformedInputException(
        "In " + describe() + ": " + reason.getMessage() + "; its inputs are " + given, reason);
  }

  /** As {@code node "conv1" (Conv[strides=...])}, for error messages. */
  public String describe() {
    return "node \""
        + name
        + "\" ("
        + operation
        + (source.isEmpty() ? "" : ", from " + source)
        + ")";
  }
}
