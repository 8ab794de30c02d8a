package org.pellucid.core.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.io.FileNames;
import org.pellucid.core.text.NearestNames;

/**
 * What a network expects of its images: which part of an image at which size, in which layout, and
 * the numbers that pixels become: {@code x = (pixel / scale - mean) / std}, with pixels from 0 to
 * 255.
 *
 * <pre>{@code
 * Preset preset = Preset.find(model).orElse(Preset.IMAGENET).withResize(Preset.Resize.CROP);
 * }</pre>
 *
 * @param size height and width of the input; empty takes what the model says
 * @param resize how an image of another shape becomes this size
 * @param layout the order of the input's axes
 * @param channels what the input's channels are
 * @param scale what pixels are divided by; positive
 * @param mean per channel in the input's order (blue first for {@link Channels#BGR}), or one for
 *     all
 * @param std likewise; none is zero
 */
public record Preset(
    Optional<Size> size,
    Resize resize,
    Layout layout,
    Channels channels,
    double scale,
    List<Double> mean,
    List<Double> std) {

  /** RGB from 0 to 1, less the mean and divided by the deviation of ImageNet: torchvision, timm. */
  public static final Preset IMAGENET =
      rgb(255, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** BGR from 0 to 255 less the mean of ImageNet: the networks of Caffe, Keras's VGG and ResNet. */
  public static final Preset CAFFE =
      new Preset(
          Optional.empty(),
          Resize.STRETCH,
          Layout.AUTO,
          Channels.BGR,
          1,
          List.of(103.939, 116.779, 123.68),
          List.of(1.0));

  /** RGB from 0 to 1. */
  public static final Preset UNIT = rgb(255, List.of(0.0), List.of(1.0));

  /** RGB from 0 to 255. */
  public static final Preset NONE = rgb(1, List.of(0.0), List.of(1.0));

  private static final Map<String, Preset> BUILT_IN = builtIn();

  /**
   * The size of an input.
   *
   * @param height rows, at least 1
   * @param width columns, at least 1
   */
  public record Size(int height, int width) {
    /** Checks that both are at least 1 and the input not beyond what a tensor can hold. */
    public Size {
      if (height < 1 || width < 1 || (long) height * width > SourceImage.MOST_PIXELS) {
        throw new InvalidRequestException(
            "A size has a height and width of at least 1 and at most "
                + SourceImage.MOST_PIXELS
                + " pixels, found "
                + height
                + "x"
                + width);
      }
    }

    /** As {@code 224x224}: height x width. */
    @Override
    public String toString() {
      return height + "x" + width;
    }
  }

  /** How an image of another shape becomes the input's size. */
  public enum Resize {
    /** Both sides are scaled on their own; all of the image is seen, perhaps distorted. */
    STRETCH,
    /**
     * Scaled, undistorted, until it just covers the input; what stands out on two sides is cut off
     * evenly. For square inputs this is torchvision's {@code Resize(s)} followed by {@code
     * CenterCrop(s)} with the same {@code s}.
     */
    CROP,
    /**
     * Scaled, undistorted, until it just fits into the input, in its middle; the rest is filled
     * with the mean, so with zeros after normalisation.
     */
    FIT
  }

  /** The order of an input's axes. */
  public enum Layout {
    /** Told from the model's input: the axis of length 1 or 3 is the channels. */
    AUTO,
    /** Samples, channels, rows, columns: PyTorch, Caffe, CNTK. */
    NCHW,
    /** Samples, rows, columns, channels: TensorFlow, Keras. */
    NHWC
  }

  /** What an input's channels are. */
  public enum Channels {
    /** Red, green, blue. */
    RGB,
    /** Blue, green, red. */
    BGR,
    /** Luma by ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B; repeated where a model has 3 channels. */
    GRAY
  }

  /** Checks the numbers. */
  public Preset {
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(resize, "resize");
    Objects.requireNonNull(layout, "layout");
    Objects.requireNonNull(channels, "channels");
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new InvalidRequestException("A preset's scale is positive, found " + scale);
    }
    mean = perChannel("mean", mean, channels);
    std = perChannel("std", std, channels);
    if (std.contains(0.0) || std.contains(-0.0)) {
      throw new InvalidRequestException("A preset's std has no zeros, found " + std);
    }
  }

  private static List<Double> perChannel(String key, List<Double> values, Channels channels) {
    boolean one = values.size() == 1;
    boolean three = values.size() == 3 && channels != Channels.GRAY;
    if ((!one && !three) || !values.stream().allMatch(Double::isFinite)) {
      throw new InvalidRequestException(
          "A preset's "
              + key
              + " has one finite number"
              + (channels == Channels.GRAY ? "" : ", or three, one per channel,")
              + " for channels "
              + word(channels)
              + ", found "
              + values);
    }
    return List.copyOf(values);
  }

  private static Preset rgb(double scale, List<Double> mean, List<Double> std) {
    return new Preset(
        Optional.empty(), Resize.STRETCH, Layout.AUTO, Channels.RGB, scale, mean, std);
  }

  private static Map<String, Preset> builtIn() {
    Map<String, Preset> presets = new LinkedHashMap<>();
    presets.put("imagenet", IMAGENET);
    presets.put("caffe", CAFFE);
    presets.put("unit", UNIT);
    presets.put("none", NONE);
    return presets;
  }

  /** The names of the presets that need no file. */
  public static List<String> names() {
    return List.copyOf(BUILT_IN.keySet());
  }

  /**
   * A preset by name, or from a file.
   *
   * @param nameOrFile one of {@link #names()}, else the path of a JSON file
   * @throws InvalidRequestException if there is neither
   * @throws org.pellucid.graph.MalformedInputException if the file is not a preset
   */
  public static Preset of(String nameOrFile) {
    Preset preset = BUILT_IN.get(nameOrFile.toLowerCase(Locale.ROOT));
    if (preset != null) {
      return preset;
    }
    Path file = Path.of(nameOrFile);
    if (Files.exists(file)) {
      return read(file);
    }
    throw new InvalidRequestException(
        "The preset \""
            + nameOrFile
            + "\" was asked for; it is no file, and the names that there are, nearest first, are "
            + NearestNames.quoted(nameOrFile, BUILT_IN.keySet()));
  }

  /**
   * The preset that lies beside a model: for {@code shapes.onnx} that of {@code
   * shapes.preset.json}; empty when there is none.
   *
   * @throws org.pellucid.graph.MalformedInputException if the file exists and is not a preset
   */
  public static Optional<Preset> find(Path model) {
    Path file = FileNames.beside(model, ".preset.json");
    return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
  }

  /**
   * Reads a preset file, a JSON object as
   *
   * <pre>{@code
   * {"size": [224, 224], "resize": "stretch", "layout": "auto", "channels": "rgb",
   *  "scale": 255.0, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
   * }</pre>
   *
   * <p>{@code scale}, {@code mean} and {@code std} are required. Without {@code size} the model's
   * is taken; the others default to the words above.
   *
   * @throws org.pellucid.graph.MalformedInputException if it is missing, not JSON, or has an
   *     unknown key or a wrong value; the message names the key
   */
  public static Preset read(Path file) {
    return PresetFile.read(file);
  }

  /**
   * Writes this preset as {@link #read} takes it.
   *
   * @throws InvalidRequestException if the file cannot be written
   */
  public void write(Path file) {
    PresetFile.write(file, this);
  }

  /** This preset as JSON on one line, the content of a file that {@link #read} takes. */
  public String toJson() {
    return PresetFile.json(this).toString();
  }

  /** The same for inputs of a size. */
  public Preset withSize(Size other) {
    return new Preset(Optional.of(other), resize, layout, channels, scale, mean, std);
  }

  /** The same with another way to reach the size. */
  public Preset withResize(Resize other) {
    return new Preset(size, other, layout, channels, scale, mean, std);
  }

  /** The same with another order of axes. */
  public Preset withLayout(Layout other) {
    return new Preset(size, resize, other, channels, scale, mean, std);
  }

  /** The same with another mean: one number for all channels, or one per channel. */
  public Preset withMean(List<Double> other) {
    return new Preset(size, resize, layout, channels, scale, other, std);
  }

  /** The same with another deviation: one number for all channels, or one per channel. */
  public Preset withStd(List<Double> other) {
    return new Preset(size, resize, layout, channels, scale, mean, other);
  }

  /** A constant as it is written in files and on the command line. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
