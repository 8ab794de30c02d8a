package org.pellucid.api.engine;

import java.util.Optional;
import java.util.function.Function;
import org.pellucid.api.HeldTensor;
import org.pellucid.graph.Tensor;

/**
 * A value that a model holds beyond the pass that computed it. It is closed when it has been given
 * up and nobody uses it any more.
 */
final class HeldValue implements HeldTensor {
  private final GraphModel model;
  private final Value value;
  private final Function<Value, Tensor> reading;
  private int users = 1;

  /**
   * A value that is held.
   *
   * @param reading copies it to Java memory
   */
  HeldValue(GraphModel model, Value value, Function<Value, Tensor> reading) {
    this.model = model;
    this.value = value;
    this.reading = reading;
  }

  GraphModel model() {
    return model;
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

  private synchronized boolean acquire() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  private synchronized void release() {
    users--;
    if (users == 0) {
      value.close();
    }
  }

  /** Called once by who held it. */
  void giveUp() {
    release();
  }

  @Override
  public Optional<Tensor> read() {
    return model.guarded(() -> use(reading));
  }
}
