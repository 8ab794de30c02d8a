package org.pellucid.api;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for a batch of float32 numbers, outside of the Java heap, where engines read it without a
 * copy. Who closes it gives it to the next batch: nothing may read it any more. What is not closed
 * is left to the garbage collector. Closing twice is safe.
 */
final class BatchMemory implements AutoCloseable {
  /** How many are kept for the next batches, of the whole process. */
  private static final int KEPT = 4;

  /** Larger ones are made in the Java heap, and not kept. */
  private static final int LARGEST = 8 << 20;

  private static final Deque<ByteBuffer> FREE = new ArrayDeque<>();

  private final int size;
  private ByteBuffer direct;
  private float[] heap;

  private BatchMemory(int size, ByteBuffer direct, float[] heap) {
    this.size = size;
    this.direct = direct;
    this.heap = heap;
  }

  /** Memory for numbers; what they are is not said. */
  static BatchMemory of(int size) {
    long bytes = (long) size * Float.BYTES;
    return bytes > LARGEST
        ? new BatchMemory(size, null, new float[size])
        : new BatchMemory(size, direct((int) bytes), null);
  }

  private static ByteBuffer direct(int bytes) {
    synchronized (FREE) {
      for (ByteBuffer free : FREE) {
        if (free.capacity() == bytes) {
          FREE.remove(free);
          return free;
        }
      }
    }
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** All numbers; position 0. */
  FloatBuffer floats() {
    if (direct == null && heap == null) {
      throw new IllegalStateException("The memory was given back");
    }
    return direct == null ? FloatBuffer.wrap(heap) : direct.asFloatBuffer();
  }

  /** Some of them, as a buffer of their own. */
  FloatBuffer floats(int from, int count) {
    return floats().slice(from, count);
  }

  int size() {
    return size;
  }

  @Override
  public void close() {
    heap = null;
    if (direct != null) {
      synchronized (FREE) {
        FREE.addFirst(direct);
        if (FREE.size() > KEPT) {
          FREE.removeLast();
        }
      }
      direct = null;
    }
  }
}
