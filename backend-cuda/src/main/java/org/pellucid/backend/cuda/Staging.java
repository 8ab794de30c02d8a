package org.pellucid.backend.cuda;

import java.nio.ByteBuffer;

/**
 * Page-locked memory through which the Java heap and the card exchange what they copy. What goes to
 * the card lies in it piece after piece, and is only waited for when the memory has come to its
 * end; so small copies cost no waiting, and of large ones a piece is filled while the one before is
 * copied. Used by who has the context.
 */
final class Staging {
  /** Parts that a long copy alternates between. */
  private static final int PARTS = 2;

  private static final int ALIGNMENT = 256;

  private final CudaContext context;
  private final PinnedBuffer memory;

  /** Behind what the card may still read. */
  private long free;

  /** Moves elements between an array and a piece of host memory. */
  @FunctionalInterface
  interface Piece {
    /** Moves some, to or from the start of the memory. */
    void move(int from, int count, ByteBuffer memory);
  }

  Staging(CudaContext context, PinnedBuffer memory) {
    this.context = context;
    this.memory = memory;
  }

  /**
   * Copies an array to the start of a buffer.
   *
   * @param width bytes of an element
   * @throws IllegalStateException if launches are recorded, as the array is only read now
   */
  void upload(DeviceBuffer target, int length, int width, Piece piece) {
    if (context.isCapturing()) {
      throw new IllegalStateException("A copy from the Java heap cannot be recorded");
    }
    int most = most(width);
    for (int from = 0; from < length; from += most) {
      int count = Math.min(most, length - from);
      long bytes = (long) count * width;
      long offset = reserve(bytes);
      piece.move(from, count, memory.view(offset, bytes));
      target.slice((long) from * width, bytes).copyFrom(memory, offset, bytes);
    }
  }

  /** Copies the start of a buffer to an array, and waits. */
  void download(DeviceBuffer source, int length, int width, Piece piece) {
    int most = most(width);
    for (int from = 0; from < length; from += most) {
      int count = Math.min(most, length - from);
      long bytes = (long) count * width;
      long offset = reserve(bytes);
      source.slice((long) from * width, bytes).copyTo(memory, offset, bytes);
      await();
      piece.move(from, count, memory.view(offset, bytes));
    }
  }

  private int most(int width) {
    return (int) (memory.bytes() / PARTS / width);
  }

  private long reserve(long bytes) {
    if (free + bytes > memory.bytes()) {
      await();
    }
    long offset = free;
    free += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return offset;
  }

  private void await() {
    context.synchronize();
    free = 0;
  }

  /** With the context current. */
  int free() {
    return memory.free();
  }
}
