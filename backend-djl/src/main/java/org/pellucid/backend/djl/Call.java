package org.pellucid.backend.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.List;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * One computation of a node.
 *
 * @param inputs the operands; not to be closed
 * @param types the operands' types
 * @param output the type of the result
 * @param precision the type of floating arrays
 * @param manager to which what is made on the way belongs
 * @param scripts the scripts of the model
 */
record Call(
    List<PtNDArray> inputs,
    List<TensorType> types,
    TensorType output,
    DataType precision,
    PtNDManager manager,
    ScriptModule scripts) {
  /** An operand. */
  PtNDArray input(int index) {
    return inputs.get(index);
  }

  /** An operand, or null where the optional one is left out. */
  PtNDArray optional(int index) {
    return index < inputs.size() ? inputs.get(index) : null;
  }

  /** Runs a script on the operands. */
  PtNDArray script(String expression) {
    return scripts.run(expression, inputs);
  }

  /** Runs a script on other arrays. */
  PtNDArray script(String expression, PtNDArray... arrays) {
    return scripts.run(expression, List.of(arrays));
  }

  /** A tensor as an array on the device. */
  PtNDArray upload(Tensor tensor) {
    return NativeArrays.upload(manager, tensor, NativeArrays.type(tensor.elementType(), precision));
  }
}
