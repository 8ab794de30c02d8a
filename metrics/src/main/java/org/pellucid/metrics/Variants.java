package org.pellucid.metrics;

import java.util.Optional;
import java.util.function.IntFunction;
import org.pellucid.api.Inputs;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Variants of an image, each made when it is asked for.
 *
 * @param identity what tells them from other variants of the same image, where several metrics or
 *     methods ask for them
 * @param count how many
 * @param shape of each, channels first
 * @param values makes the elements of one, row-major; several threads may ask at once
 */
record Variants(Optional<Object> identity, int count, Shape shape, IntFunction<double[]> values)
    implements Inputs {
  /** Variants that nobody asks for again. */
  static Variants of(int count, Shape shape, IntFunction<double[]> values) {
    return new Variants(Optional.empty(), count, shape, values);
  }

  /** Variants that equal ones of equal identity. */
  static Variants shared(Record identity, int count, Shape shape, IntFunction<double[]> values) {
    return new Variants(Optional.of(identity), count, shape, values);
  }

  @Override
  public Tensor get(int index) {
    return Tensor.of(shape, values.apply(index));
  }
}
