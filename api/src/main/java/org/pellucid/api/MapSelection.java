package org.pellucid.api;

import java.util.List;
import java.util.TreeSet;

/**
 * Which feature maps of a layer take part: the sum over k is restricted to them.
 *
 * @since 0.1.0
 */
public sealed interface MapSelection {
  /** All of them. */
  record All() implements MapSelection {}

  /**
   * Some, by index.
   *
   * @param indices from 0, ascending, each once, at least one
   */
  record Indices(List<Integer> indices) implements MapSelection {
    /** Sorts, drops repeats, and refuses an empty list or negative numbers. */
    public Indices {
      indices = List.copyOf(new TreeSet<>(indices));
      if (indices.isEmpty()) {
        throw new InvalidRequestException("No feature map is selected; name at least one index");
      }
      if (indices.get(0) < 0) {
        throw new InvalidRequestException(
            "Feature maps are counted from 0, found " + indices.get(0));
      }
    }
  }

  /**
   * The feature maps that contribute most: with the largest sum over cells of ReLU(w_k A_k), the
   * first of equals.
   *
   * @param count how many, at least 1
   */
  record TopByContribution(int count) implements MapSelection {
    /** Refuses counts below 1. */
    public TopByContribution {
      if (count < 1) {
        throw new InvalidRequestException(
            "The number of feature maps to select is at least 1, found " + count);
      }
    }
  }

  /** All feature maps. */
  static MapSelection all() {
    return new All();
  }

  /** Feature maps by index. */
  static MapSelection of(Integer... indices) {
    return new Indices(List.of(indices));
  }
}
