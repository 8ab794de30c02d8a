package org.pellucid.methods;

import java.util.Optional;
import org.pellucid.api.Algebra;

/** Makes a weight for each feature map of a layer, in any algebra. */
interface WeightFormula {
  /** The weights w_k, a number per map. */
  <T> T weights(Algebra<T> algebra, LayerTerms<T> layer);

  /**
   * How many cells per map weigh against it: those with a positive gradient and a negative
   * denominator, whose alpha is negative. Empty for a formula without one.
   */
  default <T> Optional<T> negativeDenominators(Algebra<T> algebra, LayerTerms<T> layer) {
    return Optional.empty();
  }
}
