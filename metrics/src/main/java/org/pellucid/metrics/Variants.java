package org.pellucid.metrics;

import java.nio.FloatBuffer;
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
 * @param wide makes the elements of one, row-major; several threads may ask at once
 * @param narrow puts them, rounded to single precision, where a batch has them
 */
record Variants(
    Optional<Object> identity,
    int count,
    Shape shape,
    IntFunction<double[]> wide,
    Optional<Narrow> narrow)
    implements Inputs {
  /** Makes elements in a batch. */
  @FunctionalInterface
  interface Narrow {
    /** Puts those of a variant, of which there are as many as remain. */
    void put(int index, FloatBuffer batch);
  }

  /** Variants that nobody asks for again. */
  static Variants of(int count, Shape shape, IntFunction<double[]> wide) {
    return new Variants(Optional.empty(), count, shape, wide, Optional.empty());
  }

  /** Variants that equal ones of equal identity. */
  static Variants shared(Record identity, int count, Shape shape, IntFunction<double[]> wide) {
    return new Variants(Optional.of(identity), count, shape, wide, Optional.empty());
  }

  /**
   * The same, made in single precision at once where the network runs in it.
   *
   * @param made the same elements as in double precision, rounded
   */
  Variants orNarrow(Narrow made) {
    return new Variants(identity, count, shape, wide, Optional.of(made));
  }

  @Override
  public Tensor get(int index) {
    return Tensor.of(shape, wide.apply(index));
  }

  @Override
  public void put(int index, Shape wanted, FloatBuffer batch) {
    if (narrow.isPresent() && wanted.equals(shape)) {
      narrow.get().put(index, batch);
    } else {
      Inputs.super.put(index, wanted, batch);
    }
  }
}
