package org.pellucid.api.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/** Values that are closed together. Closing it twice is safe. */
final class ValueScope implements AutoCloseable {
  private final Deque<Runnable> closing = new ArrayDeque<>();

  private record Owned(Value value) implements Runnable {
    @Override
    public void run() {
      value.close();
    }
  }

  /** Takes a value over. */
  synchronized Value own(Value value) {
    own(new Owned(value));
    return value;
  }

  /** Leaves a value to somebody else; whether it was owned. */
  synchronized boolean disown(Value value) {
    return closing.removeIf(each -> each instanceof Owned owned && owned.value() == value);
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
