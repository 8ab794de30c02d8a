package org.pellucid.onnx;

import java.util.Locale;
import org.pellucid.graph.ElementType;

/** Element types of ONNX (TensorProto.DataType) that can be read, and what they become. */
enum OnnxDataType {
  FLOAT(1, 32, ElementType.FLOAT32),
  UINT8(2, 8, ElementType.INT64),
  INT8(3, 8, ElementType.INT64),
  UINT16(4, 16, ElementType.INT64),
  INT16(5, 16, ElementType.INT64),
  INT32(6, 32, ElementType.INT64),
  INT64(7, 64, ElementType.INT64),
  BOOL(9, 8, ElementType.BOOL),
  FLOAT16(10, 16, ElementType.FLOAT32),
  DOUBLE(11, 64, ElementType.FLOAT32),
  UINT32(12, 32, ElementType.INT64),
  UINT64(13, 64, ElementType.INT64),
  BFLOAT16(16, 16, ElementType.FLOAT32),
  UINT4(21, 4, ElementType.INT64),
  INT4(22, 4, ElementType.INT64);

  private final int code;
  private final int bits;
  private final ElementType element;

  OnnxDataType(int code, int bits, ElementType element) {
    this.code = code;
    this.bits = bits;
    this.element = element;
  }

  /** The number in files. */
  int code() {
    return code;
  }

  /** Bits of an element; of 4 bits, two share a byte, the first in its lower half. */
  int bits() {
    return bits;
  }

  /** Bytes of so many elements in raw data. */
  long bytes(long elements) {
    return bits < Byte.SIZE ? (elements + 1) / 2 : elements * (bits / Byte.SIZE);
  }

  /** What elements become in a graph. */
  ElementType element() {
    return element;
  }

  /** Whether these are integers with a sign. */
  private boolean isSigned() {
    return switch (this) {
      case INT4, INT8, INT16, INT32, INT64 -> true;
      default -> false;
    };
  }

  /** The lowest integer of the type. */
  double lowest() {
    return isSigned() ? -Math.scalb(1.0, bits - 1) : 0;
  }

  /** The highest integer of the type, as exactly as a double has it. */
  double highest() {
    return Math.scalb(1.0, isSigned() ? bits - 1 : bits) - 1;
  }

  /** The integer of the type that the lower bits of another one are. */
  long wrap(long value) {
    int spare = Long.SIZE - bits;
    return isSigned() ? value << spare >> spare : value << spare >>> spare;
  }

  /** As ONNX writes it in its documentation, {@code float16}. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of a number, null if it is not one that can be read. */
  static OnnxDataType of(int code) {
    for (OnnxDataType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  /** The type as which a graph's elements are written. */
  static OnnxDataType of(ElementType type) {
    return switch (type) {
      case FLOAT32 -> FLOAT;
      case FLOAT64 -> DOUBLE;
      case INT64 -> INT64;
      case BOOL -> BOOL;
    };
  }

  /** A name for any number, for messages. */
  static String label(int code) {
    OnnxDataType known = of(code);
    if (known != null) {
      return known.label();
    }
    return switch (code) {
      case 0 -> "undefined";
      case 8 -> "string";
      case 14 -> "complex64";
      case 15 -> "complex128";
      case 17, 18, 19, 20, 24 -> "an 8-bit float";
      case 25, 26 -> "integers of 2 bits";
      case 23, 27, 28 -> "floats of 4 or 6 bits";
      default -> "element type number " + code;
    };
  }
}
