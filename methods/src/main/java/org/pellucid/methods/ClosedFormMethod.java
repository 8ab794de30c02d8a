package org.pellucid.methods;

import java.util.List;
import java.util.Set;
import org.pellucid.api.Algebra;
import org.pellucid.api.ClosedFormExplainer;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;

/** A method that is a formula for the weights of one layer, in its A and g, without options. */
abstract class ClosedFormMethod implements ClosedFormExplainer {
  private final WeightFormula formula;

  ClosedFormMethod(WeightFormula formula) {
    this.formula = formula;
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LAYER_GRADIENTS);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    LayerCapture capture = probe.capture(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, capture, probe);
    return new ClosedForm(formula, layer).explain(capture, new SaliencyReport(layer));
  }

  @Override
  public <T> T map(Algebra<T> algebra, T activations, T gradients, Options options) {
    return ClosedForm.map(formula, algebra, activations, gradients);
  }
}
