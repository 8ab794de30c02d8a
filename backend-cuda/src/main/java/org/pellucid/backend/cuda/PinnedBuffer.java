package org.pellucid.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Page-locked memory of the host, from and to which a card copies by itself. Ends with its context;
 * closing twice is safe. Views must not be used afterwards.
 */
public final class PinnedBuffer implements AutoCloseable {
  private final CudaContext context;
  private final long address;
  private final ByteBuffer memory;
  private boolean closed;

  PinnedBuffer(CudaContext context, long address, long bytes) {
    this.context = context;
    this.address = address;
    this.memory = HostMemory.view(address, bytes);
  }

  /** The size in bytes. */
  public long bytes() {
    return memory.capacity();
  }

  /**
   * A part of the memory, in the machine's byte order.
   *
   * @throws IllegalStateException if the buffer or its context was closed
   */
  public ByteBuffer view(long offset, long length) {
    requireOpen();
    return memory
        .slice(Math.toIntExact(offset), Math.toIntExact(length))
        .order(ByteOrder.nativeOrder());
  }

  CudaContext context() {
    return context;
  }

  long address() {
    requireOpen();
    return address;
  }

  private void requireOpen() {
    if (closed || context.closed()) {
      throw new IllegalStateException(
          "Pinned memory of " + bytes() + " bytes is used after it was closed");
    }
  }

  /** With the context current. */
  int free() {
    closed = true;
    int result = context.driver().cuMemFreeHost(address);
    context.noteFreed(result, "cuMemFreeHost");
    return result;
  }

  @Override
  public void close() {
    if (!closed) {
      context.freeing(
          () -> {
            if (!closed) {
              free();
            }
          });
      closed = true;
    }
  }
}
