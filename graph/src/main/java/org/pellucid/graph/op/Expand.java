package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * Broadcast to a shape.
 *
 * @param shape the output's shape, to which the input broadcasts
 */
public record Expand(Shape shape) implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    Inputs.require(
        Shape.broadcast(x.shape(), shape).equals(shape),
        this,
        "an input that broadcasts to " + shape,
        x);
    return x.withShape(shape);
  }
}
