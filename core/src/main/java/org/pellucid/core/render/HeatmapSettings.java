package org.pellucid.core.render;

import java.util.Objects;
import java.util.OptionalDouble;
import org.pellucid.api.InvalidRequestException;

/**
 * How a map is drawn.
 *
 * @param overlay how much of the picture is the map's colour, from 0 (the image alone) to 1 (the
 *     colours alone)
 * @param colormap the colours
 * @param normalization how raw values become 0 to 1
 * @param peak the raw value that gets the colour of 1, to compare several maps; empty for the map's
 *     own maximum
 * @param upsampling how values between the map's cells are found
 */
public record HeatmapSettings(
    double overlay,
    Colormap colormap,
    Normalization normalization,
    OptionalDouble peak,
    Upsampling upsampling) {
  /** Half of the image, half of turbo; divided by the maximum; bilinear. */
  public static final HeatmapSettings DEFAULT =
      new HeatmapSettings(
          0.5, Colormap.TURBO, Normalization.MAX, OptionalDouble.empty(), Upsampling.BILINEAR);

  /** Checks the numbers. */
  public HeatmapSettings {
    Objects.requireNonNull(colormap, "colormap");
    Objects.requireNonNull(normalization, "normalization");
    Objects.requireNonNull(peak, "peak");
    Objects.requireNonNull(upsampling, "upsampling");
    if (!(overlay >= 0 && overlay <= 1)) {
      throw new InvalidRequestException("An overlay is from 0 to 1, found " + overlay);
    }
    if (peak.isPresent() && !Double.isFinite(peak.getAsDouble())) {
      throw new InvalidRequestException("A peak is finite, found " + peak.getAsDouble());
    }
  }

  /** The same with another share of the map's colour, 0 to 1. */
  public HeatmapSettings withOverlay(double other) {
    return new HeatmapSettings(other, colormap, normalization, peak, upsampling);
  }

  /** The same in other colours. */
  public HeatmapSettings with(Colormap other) {
    return new HeatmapSettings(overlay, other, normalization, peak, upsampling);
  }

  /** The same with another normalisation. */
  public HeatmapSettings with(Normalization other) {
    return new HeatmapSettings(overlay, colormap, other, peak, upsampling);
  }

  /** The same with another upsampling. */
  public HeatmapSettings with(Upsampling other) {
    return new HeatmapSettings(overlay, colormap, normalization, peak, other);
  }

  /** The same with the raw value that gets the colour of 1. */
  public HeatmapSettings withPeak(double value) {
    return new HeatmapSettings(
        overlay, colormap, normalization, OptionalDouble.of(value), upsampling);
  }
}
