package org.pellucid.backend.cuda;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Lays a launch's arguments out as the driver wants them: the values, and an array of addresses.
 */
final class ArgumentPacker {
  /** The driver takes 4 KiB of values; this has room for as many and their addresses. */
  static final int MOST_BYTES = 16 << 10;

  private static final int VALUES = 12 << 10;

  private ArgumentPacker() {}

  private static int addressesAt(KernelSignature signature) {
    int offset = 0;
    for (KernelSignature.Parameter parameter : signature.parameters()) {
      offset = align(offset, parameter.alignment()) + parameter.bytes();
    }
    if (offset > VALUES) {
      throw new IllegalArgumentException(
          "Kernel " + signature.name() + " has " + offset + " bytes of parameters");
    }
    return align(offset, Long.BYTES);
  }

  private static int align(int offset, int alignment) {
    return (offset + alignment - 1) / alignment * alignment;
  }

  /**
   * Checks arguments against parameters and writes them.
   *
   * @return the address of the array of addresses
   * @throws IllegalArgumentException if they are not as many, or one has another width or kind
   */
  static long pack(KernelSignature signature, HostMemory memory, Object... arguments) {
    List<KernelSignature.Parameter> parameters = signature.parameters();
    if (arguments.length != parameters.size()) {
      throw new IllegalArgumentException(
          "Kernel "
              + signature.name()
              + " has "
              + parameters.size()
              + " parameters and was given "
              + arguments.length);
    }
    for (int i = 0; i < arguments.length; i++) {
      requireFit(signature, i, arguments[i]);
    }
    int addresses = addressesAt(signature);
    int offset = 0;
    for (int i = 0; i < arguments.length; i++) {
      KernelSignature.Parameter parameter = parameters.get(i);
      offset = align(offset, parameter.alignment());
      write(memory.bytes(), offset, arguments[i]);
      memory.bytes().putLong(addresses + i * Long.BYTES, memory.address() + offset);
      offset += parameter.bytes();
    }
    return memory.address() + addresses;
  }

  private static void requireFit(KernelSignature signature, int index, Object argument) {
    KernelSignature.Parameter parameter = signature.parameters().get(index);
    boolean fits;
    if (argument instanceof ByteBuffer structure) {
      fits = parameter.isStructure() && structure.remaining() == parameter.bytes();
    } else if (argument instanceof Float || argument instanceof Double) {
      fits = parameter.isFloating() && parameter.bytes() == width(argument);
    } else {
      fits =
          !parameter.isFloating()
              && !parameter.isStructure()
              && parameter.bytes() == width(argument);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "Parameter "
              + index
              + " of kernel "
              + signature.name()
              + " is "
              + parameter
              + " and was given "
              + describe(argument));
    }
  }

  private static int width(Object argument) {
    if (argument instanceof Integer || argument instanceof Float) {
      return 4;
    }
    if (argument instanceof Long
        || argument instanceof Double
        || argument instanceof DeviceBuffer) {
      return 8;
    }
    return 0;
  }

  private static String describe(Object argument) {
    if (argument == null) {
      return "null; a missing buffer is 0L";
    }
    return argument instanceof ByteBuffer structure
        ? "a structure of " + structure.remaining() + " bytes"
        : argument.getClass().getSimpleName();
  }

  private static void write(ByteBuffer memory, int offset, Object argument) {
    if (argument instanceof DeviceBuffer buffer) {
      memory.putLong(offset, buffer.address());
    } else if (argument instanceof Integer value) {
      memory.putInt(offset, value);
    } else if (argument instanceof Long value) {
      memory.putLong(offset, value);
    } else if (argument instanceof Float value) {
      memory.putFloat(offset, value);
    } else if (argument instanceof Double value) {
      memory.putDouble(offset, value);
    } else {
      ByteBuffer structure = (ByteBuffer) argument;
      memory.put(offset, structure, structure.position(), structure.remaining());
    }
  }
}
