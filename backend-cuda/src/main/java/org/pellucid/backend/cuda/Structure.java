package org.pellucid.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A structure for a kernel, laid out as C does: each number and each address at a multiple of its
 * size. Filled field by field.
 */
final class Structure {
  /** An address that is filled in when the kernel is launched. */
  private record Address(int offset, Place place) {}

  private final boolean wide;
  private final List<Address> addresses = new ArrayList<>();
  private ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());
  private int alignment = 1;

  /**
   * A structure without fields.
   *
   * @param wide whether {@code real} is double
   */
  Structure(boolean wide) {
    this.wide = wide;
  }

  /** Fields of type {@code int}. */
  Structure ints(int... values) {
    for (int value : values) {
      room(Integer.BYTES).putInt(value);
    }
    return this;
  }

  /** Fields of type {@code real}. */
  Structure reals(double... values) {
    for (double value : values) {
      if (wide) {
        room(Double.BYTES).putDouble(value);
      } else {
        room(Float.BYTES).putFloat((float) value);
      }
    }
    return this;
  }

  /** A pointer. */
  Structure pointer(Place place) {
    room(Long.BYTES).putLong(0);
    addresses.add(new Address(bytes.position() - Long.BYTES, place));
    return this;
  }

  /** Space for a number of a size, at a multiple of it. */
  private ByteBuffer room(int size) {
    alignment = Math.max(alignment, size);
    int start = (bytes.position() + size - 1) / size * size;
    if (start + size > bytes.capacity()) {
      ByteBuffer larger = ByteBuffer.allocate(2 * (start + size)).order(ByteOrder.nativeOrder());
      larger.put(bytes.flip());
      bytes = larger;
    }
    return bytes.position(start);
  }

  /** The places that are pointed to. */
  List<Place> places() {
    return addresses.stream().map(Address::place).toList();
  }

  /** The bytes, with the addresses of places. */
  ByteBuffer filled(ToLongFunction<Place> addressOf) {
    int length = (bytes.position() + alignment - 1) / alignment * alignment;
    ByteBuffer filled = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    filled.put(bytes.array(), 0, bytes.position()).rewind();
    for (Address address : addresses) {
      filled.putLong(address.offset(), addressOf.applyAsLong(address.place()));
    }
    return filled;
  }
}
