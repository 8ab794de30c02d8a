package org.pellucid.methods;

import org.pellucid.api.Algebra;
import org.pellucid.api.ClosedFormExplainer;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;

/** A method that is a formula for the weights of one layer, in its A and g, without options. */
abstract class ClosedFormMethod extends LayerGradientMethod implements ClosedFormExplainer {
  private final WeightFormula formula;

  ClosedFormMethod(WeightFormula formula) {
    this.formula = formula;
  }

  @Override
  Saliency explain(
      LayerCapture capture, SelectedLayer layer, SaliencyReport report, Options values) {
    return new ClosedForm(formula, layer).explain(capture, report);
  }

  @Override
  public <T> T map(Algebra<T> algebra, T activations, T gradients, Options options) {
    return ClosedForm.map(formula, algebra, activations, gradients);
  }
}
