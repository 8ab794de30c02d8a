package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * The same elements in row-major order in another shape (also Flatten, Squeeze, Unsqueeze).
 *
 * @param shape the output's shape
 */
public record Reshape(Shape shape) implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    Inputs.require(
        x.shape().size() == shape.size(),
        this,
        "an input of " + shape.size() + " elements for " + shape,
        x);
    return x.withShape(shape);
  }
}
