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

/**
 * Grad-CAM. With activations A [K, h, w] of a layer and gradients g = dS/dA of the target's score,
 *
 * <pre>
 * w_k = 1/(h w) sum_ij g_kij
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>R. R. Selvaraju et al.: "Grad-CAM: visual explanations from deep networks via gradient-based
 * localization", ICCV 2017, arXiv 1610.02391, equations 1 and 2.
 *
 * <p>A selection of neurons with the role {@code weight} restricts the sum over cells, which is
 * still divided by h w.
 */
public final class GradCam implements ClosedFormExplainer {
  private static final WeightFormula FORMULA = new MeanGradient();

  @Override
  public String id() {
    return "grad-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("gradcam");
  }

  @Override
  public String description() {
    return "Feature maps weighted by the mean of their gradients (Selvaraju et al. 2017,"
        + " https://arxiv.org/abs/1610.02391)";
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
    return new ClosedForm(FORMULA, layer).explain(capture, new SaliencyReport(layer));
  }

  @Override
  public <T> T map(Algebra<T> algebra, T activations, T gradients, Options options) {
    return ClosedForm.map(FORMULA, algebra, activations, gradients);
  }
}
