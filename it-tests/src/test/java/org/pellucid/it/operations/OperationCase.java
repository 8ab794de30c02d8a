package org.pellucid.it.operations;

import java.util.Map;
import org.pellucid.graph.Tensor;

/**
 * A model of one operator with inputs for it.
 *
 * @param name says operator, version, attributes and shapes; unique
 * @param operator the ONNX operator
 * @param opset the version of the operator set that the model asks for
 * @param model the ONNX file
 * @param inputs a value per input of the model, in its order
 * @param oracle an ONNX file that means the same and that ONNX Runtime runs; the model itself, but
 *     for operators that are newer than it
 * @param smooth whether a small step from these inputs, in any direction, meets no kink
 */
public record OperationCase(
    String name,
    String operator,
    int opset,
    byte[] model,
    Map<String, Tensor> inputs,
    byte[] oracle,
    boolean smooth) {
  /** A case of an operator that ONNX Runtime knows. */
  public OperationCase(
      String name,
      String operator,
      int opset,
      byte[] model,
      Map<String, Tensor> inputs,
      boolean smooth) {
    this(name, operator, opset, model, inputs, model, smooth);
  }

  @Override
  public String toString() {
    return name;
  }
}
