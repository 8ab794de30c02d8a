package org.pellucid.api;

import java.util.List;

/**
 * A formula in averages over noisy copies of the powers of a layer's gradient, and in other fields
 * that are known. It is written once, over an {@link Algebra}: Java computes it on arrays, and an
 * engine that keeps the averages may take it down as a graph and compute it there.
 *
 * @since 0.1.0
 */
public interface MomentFormula {
  /**
   * Averages of the powers of g / scale, maps by cells.
   *
   * @param first D_1
   * @param second D_2
   * @param third D_3
   * @param scale a positive number
   * @param <T> a value of the algebra
   */
  record Powers<T>(T first, T second, T third, T scale) {}

  /**
   * What tells the formula from others, with equality: what is taken down for one serves all that
   * have an equal key and {@link #given} fields of the same extents.
   */
  Object key();

  /** What the formula reads beside the averages: of as many maps and cells, or 1 of either. */
  List<ArrayAlgebra.Field> given();

  /**
   * Writes the formula.
   *
   * @param given values of {@link #given}
   * @return its results, always as many
   */
  <T> List<T> results(Algebra<T> algebra, List<T> given, Powers<T> averages);
}
