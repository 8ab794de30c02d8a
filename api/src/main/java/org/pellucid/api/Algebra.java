package org.pellucid.api;

/**
 * The arithmetic that a closed-form method is written in, once: on arrays it computes ({@link
 * ArrayAlgebra}), on a graph it is taken down as nodes ({@link GraphAlgebra}). Values are fields of
 * feature maps times cells; either extent may be 1 (a number per map, a number per cell, a single
 * number), and operations on two values broadcast over it.
 *
 * @param <T> a value
 * @since 0.1.0
 */
public interface Algebra<T> {
  /** One number for all maps and cells, as precise as the values are. */
  T constant(double value);

  /** a + b. */
  T add(T a, T b);

  /** a - b. */
  T sub(T a, T b);

  /** a b. */
  T mul(T a, T b);

  /** a / b. */
  T div(T a, T b);

  /** max(a, 0). */
  T relu(T a);

  /** |a|. */
  T abs(T a);

  /** 1 where a &gt; b, otherwise 0. */
  T greater(T a, T b);

  /** a where the condition is not 0, otherwise b. */
  T where(T condition, T a, T b);

  /** The sum over cells, a number per map. */
  T sumCells(T a);

  /** The mean over cells, a number per map. */
  T meanCells(T a);

  /** The sum over maps, a number per cell. */
  T sumMaps(T a);

  /**
   * A positive number by which to divide a field so that its powers neither vanish nor overflow:
   * the largest magnitude over all maps and cells, or a number near it; 1 where that is 0. What is
   * made of the divided field is multiplied by it again, so that its exact value does not matter.
   */
  T scaleOf(T a);
}
