package org.pellucid.backend.cuda;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * Memory on a card. Belongs to a context and ends with it; closing twice is safe. What is copied is
 * in the order of the context's stream. Copies to the Java heap wait until they are done; those
 * from it have read what they copy when they return.
 */
public final class DeviceBuffer implements AutoCloseable {
  private final CudaContext context;
  private final DeviceBuffer owner;
  private final long address;
  private final long bytes;
  private boolean closed;

  DeviceBuffer(CudaContext context, long address, long bytes) {
    this(context, null, address, bytes);
  }

  private DeviceBuffer(CudaContext context, DeviceBuffer owner, long address, long bytes) {
    this.context = context;
    this.owner = owner;
    this.address = address;
    this.bytes = bytes;
  }

  /** The size in bytes. */
  public long bytes() {
    return bytes;
  }

  /**
   * The address on the card.
   *
   * @throws IllegalStateException if the buffer or its context was closed
   */
  public long address() {
    requireOpen();
    return address;
  }

  /** The context. */
  public CudaContext context() {
    return context;
  }

  /**
   * A part of this buffer, which is open as long as this one is; closing the part does nothing.
   *
   * @throws IndexOutOfBoundsException if it does not lie within
   */
  public DeviceBuffer slice(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, bytes);
    return new DeviceBuffer(context, owner == null ? this : owner, address() + offset, length);
  }

  /** Copies all of an array to the start of this buffer. */
  public void write(float[] values) {
    write(FloatBuffer.wrap(values));
  }

  /** Copies the elements of a buffer, from the first to its limit, to the start of this one. */
  public void write(FloatBuffer values) {
    upload(
        values.limit(),
        Float.BYTES,
        (from, count, piece) -> piece.asFloatBuffer().put(0, values, from, count));
  }

  /** Copies all of an array to the start of this buffer. */
  public void write(double[] values) {
    write(DoubleBuffer.wrap(values));
  }

  /** Copies the elements of a buffer, from the first to its limit, to the start of this one. */
  public void write(DoubleBuffer values) {
    upload(
        values.limit(),
        Double.BYTES,
        (from, count, piece) -> piece.asDoubleBuffer().put(0, values, from, count));
  }

  /** Copies all of an array to the start of this buffer. */
  public void write(int[] values) {
    upload(
        values.length,
        Integer.BYTES,
        (from, count, piece) -> piece.asIntBuffer().put(values, from, count));
  }

  /** Copies all of an array to the start of this buffer. */
  public void write(long[] values) {
    upload(
        values.length,
        Long.BYTES,
        (from, count, piece) -> piece.asLongBuffer().put(values, from, count));
  }

  /** Fills an array from the start of this buffer. */
  public void read(float[] values) {
    download(
        values.length,
        Float.BYTES,
        (from, count, piece) -> piece.asFloatBuffer().get(values, from, count));
  }

  /** Fills an array from the start of this buffer. */
  public void read(double[] values) {
    download(
        values.length,
        Double.BYTES,
        (from, count, piece) -> piece.asDoubleBuffer().get(values, from, count));
  }

  /** Fills an array from the start of this buffer. */
  public void read(int[] values) {
    download(
        values.length,
        Integer.BYTES,
        (from, count, piece) -> piece.asIntBuffer().get(values, from, count));
  }

  /** Fills an array from the start of this buffer. */
  public void read(long[] values) {
    download(
        values.length,
        Long.BYTES,
        (from, count, piece) -> piece.asLongBuffer().get(values, from, count));
  }

  /**
   * Copies all of a buffer on the same context to the start of this one, without waiting.
   *
   * @throws IndexOutOfBoundsException if it is larger
   */
  public void copyFrom(DeviceBuffer source) {
    requireRoom(source.bytes);
    requireSameContext(source.context);
    long from = source.address();
    try (CudaContext.Use use = context.use()) {
      context.check(
          context.driver().cuMemcpyDtoDAsync(address(), from, source.bytes, context.stream()),
          "cuMemcpyDtoDAsync");
    }
  }

  /**
   * Copies bytes of a pinned buffer to the start of this one, without waiting: they must stay as
   * they are until the context was waited for.
   *
   * @param offset where they begin in the pinned buffer
   * @throws IndexOutOfBoundsException if either buffer is smaller
   */
  public void copyFrom(PinnedBuffer source, long offset, long length) {
    requireRoom(length);
    requireSameContext(source.context());
    Objects.checkFromIndexSize(offset, length, source.bytes());
    try (CudaContext.Use use = context.use()) {
      context.check(
          context
              .driver()
              .cuMemcpyHtoDAsync(address(), source.address() + offset, length, context.stream()),
          "cuMemcpyHtoDAsync");
    }
  }

  /**
   * Copies the first bytes to a pinned buffer, without waiting: they are there when the context was
   * waited for.
   *
   * @param offset where they go in the pinned buffer
   * @throws IndexOutOfBoundsException if either buffer is smaller
   */
  public void copyTo(PinnedBuffer target, long offset, long length) {
    requireRoom(length);
    requireSameContext(target.context());
    Objects.checkFromIndexSize(offset, length, target.bytes());
    try (CudaContext.Use use = context.use()) {
      context.check(
          context
              .driver()
              .cuMemcpyDtoHAsync(target.address() + offset, address(), length, context.stream()),
          "cuMemcpyDtoHAsync");
    }
  }

  /** Sets all bytes to zero, without waiting. */
  public void clear() {
    try (CudaContext.Use use = context.use()) {
      context.check(
          context.driver().cuMemsetD8Async(address(), (byte) 0, bytes, context.stream()),
          "cuMemsetD8Async");
    }
  }

  private void upload(int length, int width, Staging.Piece piece) {
    requireRoom((long) length * width);
    try (CudaContext.Use use = context.use()) {
      context.staging().upload(this, length, width, piece);
    }
  }

  private void download(int length, int width, Staging.Piece piece) {
    requireRoom((long) length * width);
    try (CudaContext.Use use = context.use()) {
      context.staging().download(this, length, width, piece);
    }
  }

  private void requireRoom(long length) {
    if (length > bytes) {
      throw new IndexOutOfBoundsException(
          "A buffer of " + bytes + " bytes has no room for " + length);
    }
  }

  private void requireSameContext(CudaContext other) {
    if (other != context) {
      throw new IllegalArgumentException("The buffers are of two contexts");
    }
  }

  private void requireOpen() {
    if (closed || (owner != null && owner.closed)) {
      throw new IllegalStateException(
          "A buffer of "
              + (owner == null ? this : owner).bytes
              + " bytes is used after it was closed");
    }
    if (context.closed()) {
      throw new IllegalStateException("A buffer is used after its context was closed");
    }
  }

  /** Frees it with the context, which is current. */
  int free() {
    closed = true;
    return context.driver().cuMemFree(address);
  }

  @Override
  public void close() {
    if (owner != null || closed) {
      return;
    }
    context.freeing(
        () -> {
          if (!closed) {
            closed = true;
            context.freed(this);
            context.noteFreed(context.driver().cuMemFree(address), "cuMemFree");
          }
        });
    closed = true;
  }
}
