package org.pellucid.api;

import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * A number of variants of the explained input, made when they are needed.
 *
 * @since 0.1.0
 */
public interface Inputs {
  /** How many there are. */
  int count();

  /**
   * The variant at an index, as one sample in the shape of the model's input; equal indices give
   * equal values. Several threads may ask at once.
   */
  Tensor get(int index);

  /**
   * Puts the elements of the variant at an index, rounded to float32, where a batch has them: those
   * that {@link #get} gives, as by default. Who can make them there spares a few copies of each.
   * Several threads may ask at once.
   *
   * @param shape of one sample, in the model's layout
   * @param batch as many elements as the shape has, from the position to the limit; all are set,
   *     and the position is the limit afterwards
   * @throws InvalidRequestException if variants have another shape
   */
  default void put(int index, Shape shape, FloatBuffer batch) {
    Tensor variant = get(index);
    if (!variant.shape().equals(shape)) {
      throw new InvalidRequestException(
          "Variants of the input have shape " + shape + ", found " + variant.shape());
    }
    batch.put(variant.cast(ElementType.FLOAT32).floats());
  }

  /**
   * What tells these variants of one image from others: where it is there, and equal, all variants
   * are equal, and a probe runs them once for all targets and methods that ask for their scores.
   * Empty, as by default, where nothing is known.
   */
  default Optional<Object> identity() {
    return Optional.empty();
  }

  /**
   * Some of these.
   *
   * @param from the first
   * @param to the one after the last
   * @throws IndexOutOfBoundsException if there are no such variants
   */
  default Inputs part(int from, int to) {
    Objects.checkFromToIndex(from, to, count());
    Inputs all = this;
    return new Inputs() {
      @Override
      public int count() {
        return to - from;
      }

      @Override
      public Tensor get(int index) {
        return all.get(from + Objects.checkIndex(index, count()));
      }

      @Override
      public void put(int index, Shape shape, FloatBuffer batch) {
        all.put(from + Objects.checkIndex(index, count()), shape, batch);
      }
    };
  }
}
