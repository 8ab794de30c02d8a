package org.pellucid.backend.onnxruntime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory outside of the Java heap that is given back when it is closed. The JDK gives the memory of
 * a direct buffer back when the garbage collector finds the buffer, which may be long after many
 * models were closed. Closing twice is safe; the buffer must not be used afterwards.
 */
final class DirectBuffer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectBuffer.class);
  private static final Optional<MethodHandle> CLEANER = cleaner();

  private ByteBuffer buffer;

  private DirectBuffer(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** Memory of zeros, in the machine's byte order. */
  static DirectBuffer allocate(long bytes) {
    return new DirectBuffer(
        ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder()));
  }

  /** The one door to a direct buffer's cleaner that Java 17 and later ones have. */
  private static Optional<MethodHandle> cleaner() {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return Optional.of(
          MethodHandles.lookup()
              .findVirtual(
                  unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
              .bindTo(instance.get(null)));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debug("Direct buffers are left to the garbage collector: {}", e.toString());
      return Optional.empty();
    }
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
    ByteBuffer freed = buffer;
    buffer = null;
    if (CLEANER.isPresent()) {
      try {
        CLEANER.get().invoke(freed);
      } catch (Error e) {
        throw e;
      } catch (Throwable e) {
        LOG.debug("A direct buffer is left to the garbage collector: {}", e.toString());
      }
    }
  }
}
