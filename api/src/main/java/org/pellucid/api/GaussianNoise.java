package org.pellucid.api;

/**
 * Standard normal numbers that are bit for bit the same on every machine and in every language: z
 * of (seed, sample, element). Only integer arithmetic and the correctly rounded binary64 operations
 * + - * / and square root are used, never a mathematical library and never a fused multiply-add, so
 * that a kernel on a graphics card can make the same numbers.
 *
 * <ol>
 *   <li>{@link Philox} with counter (low word of b, high word of b, sample, {@value #STREAM}) and
 *       key (low word of the seed, high word of the seed), where b = floor(element / 4), gives four
 *       unsigned words; element takes word number element mod 4, called x.
 *   <li>u = (x + 1/2) / 2^32, exactly; q = u - 1/2, exactly.
 *   <li>z is the inverse of the normal distribution function at u, by Wichura's rational functions:
 *       for |q| &lt;= 0.425, r = 0.180625 - q * q and z = q * A(r) / B(r), where q * A(r) is
 *       rounded first; otherwise p = 1/2 - |q|, r = sqrt(-log(p)) - 1.6 and z = C(r) / D(r) with
 *       the sign of q. Polynomials by Horner's rule from the highest power, each product and each
 *       sum rounded.
 *   <li>log(p): p = m 2^e with m in [1, 2); where m &gt; 1.4142135623730951, m is halved and e
 *       raised by 1. With s = (m - 1) / (m + 1) and t = s * s, log(p) = (e * LN_2) + ((2 * s) *
 *       L(t)), where LN_2 = 0.6931471805599453 and L(t) = 1 + t/3 + t^2/5 + ... + t^11/23 by
 *       Horner's rule with the coefficients 1/(2 k + 1) rounded to binary64.
 * </ol>
 *
 * <p>M. J. Wichura: "Algorithm AS 241: the percentage points of the normal distribution", Applied
 * Statistics 37 (1988). As u is a multiple of 2^-33, |z| stays below 6.4.
 *
 * @since 0.1.0
 */
public final class GaussianNoise {
  /** Word 3 of the counter: keeps this use of the generator apart from others. */
  public static final int STREAM = 0x4E4F4953;

  private static final long FRACTION = 0x000FFFFFFFFFFFFFL;
  private static final long SQRT_2_FRACTION =
      Double.doubleToRawLongBits(1.4142135623730951) & FRACTION;
  private static final double LN_2 = 0.6931471805599453;
  private static final double CENTRE = 0.425;

  /** Elements that are worked on together; a multiple of 4. */
  static final int BLOCK = 1024;

  // Constants rather than arrays: a store to an array of doubles might change those.
  private static final double A0 = 3.3871328727963666080e0;
  private static final double A1 = 1.3314166789178437745e+2;
  private static final double A2 = 1.9715909503065514427e+3;
  private static final double A3 = 1.3731693765509461125e+4;
  private static final double A4 = 4.5921953931549871457e+4;
  private static final double A5 = 6.7265770927008700853e+4;
  private static final double A6 = 3.3430575583588128105e+4;
  private static final double A7 = 2.5090809287301226727e+3;
  private static final double B1 = 4.2313330701600911252e+1;
  private static final double B2 = 6.8718700749205790830e+2;
  private static final double B3 = 5.3941960214247511077e+3;
  private static final double B4 = 2.1213794301586595867e+4;
  private static final double B5 = 3.9307895800092710610e+4;
  private static final double B6 = 2.8729085735721942674e+4;
  private static final double B7 = 5.2264952788528545610e+3;
  private static final double C0 = 1.42343711074968357734e0;
  private static final double C1 = 4.63033784615654529590e0;
  private static final double C2 = 5.76949722146069140550e0;
  private static final double C3 = 3.64784832476320460504e0;
  private static final double C4 = 1.27045825245236838258e0;
  private static final double C5 = 2.41780725177450611770e-1;
  private static final double C6 = 2.27238449892691845833e-2;
  private static final double C7 = 7.74545014278341407640e-4;
  private static final double D1 = 2.05319162663775882187e0;
  private static final double D2 = 1.67638483018380384940e0;
  private static final double D3 = 6.89767334985100004550e-1;
  private static final double D4 = 1.48103976427480074590e-1;
  private static final double D5 = 1.51986665636164571966e-2;
  private static final double D6 = 5.47593808499534494600e-4;
  private static final double D7 = 1.05075007164441684324e-9;

  private GaussianNoise() {}

  /**
   * Fills an array with the numbers of elements 0, 1, 2, ... of a sample.
   *
   * @param seed which noise
   * @param sample the number of the noisy copy, from 0
   */
  public static void fill(long seed, int sample, double[] numbers) {
    double[] block = new double[Math.min(BLOCK, numbers.length)];
    for (Blocks blocks = new Blocks(seed, sample); blocks.start < numbers.length; ) {
      int start = blocks.start;
      blocks.next(block);
      System.arraycopy(block, 0, numbers, start, Math.min(block.length, numbers.length - start));
    }
  }

  /** The numbers of a sample in order, {@value #BLOCK} at a time. Not thread-safe. */
  static final class Blocks {
    private final long seed;
    private final int sample;
    private final double[] q = new double[BLOCK];

    /** Which elements are not of the centre. */
    private final int[] outside = new int[BLOCK];

