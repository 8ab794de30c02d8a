package org.pellucid.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The value of one parameter of a kernel, a number, an address or a struct of such, laid out as C
 * does: each at a multiple of its size.
 */
final class Parameters {
  /** An address that is filled in when the kernel is launched. */
  private record Address(int offset, Place place) {}

  private final boolean wide;
  private final List<Address> addresses = new ArrayList<>();
  private ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
  private int alignment = 1;

  /**
   * An empty value.
   *
   * @param wide whether {@code real} is double
   */
  Parameters(boolean wide) {
    this.wide = wide;
  }

  /** An {@code int}. */
  Parameters ints(int... values) {
    for (int value : values) {
      room(Integer.BYTES).putInt(value);
    }
    return this;
  }

  /** A {@code real}. */
  Parameters reals(double... values) {
    for (double value : values) {
      if (wide) {
        room(Double.BYTES).putDouble(value);
      } else {
        room(Float.BYTES).putFloat((float) value);
      }
    }
    return this;
  }

  /** A pointer to a place; to nothing where it is null. */
  Parameters pointer(Place place) {
    room(Long.BYTES).putLong(0);
    if (place != null) {
      addresses.add(new Address(bytes.position() - Long.BYTES, place));
    }
    return this;
  }

  /** Nothing, up to a multiple of the largest alignment so far: the end of a nested struct. */
  Parameters end() {
    while (bytes.position() % alignment != 0) {
      room(1).put((byte) 0);
    }
    return this;
  }

  /** Space for a number of a size, at a multiple of it. */
  private ByteBuffer room(int size) {
    alignment = Math.max(alignment, size);
    int start = (bytes.position() + size - 1) / size * size;
    if (start + size > bytes.capacity()) {
      ByteBuffer larger =
          ByteBuffer.allocate(2 * (start + size)).order(ByteOrder.LITTLE_ENDIAN);
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
  byte[] bytes(ToLongFunction<Place> addressOf) {
    byte[] filled = new byte[(bytes.position() + alignment - 1) / alignment * alignment];
    System.arraycopy(bytes.array(), 0, filled, 0, bytes.position());
    ByteBuffer view = ByteBuffer.wrap(filled).order(ByteOrder.LITTLE_ENDIAN);
    for (Address address : addresses) {
      view.putLong(address.offset(), addressOf.applyAsLong(address.place()));
    }
    return filled;
  }
}
