package org.pellucid.api.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/** Values that are closed together. Closing it twice is safe. */
final class ValueScope implements AutoCloseable {
  private final Deque<Value> values = new ArrayDeque<>();

  /** Takes a value over. */
  synchronized Value own(Value value) {
    values.push(value);
    return value;
  }

  @Override
  public synchronized void close() {
    while (!values.isEmpty()) {
      values.pop().close();
    }
  }
}
