package org.pellucid.methods;

import java.util.function.IntFunction;
import org.pellucid.api.Inputs;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Variants of feature maps, or of an input, each made when it is asked for.
 *
 * @param count how many
 * @param shape of each, K and the spatial lengths
 * @param values makes the elements of one, row-major; several threads may ask at once
 */
record Variants(int count, Shape shape, IntFunction<double[]> values) implements Inputs {
  @Override
  public Tensor get(int index) {
    return Tensor.of(shape, values.apply(index));
  }
}
