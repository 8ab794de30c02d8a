package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** What operations ask of their inputs; a refusal says what was expected and what was found. */
final class Inputs {
  private Inputs() {}

  /** Refuses a number of inputs outside a range. */
  static void count(Operation operation, List<TensorType> inputs, int least, int most) {
    if (inputs.size() < least || inputs.size() > most) {
      String expected = least == most ? String.valueOf(least) : least + " to " + most;
      throw refusal(operation, expected + " input(s)", inputs.size());
    }
  }

  /** The element type that all inputs have, which must be a floating one. */
  static ElementType floating(Operation operation, List<TensorType> inputs) {
    ElementType type = same(operation, inputs);
    require(type.isFloating(), operation, "floating inputs", inputs);
    return type;
  }

  /** The element type that all inputs have, which must be a number. */
  static ElementType numeric(Operation operation, List<TensorType> inputs) {
    ElementType type = same(operation, inputs);
    require(type != ElementType.BOOL, operation, "numbers", inputs);
    return type;
  }

  /** The element type that all inputs have. */
  static ElementType same(Operation operation, List<TensorType> inputs) {
    ElementType type = inputs.get(0).elementType();
    require(
        inputs.stream().allMatch(input -> input.elementType() == type),
        operation,
        "inputs of one element type",
        inputs);
    return type;
  }

  /** Refuses an axis that a tensor does not have; operations hold axes counted from 0. */
  static void axis(Operation operation, int axis, TensorType input) {
    if (axis < 0 || axis >= input.shape().rank()) {
      throw refusal(operation, "an input that has axis " + axis, input);
    }
  }

  /** Refuses an attribute that does not have one entry per axis. */
  static void perAxis(Operation operation, String attribute, List<Integer> entries, int axes) {
    if (entries.size() != axes) {
      throw refusal(operation, attribute + " for " + axes + " axes", entries);
    }
  }

  /** Refuses what is not so. */
  static void require(boolean holds, Operation operation, String expected, Object found) {
    if (!holds) {
      throw refusal(operation, expected, found);
    }
  }

  private static IllegalArgumentException refusal(
      Operation operation, String expected, Object found) {
    return new IllegalArgumentException(
        operation.name() + " expects " + expected + ", found " + found);
  }

  /** The types of values. */
  static List<TensorType> types(List<Tensor> inputs) {
    return inputs.stream().map(Tensor::type).toList();
  }
}
