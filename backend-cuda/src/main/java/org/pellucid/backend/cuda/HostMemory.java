package org.pellucid.backend.cuda;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Memory outside of the Java heap for what the driver reads or writes during a call; given back
 * with the garbage.
 *
 * @param bytes the memory, in the machine's byte order
 * @param address where it begins
 */
record HostMemory(ByteBuffer bytes, long address) {
  /** Memory of zeros. */
  static HostMemory allocate(int size) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    return new HostMemory(bytes, Pointer.nativeValue(Native.getDirectBufferPointer(bytes)));
  }

  /** A view of memory that somebody else owns. */
  static ByteBuffer view(long address, long size) {
    return new Pointer(address).getByteBuffer(0, size).order(ByteOrder.nativeOrder());
  }

  /** The text that ends with a zero byte, or with the memory. */
  String text() {
    int end = 0;
    while (end < bytes.capacity() && bytes.get(end) != 0) {
      end++;
    }
    byte[] text = new byte[end];
    bytes.get(0, text);
    return new String(text, StandardCharsets.UTF_8).strip();
  }
}
