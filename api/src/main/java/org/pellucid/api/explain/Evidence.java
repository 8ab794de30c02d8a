package org.pellucid.api.explain;

import org.pellucid.api.Algebra;

/**
 * What every feature map of a layer says.
 *
 * @param weights w_k, a number per map, or w_kij, maps by cells
 * @param contributions w_k A_k (or w_kij A_kij), maps by cells; 0 at cells that are not selected
 * @param <T> a value of the algebra
 * @since 0.1.0
 */
public record Evidence<T>(T weights, T contributions) {
  /**
   * Weighs a layer's activations.
   *
   * @param cells 1 for each cell whose activation is in the map, otherwise 0
   */
  public static <T> Evidence<T> of(Algebra<T> algebra, T weights, T activations, T cells) {
    return new Evidence<>(weights, algebra.mul(algebra.mul(weights, activations), cells));
  }

  /**
   * The raw map, sum_k w_k A_k.
   *
   * @param maps 1 for each feature map that takes part, otherwise 0
   */
  public T map(Algebra<T> algebra, T maps) {
    return algebra.sumMaps(algebra.mul(contributions, maps));
  }
}
