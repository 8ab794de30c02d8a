package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * Index (int64) of the largest element along an axis, the first of equals unless selectLast. Not
 * differentiable.
 *
 * @param axis from 0
 * @param keepDims whether the axis stays with length 1
 * @param selectLast whether the last of equals is chosen
 */
public record ArgMax(int axis, boolean keepDims, boolean selectLast) implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    Inputs.numeric(this, inputs);
    Inputs.axis(this, axis, inputs.get(0));
    Shape shape = inputs.get(0).shape();
    Inputs.require(shape.dim(axis) > 0, this, "an axis that is not empty", inputs.get(0));
    return new TensorType(ElementType.INT64, Reduction.shape(shape, List.of(axis), keepDims));
  }
}
