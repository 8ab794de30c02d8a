package org.pellucid.cli;

import java.util.OptionalDouble;
import org.pellucid.core.render.Colormap;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.core.render.Normalization;
import org.pellucid.core.render.Upsampling;
import picocli.CommandLine.Option;

/** How maps are drawn. */
final class RenderingOptions {
  @Option(
      names = "--overlay",
      paramLabel = "0..1",
      defaultValue = "0.5",
      description = "Opacity of the map over the image. Default: ${DEFAULT-VALUE}.")
  private double overlay;

  @Option(
      names = "--colormap",
      completionCandidates = Choices.Colormaps.class,
      paramLabel = "C",
      description = "turbo, jet, viridis, inferno or gray. Default: ${DEFAULT-VALUE}.")
  private String colormap;

  @Option(
      names = "--normalize",
      completionCandidates = Choices.Normalizations.class,
      paramLabel = "N",
      defaultValue = "max",
      description = "max, minmax or none. Default: ${DEFAULT-VALUE}.")
  private String normalize;

  @Option(
      names = "--upsample",
      completionCandidates = Choices.Upsamplings.class,
      paramLabel = "U",
      defaultValue = "bilinear",
      description = "bilinear, nearest or bicubic. Default: ${DEFAULT-VALUE}.")
  private String upsample;

  /** Options with some colours where none are asked for. */
  RenderingOptions(Colormap usual) {
    colormap = org.pellucid.api.Option.text(usual);
  }

  HeatmapSettings settings() {
    return new HeatmapSettings(
        overlay,
        NetworkOptions.choice("--colormap", Colormap.class, colormap),
        NetworkOptions.choice("--normalize", Normalization.class, normalize),
        OptionalDouble.empty(),
        NetworkOptions.choice("--upsample", Upsampling.class, upsample));
  }
}
