package org.pellucid.backend.djl;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Optional;

/** Attributes of convolutions and pools in the forms that the engine takes. */
final class Spatial {
  private Spatial() {}

  /** PyTorch has one, two and three spatial axes. */
  static Optional<String> refusal(int axes) {
    return axes >= 1 && axes <= 3
        ? Optional.empty()
        : Optional.of("PyTorch does this over 1 to 3 spatial axes, found " + axes);
  }

  static Shape shape(List<Integer> values) {
    return new Shape(longs(values));
  }

  static long[] longs(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).toArray();
  }

  /** Padding as PyTorch takes it, last axis first: before, after, before, after, ... */
  static long[] padding(List<Integer> before, List<Integer> after) {
    int axes = before.size();
    long[] padding = new long[2 * axes];
    for (int i = 0; i < axes; i++) {
      padding[2 * i] = before.get(axes - 1 - i);
      padding[2 * i + 1] = after.get(axes - 1 - i);
    }
    return padding;
  }

  static boolean anyPositive(List<Integer> values) {
    return values.stream().anyMatch(v -> v > 0);
  }

  static boolean allOnes(List<Integer> values) {
    return values.stream().allMatch(v -> v == 1);
  }
}
