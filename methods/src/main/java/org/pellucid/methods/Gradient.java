package org.pellucid.methods;

import java.util.Optional;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;

/**
 * The gradient of the target's score with respect to the input x [C, h, w]: how the score moves
 * when a pixel does.
 *
 * <pre>
 * map_ij = max_c |dS/dx_cij|   [h, w]
 * </pre>
 *
 * <p>K. Simonyan, A. Vedaldi, A. Zisserman: "Deep inside convolutional networks: visualising image
 * classification models and saliency maps", 2013, arXiv 1312.6034 (source: secondary). The option
 * {@code channels} has other ways to make one map of the channels; {@code sum} keeps the sign.
 */
public final class Gradient extends InputGradientMethod {
  /** The method; it has no state. */
  public Gradient() {
    super(ChannelReduction.MAX_ABS, "Simonyan et al. 2013, https://arxiv.org/abs/1312.6034");
  }

  @Override
  public String id() {
    return "gradient";
  }

  @Override
  public String description() {
    return "The gradient of the score at each pixel (Simonyan et al. 2013,"
        + " https://arxiv.org/abs/1312.6034)";
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    LayerCapture capture = probe.capture(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, capture, probe);
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    layer.mapsByIndex(id());
    Optional<String> degeneracy =
        Degeneracy.ofScore(capture.score()).or(() -> Degeneracy.ofGradients(capture.gradients()));
    return degeneracy.isPresent()
        ? report.degenerate(degeneracy.get())
        : report.saliency(reduce(layer.field(capture.gradients()), layer, options));
  }
}
