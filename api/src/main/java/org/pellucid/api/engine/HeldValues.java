package org.pellucid.api.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a model holds of passes that are over: the latest tensors, as far as they are small. */
final class HeldValues implements AutoCloseable {
  /** Those of some images, or of some layers and targets of one. */
  private static final int MOST = 16;

  private static final long BYTES = 64L << 20;

  private final Deque<HeldValue> held = new ArrayDeque<>();
  private long bytes;

  /** Whether a tensor is held beyond its pass at all. */
  static boolean holds(long bytes) {
    return bytes <= BYTES;
  }

  /** Holds a value, which was acquired for it, and releases those that are held longest. */
  synchronized void add(HeldValue value) {
    held.addLast(value);
    bytes += value.bytes();
    while (held.size() > MOST || bytes > BYTES) {
      HeldValue eldest = held.removeFirst();
      bytes -= eldest.bytes();
      eldest.release();
    }
  }

  /** Releases all. */
  @Override
  public synchronized void close() {
    held.forEach(HeldValue::release);
    held.clear();
    bytes = 0;
  }
}
