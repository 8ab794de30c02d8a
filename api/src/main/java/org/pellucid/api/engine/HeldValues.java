package org.pellucid.api.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;
import org.pellucid.api.BackendException;
import org.pellucid.api.HeldTensor;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Copies of values that a model holds beyond the passes that computed them: the latest ones, as far
 * as they are small. They are copies, so that passes go on in the same memory one after another.
 */
final class HeldValues implements AutoCloseable {
  /** Those of some images, or of some layers and targets of one. */
  private static final int MOST = 16;

  private static final long BYTES = 64L << 20;

  private final GraphModel model;
  private final Engine engine;
  private final Deque<HeldValue> held = new ArrayDeque<>();
  private long bytes;

  HeldValues(GraphModel model, Engine engine) {
    this.model = model;
    this.engine = engine;
  }

  /**
   * Holds a copy of a value, for a while and until the model is closed at the latest.
   *
   * @param shape of its tensor
   * @param reading copies it to Java memory
   * @return empty where it is too large
   */
  Optional<HeldTensor> hold(Value value, Shape shape, Function<Value, Tensor> reading) {
    if (HeldValue.bytes(shape) > BYTES) {
      return Optional.empty();
    }
    try {
      Value copy = engine.noisyWork().orElseThrow().copy(value);
      HeldValue kept = new HeldValue(model, copy, shape, reading);
      add(kept);
      return Optional.of(kept);
    } catch (BackendException e) {
      if (e.isOutOfMemory()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Holds a value, and gives up those that are held longest. */
  private synchronized void add(HeldValue value) {
    held.addLast(value);
    bytes += value.bytes();
    while (held.size() > MOST || bytes > BYTES) {
      HeldValue eldest = held.removeFirst();
      bytes -= eldest.bytes();
      eldest.giveUp();
    }
  }

  /** Gives all up. */
  @Override
  public synchronized void close() {
    held.forEach(HeldValue::giveUp);
    held.clear();
    bytes = 0;
  }
}
