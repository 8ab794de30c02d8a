package org.pellucid.methods;

import org.pellucid.api.Algebra;

/** Makes a weight for each feature map of a layer, in any algebra. */
interface WeightFormula {
  /** The weights w_k, a number per map. */
  <T> T weights(Algebra<T> algebra, LayerTerms<T> layer);

  /**
   * How many cells per map speak against a reading of the formula: those with a positive gradient
   * and a negative denominator, whose alpha is negative. None unless the formula divides.
   */
  default <T> T negativeDenominators(Algebra<T> algebra, LayerTerms<T> layer) {
    return algebra.constant(0);
  }
}
