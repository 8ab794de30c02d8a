package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Matrix product with NumPy's rules: batch axes broadcast, operands of rank 1 are vectors. Inputs:
 * A, B.
 */
public record MatMul() implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 2);
    ElementType type = Inputs.floating(this, inputs);
    return new TensorType(type, new MatrixProduct(inputs).output());
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    return new MatrixProduct(Inputs.types(inputs)).evaluate(inputs);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return new MatrixProduct(inputs).samples(axes);
  }
}
