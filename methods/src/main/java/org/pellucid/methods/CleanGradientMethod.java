package org.pellucid.methods;

import java.util.Optional;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;

/** A method that makes a map of the input and its gradient, of one pass. */
abstract class CleanGradientMethod extends InputGradientMethod {
  CleanGradientMethod(ChannelReduction reduction, String source) {
    super(reduction, source);
  }

  /** The probe whose gradient is looked at. */
  ModelProbe asked(ModelProbe probe) {
    return probe;
  }

  /** Why there is nothing to show; empty where there is something. */
  Optional<String> degeneracy(LayerCapture input) {
    return Degeneracy.ofScore(input.score()).or(() -> Degeneracy.ofGradients(input.gradients()));
  }

  /** What is shown of each channel and pixel. */
  abstract Field combine(Field input, Field gradient);

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    ModelProbe asked = asked(probe);
    LayerCapture input = asked.capture(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, input, asked);
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    layer.mapsByIndex(id());
    Optional<String> degeneracy = degeneracy(input);
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    Field combined = combine(layer.field(input.activations()), layer.field(input.gradients()));
    return report.saliency(reduce(combined, layer, options));
  }
}
