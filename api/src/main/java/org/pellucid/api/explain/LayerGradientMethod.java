package org.pellucid.api.explain;

import java.util.List;
import java.util.Set;
import org.pellucid.api.Explainer;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;

/**
 * A method that makes a map of the activations and gradients of one layer.
 *
 * @since 0.1.0
 */
public abstract class LayerGradientMethod implements Explainer {
  private final List<Option<?>> options;

  /**
   * A method with options.
   *
   * @param options empty where it has none
   */
  protected LayerGradientMethod(Option<?>... options) {
    this.options = List.of(options);
  }

  @Override
  public List<Option<?>> options() {
    return options;
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LAYER_GRADIENTS);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options values) {
    LayerCapture capture = probe.capture(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, capture, probe);
    return explain(capture, layer, new SaliencyReport(layer), values);
  }

  /**
   * Explains a layer, whatever is in it: also zeros, and numbers that are not finite ({@link
   * Degeneracy}).
   *
   * @param capture A and g
   * @param layer which feature maps and cells take part; it fits the capture
   * @param report makes the saliency
   * @param values of the options
   */
  protected abstract Saliency explain(
      LayerCapture capture, SelectedLayer layer, SaliencyReport report, Options values);
}
