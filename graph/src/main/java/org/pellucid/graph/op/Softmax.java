package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.TensorType;

/**
 * exp(x - max) / sum over one axis (opset 13 rule; older forms are flattened before).
 *
 * @param axis from 0
 */
public record Softmax(int axis) implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    Inputs.floating(this, inputs);
    Inputs.axis(this, axis, inputs.get(0));
    return inputs.get(0);
  }
}
