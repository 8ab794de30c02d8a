package org.pellucid.methods;

import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Noise;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * A method that makes a map of the input and its gradient, of one pass; or the mean over noisy
 * copies of the image of what it makes of each, where its options say so.
 */
abstract class CleanGradientMethod extends InputGradientMethod {
  /** How many noisy copies are averaged. */
  public static final Option<Integer> SMOOTHING =
      Option.integer(
          "smoothing",
          0,
          0,
          10_000,
          "How many noisy copies of the image are averaged; 0: the image alone",
          "Smilkov et al. 2017 (SmoothGrad), https://arxiv.org/abs/1706.03825");

  /** Smoothing and its noise. */
  static final Option<?>[] SMOOTHING_OPTIONS = {
    SMOOTHING, NoiseOptions.NOISE, NoiseOptions.SIGMA, NoiseOptions.SEED
  };

  CleanGradientMethod(ChannelReduction reduction, String source, Option<?>... further) {
    super(reduction, source, further);
  }

  /** The probe whose gradient is looked at. */
  ModelProbe asked(ModelProbe probe, SaliencyReport report) {
    return probe;
  }

  /** Why there is nothing to show; empty where there is something. */
  Optional<String> degeneracy(LayerCapture input) {
    return Degeneracy.ofScore(input.score())
        .or(() -> Degeneracy.ofGradients(input.gradientField()));
  }

  /** What is shown of each channel and pixel. */
  abstract Field combine(Field input, Field gradient);

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    SelectedLayer layer = SelectedLayer.ofInput(id(), selection, probe);
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    layer.mapsByIndex(id());
    ModelProbe asked = asked(probe, report);
    Tap tap = probe.inputTap();
    int copies = options.get(SMOOTHING);
    if (copies > 0) {
      return smoothed(asked, tap, NoiseOptions.noise(copies, options), layer, report, options);
    }
    LayerCapture input = asked.capture(tap);
    Optional<String> degeneracy = degeneracy(input);
    return degeneracy.isPresent()
        ? report.degenerate(degeneracy.get())
        : report.saliency(reduce(combined(input), layer, options));
  }

  private record Smoothed(String method) {}

  /** What is shown of each channel and pixel. */
  final Field combined(LayerCapture input) {
    return combine(input.activationField(), input.gradientField());
  }

  private Saliency smoothed(
      ModelProbe probe,
      Tap tap,
      Noise noise,
      SelectedLayer layer,
      SaliencyReport report,
      Options options) {
    SmoothedField mean =
        probe.gathered(
            probe.noisy(noise),
            Set.of(tap),
            new Smoothed(id()),
            asked -> new SmoothedField(layer, noise.samples(), tap, this));
    report.measure("samples", noise.samples());
    return mean.degeneracy().isPresent()
        ? report.degenerate(mean.degeneracy().get())
        : report.saliency(reduce(mean.field(), layer, options));
  }
}
