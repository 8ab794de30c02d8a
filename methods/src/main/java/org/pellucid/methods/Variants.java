package org.pellucid.methods;

import java.util.Optional;
import java.util.function.IntFunction;
import org.pellucid.api.Inputs;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Variants of feature maps, or of an input, each made when it is asked for.
 *
 * @param identity what tells them from other variants of the same image, where they may be asked
 *     for again
 * @param count how many
 * @param shape of each, K and the spatial lengths
 * @param values makes the elements of one, row-major; several threads may ask at once
 */
record Variants(Optional<Object> identity, int count, Shape shape, IntFunction<double[]> values)
    implements Inputs {
  /** Variants that nobody asks for again. */
  Variants(int count, Shape shape, IntFunction<double[]> values) {
    this(Optional.empty(), count, shape, values);
  }

  /** Variants that equal ones of equal identity. */
  Variants(Record identity, int count, Shape shape, IntFunction<double[]> values) {
    this(Optional.of(identity), count, shape, values);
  }

  @Override
  public Tensor get(int index) {
    return Tensor.of(shape, values.apply(index));
  }
}
