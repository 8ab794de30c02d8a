package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.TensorType;

/**
 * Another element type, by the rules of Tensor.cast.
 *
 * @param to the output's element type
 */
public record Cast(ElementType to) implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    return new TensorType(to, inputs.get(0).shape());
  }
}
