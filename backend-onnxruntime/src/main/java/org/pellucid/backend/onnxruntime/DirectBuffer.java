package org.pellucid.backend.onnxruntime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory outside of the Java heap that is given back when it is closed. The JDK gives the memory of
 * a direct buffer back when the garbage collector finds the buffer, which may be long after many
 * models were closed. Closing twice is safe; the buffer must not be used afterwards.
 */
final class DirectBuffer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectBuffer.class);
  private static final Memory MEMORY = memory();

  private final AutoCloseable freeing;
  private ByteBuffer buffer;

  private DirectBuffer(ByteBuffer buffer, AutoCloseable freeing) {
    this.buffer = buffer;
    this.freeing = freeing;
  }

  /** Memory of zeros, in the machine's byte order. */
  static DirectBuffer allocate(long bytes) {
    return MEMORY.allocate(Math.toIntExact(bytes));
  }

  /**
   * Memory of zeros, in the machine's byte order, from an address on that is a multiple.
   *
   * @param alignment a power of two
   */
  static DirectBuffer allocate(long bytes, int alignment) {
    // A slice ends at a multiple, too.
    DirectBuffer whole = allocate(Math.addExact(bytes, 2L * alignment));
    ByteBuffer aligned = whole.bytes().alignedSlice(alignment).slice(0, Math.toIntExact(bytes));
    return new DirectBuffer(aligned.order(ByteOrder.nativeOrder()), whole);
  }

  /** How many bytes of such memory there may be in all, unless the JVM was told otherwise. */
  static long limit() {
    return MEMORY instanceof Arenas ? Long.MAX_VALUE : Runtime.getRuntime().maxMemory();
  }

  /** The whole memory. */
  synchronized ByteBuffer bytes() {
    if (buffer == null) {
      throw new IllegalStateException("The buffer was closed");
    }
    return buffer;
  }

  @Override
  public synchronized void close() {
    if (buffer == null) {
      return;
    }
    buffer = null;
    try {
      freeing.close();
    } catch (Exception e) {
      LOG.debug("A direct buffer is left to the garbage collector: {}", e.toString());
    }
  }

  /** A way to get memory, and to give it back. */
  private interface Memory {
    DirectBuffer allocate(int bytes);
  }

  /** Arenas where Java has them, from 22 on: there the other way warns, and will be gone. */
  private static Memory memory() {
    try {
      return Runtime.version().feature() >= 22 ? Arenas.find() : Cleaned.find();
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debug("Direct buffers are left to the garbage collector: {}", e.toString());
      return bytes -> new DirectBuffer(direct(bytes), () -> {});
    }
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** What a method handle throws, as it is. */
  private static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException exception
        ? exception
        : new IllegalStateException(thrown);
  }

  /**
   * {@code java.lang.foreign.Arena}, which is not there at compile time.
   *
   * @param shared {@code Arena.ofShared()}, whose memory any thread may use and free
   * @param allocate {@code Arena.allocate(long)}
   * @param view {@code MemorySegment.asByteBuffer()}
   */
  private record Arenas(MethodHandle shared, MethodHandle allocate, MethodHandle view)
      implements Memory {
    static Arenas find() throws ReflectiveOperationException {
      Class<?> arena = Class.forName("java.lang.foreign.Arena");
      Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      return new Arenas(
          lookup
              .findStatic(arena, "ofShared", MethodType.methodType(arena))
              .asType(MethodType.methodType(AutoCloseable.class)),
          lookup
              .findVirtual(arena, "allocate", MethodType.methodType(segment, long.class))
              .asType(MethodType.methodType(Object.class, AutoCloseable.class, long.class)),
          lookup
              .findVirtual(segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class))
              .asType(MethodType.methodType(ByteBuffer.class, Object.class)));
    }

    @Override
    public DirectBuffer allocate(int bytes) {
      try {
        AutoCloseable arena = (AutoCloseable) shared.invokeExact();
        Object segment = (Object) allocate.invokeExact(arena, (long) bytes);
        ByteBuffer buffer = (ByteBuffer) view.invokeExact(segment);
        return new DirectBuffer(buffer.order(ByteOrder.nativeOrder()), arena);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }
  }

  /**
   * The one door to a direct buffer's cleaner that Java has before.
   *
   * @param cleaner {@code Unsafe.invokeCleaner(ByteBuffer)}
   */
  private record Cleaned(MethodHandle cleaner) implements Memory {
    static Cleaned find() throws ReflectiveOperationException {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return new Cleaned(
          MethodHandles.lookup()
              .findVirtual(
                  unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
              .bindTo(instance.get(null)));
    }

    @Override
    public DirectBuffer allocate(int bytes) {
      ByteBuffer buffer = direct(bytes);
      return new DirectBuffer(buffer, () -> free(buffer));
    }

    private void free(ByteBuffer buffer) {
      try {
        cleaner.invokeExact(buffer);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }
  }
}
