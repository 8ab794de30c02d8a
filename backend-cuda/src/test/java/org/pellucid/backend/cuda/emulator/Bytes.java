package org.pellucid.backend.cuda.emulator;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in byte arrays, little endian as on the card. */
final class Bytes {
  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  /** From 1 to 8 bytes, extended to 64 bits as the type says. */
  static long get(byte[] bytes, int at, String type) {
    boolean signed = type.startsWith("s");
    return switch (PtxKernel.width(type)) {
      case 1 -> signed ? bytes[at] : bytes[at] & 0xffL;
      case 2 -> {
        short value = (short) SHORT.get(bytes, at);
        yield signed ? value : value & 0xffffL;
      }
      case 4 -> {
        int value = (int) INT.get(bytes, at);
        yield signed ? value : value & 0xffffffffL;
      }
      default -> (long) LONG.get(bytes, at);
    };
  }

  static void put(byte[] bytes, int at, int width, long value) {
    switch (width) {
      case 1 -> bytes[at] = (byte) value;
      case 2 -> SHORT.set(bytes, at, (short) value);
      case 4 -> INT.set(bytes, at, (int) value);
      default -> LONG.set(bytes, at, value);
    }
  }
}
