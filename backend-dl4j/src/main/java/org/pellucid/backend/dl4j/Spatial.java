package org.pellucid.backend.dl4j;

import java.util.List;

/**
 * Numbers per spatial axis for ND4J's operations on two or three of them: with a single one, a
 * first of length 1 is put before it.
 */
final class Spatial {
  private Spatial() {}

  /** Numbers per axis, with another before a single one. */
  static long[] of(List<Integer> numbers, long before) {
    return numbers.size() == 1
        ? new long[] {before, numbers.get(0)}
        : numbers.stream().mapToLong(Integer::longValue).toArray();
  }

  /** The shape [N, C, spatial...] with at least two spatial axes. */
  static long[] of(long... dims) {
    return dims.length == 3 ? new long[] {dims[0], dims[1], 1, dims[2]} : dims;
  }

  /** One after another. */
  static long[] joined(long[]... parts) {
    return java.util.Arrays.stream(parts).flatMapToLong(java.util.Arrays::stream).toArray();
  }

  /** With two axes, samples and channels, before, which are not padded. */
  static long[] beside(long... perAxis) {
    return joined(new long[2], perAxis);
  }
}
