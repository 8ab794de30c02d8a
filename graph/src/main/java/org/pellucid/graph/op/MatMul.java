package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.TensorType;

/**
 * Matrix product with NumPy's rules: batch axes broadcast, operands of rank 1 are vectors. Inputs:
 * A, B.
 */
public record MatMul() implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 2);
    ElementType type = Inputs.floating(this, inputs);
    return new TensorType(type, new Product(inputs).output());
  }
}
