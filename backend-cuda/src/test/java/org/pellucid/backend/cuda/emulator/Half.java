package org.pellucid.backend.cuda.emulator;

/** The narrow floating types: float16 of IEEE 754, and bfloat16, the upper half of a float32. */
enum Half {
  FLOAT16(10, -14, 15),
  BFLOAT16(7, -126, 127);

  private final int fraction;
  private final int leastExponent;
  private final int mostExponent;

  Half(int fraction, int leastExponent, int mostExponent) {
    this.fraction = fraction;
    this.leastExponent = leastExponent;
    this.mostExponent = mostExponent;
  }

  /** {@code f16}, {@code f16x2}, {@code bf16} or {@code bf16x2}. */
  static Half of(String type) {
    return type.startsWith("b") ? BFLOAT16 : FLOAT16;
  }

  /** The number of some bits. */
  float value(short bits) {
    if (this == BFLOAT16) {
      return Float.intBitsToFloat(bits << 16);
    }
    int sign = bits >> 15 == 0 ? 1 : -1;
    int exponent = bits >> fraction & 0x1f;
    int rest = bits & (1 << fraction) - 1;
    if (exponent == 0x1f) {
      return rest != 0 ? Float.NaN : sign * Float.POSITIVE_INFINITY;
    }
    return exponent == 0
        ? sign * Math.scalb((float) rest, leastExponent - fraction)
        : sign * Math.scalb((float) (rest | 1 << fraction), exponent - mostExponent - fraction);
  }

  /** The bits of the nearest number, ties to even. */
  short bits(double value) {
    return bits(value, Rounding.NEAREST);
  }

  /** The bits of a number, rounded. */
  short bits(double value, Rounding rounding) {
    if (Double.isNaN(value)) {
      return 0x7fff;
    }
    int sign = Double.doubleToRawLongBits(value) < 0 ? 1 << 15 : 0;
    int infinity = (mostExponent + mostExponent + 1) << fraction;
    double size = Math.abs(value);
    if (Double.isInfinite(size)) {
      return (short) (sign | infinity);
    }
    int exponent = Math.max(Math.getExponent(size), leastExponent);
    Rounding ofSize =
        sign == 0 || rounding == Rounding.NEAREST || rounding == Rounding.ZERO
            ? rounding
            : rounding == Rounding.UP ? Rounding.DOWN : Rounding.UP;
    // Counted in units of the last place, a carry into the next exponent comes out right.
    long units = (long) ofSize.whole(Math.scalb(size, fraction - exponent));
    long bits = ((long) (exponent - leastExponent) << fraction) + units;
    if (bits >= infinity) {
      bits = ofSize == Rounding.NEAREST || ofSize == Rounding.UP ? infinity : infinity - 1;
    }
    return (short) (sign | bits);
  }
}
