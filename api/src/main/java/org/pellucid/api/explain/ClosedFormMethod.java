package org.pellucid.api.explain;

import org.pellucid.api.Algebra;
import org.pellucid.api.ClosedFormExplainer;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;

/**
 * A method that is a formula for the weights of one layer, in its activations A and gradients g =
 * dS/dA, without options. Selections, degenerate layers, the table of feature maps and the export
 * as a model are taken care of:
 *
 * <pre>{@code
 * public final class MyCam extends ClosedFormMethod {
 *   public MyCam() {
 *     super(new Formula());
 *   }
 *
 *   public String id() { return "my-cam"; }
 *
 *   public String description() { return "Grad-CAM, once more (Selvaraju et al. 2017)"; }
 *
 *   private static final class Formula implements WeightFormula {
 *     public <T> T weights(Algebra<T> algebra, LayerTerms<T> layer) {
 *       return algebra.meanCells(algebra.mul(layer.gradients(), layer.weightCells()));
 *     }
 *   }
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public abstract class ClosedFormMethod extends LayerGradientMethod implements ClosedFormExplainer {
  private final WeightFormula formula;

  /**
   * A method of a formula.
   *
   * @param formula gives w_k, or w_kij; the raw map is sum_k w_k A_k
   */
  protected ClosedFormMethod(WeightFormula formula) {
    this.formula = formula;
  }

  @Override
  protected final Saliency explain(
      LayerCapture capture, SelectedLayer layer, SaliencyReport report, Options values) {
    return new ClosedForm(formula, layer).explain(capture, report);
  }

  @Override
  public <T> T map(Algebra<T> algebra, T activations, T gradients, Options options) {
    return ClosedForm.map(formula, algebra, activations, gradients);
  }
}
