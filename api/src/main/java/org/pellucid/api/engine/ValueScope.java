package org.pellucid.api.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/** Values that are closed together. Closing it twice is safe. */
final class ValueScope implements AutoCloseable {
  private final Deque<Runnable> closing = new ArrayDeque<>();

  /** Takes a value over. */
  synchronized Value own(Value value) {
    own(value::close);
    return value;
  }

  /** Takes over how something is closed. */
  synchronized void own(Runnable close) {
    closing.push(close);
  }

  @Override
  public synchronized void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
  }
}
