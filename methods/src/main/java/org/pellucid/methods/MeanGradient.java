package org.pellucid.methods;

import org.pellucid.api.Algebra;
import org.pellucid.api.explain.LayerTerms;
import org.pellucid.api.explain.WeightFormula;

/** Grad-CAM's weights: w_k = 1/(h w) sum_ij g_kij. */
final class MeanGradient implements WeightFormula {
  @Override
  public <T> T weights(Algebra<T> algebra, LayerTerms<T> layer) {
    // The mean is over all cells, also when some of them are left out of the sum.
    return algebra.meanCells(algebra.mul(layer.gradients(), layer.weightCells()));
  }
}
