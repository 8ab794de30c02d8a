package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.TensorType;

/**
 * Logarithm of Softmax over one axis.
 *
 * @param axis from 0
 */
public record LogSoftmax(int axis) implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    Inputs.floating(this, inputs);
    Inputs.axis(this, axis, inputs.get(0));
    return inputs.get(0);
  }
}
