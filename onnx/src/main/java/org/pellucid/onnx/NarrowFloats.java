package org.pellucid.onnx;

/** Floating-point numbers of 16 bits, widened to 32 without loss. */
final class NarrowFloats {
  private NarrowFloats() {}

  /** An IEEE 754 binary16 number. */
  static float ofBinary16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      // Subnormal: fraction times 2^-24, exact in binary32.
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
  }

  /** A bfloat16 number: the upper half of a binary32. */
  static float ofBfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
