package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.TensorType;

/**
 * Inputs one after another along an axis.
 *
 * @param axis from 0
 */
public record Concat(int axis) implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, Integer.MAX_VALUE);
    Inputs.same(this, inputs);
    TensorType first = inputs.get(0);
    Inputs.axis(this, axis, first);
    int length = 0;
    for (TensorType input : inputs) {
      Inputs.require(
          input.shape().rank() == first.shape().rank()
              && input.shape().with(axis, 0).equals(first.shape().with(axis, 0)),
          this,
          "inputs that differ on axis " + axis + " only",
          inputs);
      length = Math.addExact(length, input.shape().dim(axis));
    }
    return first.withShape(first.shape().with(axis, length));
  }
}
