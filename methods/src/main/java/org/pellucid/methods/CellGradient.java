package org.pellucid.methods;

import org.pellucid.api.Algebra;
import org.pellucid.api.explain.LayerTerms;
import org.pellucid.api.explain.WeightFormula;

/** Weights cell by cell: w_kij = g_kij. */
final class CellGradient implements WeightFormula {
  @Override
  public <T> T weights(Algebra<T> algebra, LayerTerms<T> layer) {
    return algebra.mul(layer.gradients(), layer.weightCells());
  }
}
