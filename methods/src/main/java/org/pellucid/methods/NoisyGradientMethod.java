package org.pellucid.methods;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.AveragedGradients;
import org.pellucid.api.GradientMoments;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/** A method that makes a map of averages of the input's gradient over noisy copies. */
abstract class NoisyGradientMethod extends InputGradientMethod {
  NoisyGradientMethod(ChannelReduction reduction, String source) {
    super(
        reduction,
        source,
        NoiseOptions.SAMPLES,
        NoiseOptions.TOLERANCE,
        NoiseOptions.NOISE,
        NoiseOptions.SIGMA,
        NoiseOptions.SEED);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.INPUT_GRADIENTS, Need.NOISY_COPIES);
  }

  /**
   * What is shown of each channel and pixel.
   *
   * @param first D_1, the mean of g / s
   * @param second D_2, the mean of (g / s)^2
   * @param scale s
   */
  abstract Field combine(Field first, Field second, Field scale);

  private record Question(String method, Selection selection, ChannelReduction channels) {}

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    Tap tap = SelectedLayer.layerOf(selection);
    Sampling sampling = Sampling.of(options);
    // Before the long work, so that a mistake costs nothing.
    LayerCapture clean = probe.capture(tap);
    SelectedLayer layer = SelectedLayer.of(selection, clean, probe);
    layer.mapsByIndex(id());
    GradientMoments moments =
        sampling.averages(
            probe,
            tap,
            ScoreScale.LOGIT,
            new Question(id(), selection, options.get(channels())),
            (own, some) -> saliency(own, some.moments(), layer, options),
            AveragedGradients::moments);
    return sampling.judged(saliency(clean, moments, layer, options));
  }

  private Saliency saliency(
      LayerCapture clean, GradientMoments moments, SelectedLayer layer, Options options) {
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    Optional<String> degeneracy =
        Degeneracy.ofScore(clean.score())
            .or(
                () ->
                    Stream.of(moments.first(), moments.second())
                        .filter(values -> !Degeneracy.finite(values))
                        .findFirst()
                        .or(() -> Optional.of(moments.second()))
                        .flatMap(Degeneracy::ofGradients));
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    report.measure("samples", moments.samples());
    return report.saliency(
        map(moments, layer, options),
        moments.leaveOut().size(),
        group -> map(moments.leaveOut().get(group), layer, options));
  }

  private Field map(GradientMoments moments, SelectedLayer layer, Options options) {
    Field combined =
        combine(
            layer.field(moments.first()),
            layer.field(moments.second()),
            ALGEBRA.constant(moments.scale()));
    return reduce(combined, layer, options);
  }
}
