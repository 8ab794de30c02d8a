package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.TensorType;

/** condition ? x : y element by element, with broadcasting. Inputs: condition (bool), x, y. */
public record Where() implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 3, 3);
    Inputs.require(
        inputs.get(0).elementType() == ElementType.BOOL, this, "a condition of type bool", inputs);
    ElementType type = Inputs.same(this, inputs.subList(1, 3));
    return new TensorType(type, Broadcast.shape(inputs));
  }
}
