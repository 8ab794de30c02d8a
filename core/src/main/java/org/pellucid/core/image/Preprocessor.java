package org.pellucid.core.image;

import java.util.Objects;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Turns images into a network's input. Resampling is bilinear with antialiasing, as Pillow's
 * BILINEAR, computed in floating point without rounding to whole pixel values on the way.
 * Immutable.
 *
 * <pre>{@code
 * Preprocessor preprocessor = new Preprocessor(Preset.IMAGENET, Shape.of(1, 3, 224, 224));
 * Preprocessor.Input input = preprocessor.apply(SourceImage.read(Path.of("cat.jpg")));
 * }</pre>
 */
public final class Preprocessor {
  private final Preset preset;
  private final Preset.Layout layout;
  private final int channels;
  private final int height;
  private final int width;

  /**
   * An image as a network takes it.
   *
   * @param tensor float32, one sample: {@code [1, C, H, W]} or {@code [1, H, W, C]}
   * @param geometry where the image's pixels lie in it
   */
  public record Input(Tensor tensor, Geometry geometry) {
    /** Both are required. */
    public Input {
      Objects.requireNonNull(tensor, "tensor");
      Objects.requireNonNull(geometry, "geometry");
    }
  }

  /**
   * Prepares for a model's input.
   *
   * @param preset what the network expects
   * @param input the shape of the model's input, {@code [N, C, H, W]} or {@code [N, H, W, C]};
   *     whatever N is, one sample is made
   * @throws InvalidRequestException if the input is not one for images of 1 or 3 channels, or not
   *     of the preset's size, layout or number of channels
   */
  public Preprocessor(Preset preset, Shape input) {
    this.preset = Objects.requireNonNull(preset, "preset");
    this.layout = layout(preset.layout(), input);
    boolean first = layout == Preset.Layout.NCHW;
    this.channels = input.dim(first ? 1 : 3);
    this.height = input.dim(first ? 2 : 1);
    this.width = input.dim(first ? 3 : 2);
    Preset.Size size = new Preset.Size(height, width);
    if (preset.size().isPresent() && !preset.size().get().equals(size)) {
      throw new InvalidRequestException(
          "The preset asks for images of "
              + preset.size().get()
              + "; the model takes "
              + size
              + ", found in its input "
              + input);
    }
    boolean perColour = preset.mean().size() > 1 || preset.std().size() > 1;
    if (channels == 1 && perColour) {
      throw new InvalidRequestException(
          "The preset has a mean or std for each of 3 channels; the model's input "
              + input
              + " has 1 channel; a preset with channels \"gray\", or with one mean and one std,"
              + " works");
    }
  }

  private static Preset.Layout layout(Preset.Layout wanted, Shape input) {
    if (input.rank() == 4) {
      boolean first = isChannels(input.dim(1));
      boolean last = isChannels(input.dim(3));
      if (first && wanted != Preset.Layout.NHWC) {
        return Preset.Layout.NCHW;
      }
      if (last && wanted != Preset.Layout.NCHW) {
        return Preset.Layout.NHWC;
      }
    }
    throw new InvalidRequestException(
        "An image was given; the model's input is "
            + input
            + "; inputs of 1 or 3 channels work, "
            + (wanted == Preset.Layout.NHWC ? "" : "[N, C, H, W]")
            + (wanted == Preset.Layout.AUTO ? " or " : "")
            + (wanted == Preset.Layout.NCHW ? "" : "[N, H, W, C]")
            + (wanted == Preset.Layout.AUTO ? "" : " for the layout asked for"));
  }

  private static boolean isChannels(int length) {
    return length == 1 || length == 3;
  }

  /** The layout of the input: never {@link Preset.Layout#AUTO}. */
  public Preset.Layout layout() {
    return layout;
  }

  /** Height and width of the input. */
  public Preset.Size size() {
    return new Preset.Size(height, width);
  }

  /** Makes the input of an image. */
  public Input apply(SourceImage image) {
    Geometry geometry = Geometry.of(preset.resize(), image.width(), image.height(), width, height);
    boolean grey = channels == 1 || preset.channels() == Preset.Channels.GRAY;
    float[][] planes = new Resampler(image, geometry).resample(fill(grey));
    if (grey) {
      luma(planes);
    }
    return new Input(Tensor.of(shape(), normalise(planes, grey)), geometry);
  }

  private Shape shape() {
    return layout == Preset.Layout.NCHW
        ? Shape.of(1, channels, height, width)
        : Shape.of(1, height, width, channels);
  }

  /** The pixel values, red first, that become zero. */
  private float[] fill(boolean grey) {
    float[] fill = new float[SourceImage.CHANNELS];
    for (int channel = 0; channel < fill.length; channel++) {
      fill[colour(channel, grey)] = (float) (mean(channel) * preset.scale());
    }
    return fill;
  }

  /** The colour, red first, of a channel of the input. */
  private int colour(int channel, boolean grey) {
    return !grey && preset.channels() == Preset.Channels.BGR ? 2 - channel : channel;
  }

  private double mean(int channel) {
    return preset.mean().get(preset.mean().size() == 1 ? 0 : channel);
  }

  private double std(int channel) {
    return preset.std().get(preset.std().size() == 1 ? 0 : channel);
  }

  /** Puts ITU-R BT.601 luma into all planes; resampling and luma, both linear, may be exchanged. */
  private static void luma(float[][] planes) {
    for (int i = 0; i < planes[0].length; i++) {
      float luma = (float) (0.299 * planes[0][i] + 0.587 * planes[1][i] + 0.114 * planes[2][i]);
      for (float[] plane : planes) {
        plane[i] = luma;
      }
    }
  }

  private float[] normalise(float[][] planes, boolean grey) {
    int pixels = height * width;
    float[] values = new float[Math.multiplyExact(channels, pixels)];
    boolean first = layout == Preset.Layout.NCHW;
    for (int channel = 0; channel < channels; channel++) {
      float[] plane = planes[colour(channel, grey)];
      double mean = mean(channel);
      double std = std(channel);
      int start = first ? channel * pixels : channel;
      int step = first ? 1 : channels;
      for (int i = 0; i < pixels; i++) {
        values[start + i * step] = (float) ((plane[i] / preset.scale() - mean) / std);
      }
    }
    return values;
  }
}
