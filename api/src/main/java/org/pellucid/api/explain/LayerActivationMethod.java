package org.pellucid.api.explain;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.LayerActivations;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;

/**
 * A method that makes a map of the activations of one layer, whatever the target.
 *
 * @since 0.1.0
 */
public abstract class LayerActivationMethod implements Explainer {
  private final List<Option<?>> options;

  /**
   * A method with options.
   *
   * @param options empty where it has none
   */
  protected LayerActivationMethod(Option<?>... options) {
    this.options = List.of(options);
  }

  @Override
  public List<Option<?>> options() {
    return options;
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options values) {
    LayerActivations seen = probe.activations(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, seen, probe);
    SaliencyReport report = report(layer);
    Optional<String> degeneracy = Degeneracy.ofActivations(seen.activations());
    return degeneracy.isPresent()
        ? report.degenerate(degeneracy.get())
        : explain(layer.field(seen.activations()), layer, report, values);
  }

  /** The report; without a table where feature maps have no weights. */
  protected SaliencyReport report(SelectedLayer layer) {
    return new SaliencyReport(layer);
  }

  /**
   * Explains a layer.
   *
   * @param activations A, finite, and not all zero
   * @param layer which feature maps and cells take part; it fits the activations
   * @param report makes the saliency
   * @param values of the options
   */
  protected abstract Saliency explain(
      Field activations, SelectedLayer layer, SaliencyReport report, Options values);
}
