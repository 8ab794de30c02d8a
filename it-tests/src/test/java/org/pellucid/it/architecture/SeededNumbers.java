package org.pellucid.it.architecture;

import java.nio.charset.StandardCharsets;

/**
 * Numbers that Python and Java make alike, bit for bit, from a seed, a name and a position: the
 * counterpart of {@code seeded.py}.
 *
 * <p>The stream of a name is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) started at {@code
 * mix(seed ^ fnv1a64(name))}; element i is its i-th output.
 */
final class SeededNumbers {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long start;

  private SeededNumbers(long seed, String name) {
    this.start = mix(seed ^ fnv1a64(name));
  }

  /** The stream of a name. */
  static SeededNumbers of(long seed, String name) {
    return new SeededNumbers(seed, name);
  }

  /** Element i of the stream, uniform in [0, 1). */
  double get(long i) {
    return (mix(start + (i + 1) * GOLDEN) >>> 11) * 0x1p-53;
  }

  /** The first elements, spread from low to high and rounded to float32. */
  float[] floats(int count, double low, double high) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (low + (high - low) * get(i));
    }
    return values;
  }

  /** The scalar product of values with the first elements, spread over [-1, 1). */
  double project(double[] values) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * (-1 + 2 * get(i));
    }
    return sum;
  }

  private static long mix(long bits) {
    long z = bits;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static long fnv1a64(String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }
}
