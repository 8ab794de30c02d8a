package org.pellucid.api.explain;

import java.util.Optional;
import org.pellucid.api.Algebra;

/**
 * Makes weights for the activations of a layer, in any algebra: a number for each feature map, or,
 * for a method that weighs cell by cell, for each cell of each feature map.
 *
 * @since 0.1.0
 */
public interface WeightFormula {
  /**
   * The weights: w_k, a number per map, or w_kij, maps by cells. A sum over cells that makes w_k
   * runs over {@link LayerTerms#weightCells}; w_kij is 0 at other cells.
   */
  <T> T weights(Algebra<T> algebra, LayerTerms<T> layer);

  /**
   * How many cells per map weigh against it: those with a positive gradient and a negative
   * denominator, whose alpha is negative. Empty for a formula without one.
   */
  default <T> Optional<T> negativeDenominators(Algebra<T> algebra, LayerTerms<T> layer) {
    return Optional.empty();
  }
}
