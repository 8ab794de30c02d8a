package org.pellucid.api.engine;

import java.util.Optional;
import java.util.function.Function;
import org.pellucid.api.HeldTensor;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * A value that is in use by several: by the pass that computed it, by what the model holds, and by
 * who reads it. It is closed when the last of them releases it.
 */
final class HeldValue implements HeldTensor {
  private final GraphModel model;
  private final Value value;
  private final Shape shape;
  private final Function<Value, Tensor> reading;
  private int users = 1;

  /**
   * A value that one user has.
   *
   * @param shape of its tensor
   * @param reading copies it to Java memory
   */
  HeldValue(GraphModel model, Value value, Shape shape, Function<Value, Tensor> reading) {
    this.model = model;
    this.value = value;
    this.shape = shape;
    this.reading = reading;
  }

  GraphModel model() {
    return model;
  }

  /** The shape of the tensor. */
  Shape shape() {
    return shape;
  }

  /** At most so much memory. */
  long bytes() {
    return shape.size() * Double.BYTES;
  }

  /** Counts another user, who releases it; whether the value is still there. */
  synchronized boolean acquire() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  /** Counts one user less. */
  synchronized void release() {
    users--;
    if (users == 0) {
      value.close();
    }
  }

  /** Uses the value, which stays meanwhile; empty where it is gone. */
  <R> Optional<R> use(Function<Value, R> use) {
    if (!acquire()) {
      return Optional.empty();
    }
    try {
      return Optional.of(use.apply(value));
    } finally {
      release();
    }
  }

  @Override
  public Optional<Tensor> read() {
    return model.guarded(() -> use(reading));
  }
}