    /** By such element, in turn: e and m of p = m 2^e, and what is made of m. */
    private final double[] exponents = new double[BLOCK];

    private final double[] work = new double[BLOCK];
    private int start;

    /** From element 0 on. */
    Blocks(long seed, int sample) {
      this.seed = seed;
      this.sample = sample;
    }

    /**
     * Makes the numbers of the next elements.
     *
     * @param numbers receives them, {@value #BLOCK}, or fewer for the last ones
     */
    void next(double[] numbers) {
      centred(seed, sample, start, numbers.length, q);
      start += numbers.length;
      // Loops without branches, which run several turns at a time: the centre's function for all,
      // and for the sixth that it does not hold for the other one.
      central(q, numbers);
      int count = findOutside(numbers.length);
      split(count);
      tails(count);
      for (int i = 0; i < count; i++) {
        numbers[outside[i]] = Math.copySign(work[i], q[outside[i]]);
      }
    }

    private static void central(double[] q, double[] numbers) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = GaussianNoise.central(q[i]);
      }
    }

    private int findOutside(int count) {
      int found = 0;
      for (int i = 0; i < count; i++) {
        outside[found] = i;
        // The sign of the difference: no processor foresees a branch here.
        found += (int) (Double.doubleToRawLongBits(CENTRE - Math.abs(q[i])) >>> 63);
      }
      return found;
    }

    private void split(int count) {
      for (int i = 0; i < count; i++) {
        long bits = Double.doubleToRawLongBits(0.5 - Math.abs(q[outside[i]]));
        exponents[i] = exponent(bits);
        work[i] = mantissa(bits);
      }
    }

    /** Several loops: the JIT compiler gives up on a longer one. */
    private void tails(int count) {
      for (int i = 0; i < count; i++) {
        work[i] = logOfMantissa(work[i]);
      }
      for (int i = 0; i < count; i++) {
        work[i] = outer(exponents[i] * LN_2 + work[i]);
      }
      for (int i = 0; i < count; i++) {
        work[i] = tail(work[i]);
      }
    }
  }

  /** The q of elements from a start, which is a multiple of 4. */
  private static void centred(long seed, int sample, int start, int count, double[] q) {
    int[] words = new int[4];
    int key0 = (int) seed;
    int key1 = (int) (seed >>> 32);
    for (int i = 0; i < count; i += 4) {
      // An array has fewer than 2^31 elements: the high word of the block's number is zero.
      Philox.block((start + i) >>> 2, 0, sample, STREAM, key0, key1, words);
      q[i] = centred(words[0]);
      q[i + 1] = centred(words[1]);
      q[i + 2] = centred(words[2]);
      q[i + 3] = centred(words[3]);
    }
  }

  /** u - 1/2 of an unsigned 32-bit word, exactly: the word less 2^31 is a signed number. */
  private static double centred(int word) {
    return ((word ^ Integer.MIN_VALUE) + 0.5) * 0x1p-32;
  }

  /** The normal number that an unsigned 32-bit word stands for. */
  static double normal(int word) {
    double q = centred(word);
    return Math.abs(q) <= CENTRE
        ? central(q)
        : Math.copySign(tail(outer(log(0.5 - Math.abs(q)))), q);
  }

  private static double central(double q) {
    double r = 0.180625 - q * q;
    double a = ((((((A7 * r + A6) * r + A5) * r + A4) * r + A3) * r + A2) * r + A1) * r + A0;
    double b = ((((((B7 * r + B6) * r + B5) * r + B4) * r + B3) * r + B2) * r + B1) * r + 1;
    return q * a / b;
  }

  /** r of log(p). */
  private static double outer(double log) {
    return Math.sqrt(-log) - 1.6;
  }

  private static double tail(double r) {
    double c = ((((((C7 * r + C6) * r + C5) * r + C4) * r + C3) * r + C2) * r + C1) * r + C0;
    double d = ((((((D7 * r + D6) * r + D5) * r + D4) * r + D3) * r + D2) * r + D1) * r + 1;
    return c / d;
  }

  /** The natural logarithm of a positive normal number. */
  static double log(double p) {
    long bits = Double.doubleToRawLongBits(p);
    return exponent(bits) * LN_2 + logOfMantissa(mantissa(bits));
  }

  private static double exponent(long bits) {
    return (int) (bits >>> 52) - 1023 + halved(bits);
  }

  private static double mantissa(long bits) {
    return Double.longBitsToDouble(bits & FRACTION | (0x3FFL - halved(bits)) << 52);
  }

  /** 1 where the mantissa is above sqrt(2), otherwise 0: the sign of a difference. */
  private static int halved(long bits) {
    return (int) ((SQRT_2_FRACTION - (bits & FRACTION)) >>> 63);
  }

  private static double logOfMantissa(double mantissa) {
    double s = (mantissa - 1) / (mantissa + 1);
    double t = s * s;
    // Written out: the quotients are constants of the class file.
    double series = 1.0 / 23;
    series = series * t + 1.0 / 21;
    series = series * t + 1.0 / 19;
    series = series * t + 1.0 / 17;
    series = series * t + 1.0 / 15;
    series = series * t + 1.0 / 13;
    series = series * t + 1.0 / 11;
    series = series * t + 1.0 / 9;
    series = series * t + 1.0 / 7;
    series = series * t + 1.0 / 5;
    series = series * t + 1.0 / 3;
    series = series * t + 1.0;
    return 2 * s * series;
  }
}
