package org.pellucid.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.image.Preset;
import org.pellucid.core.io.Labels;
import org.pellucid.graph.pass.TokenLayout;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model, and how images become its input: what can be said of it without running it. */
final class NetworkOptions {
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "The model file: ONNX, a zip of DL4J, or HDF5 of Keras.")
  private Path model;

  @Option(
      names = "--preset",
      completionCandidates = Choices.Presets.class,
      paramLabel = "NAME|FILE",
      description =
          "How images become numbers: imagenet, caffe, unit, none, or a JSON file. Default: the"
              + " file MODEL.preset.json beside the model, else imagenet.")
  private String preset;

  @Option(
      names = "--mean",
      paramLabel = "M[,M,M]",
      split = ",",
      description = "Mean per channel, in place of the preset's.")
  private double[] mean;

  @Option(
      names = "--std",
      paramLabel = "S[,S,S]",
      split = ",",
      description = "Standard deviation per channel, in place of the preset's.")
  private double[] std;

  @Option(
      names = "--layout",
      completionCandidates = Choices.Layouts.class,
      paramLabel = "L",
      description = "auto, nchw or nhwc: the axes of the model's input.")
  private String layout;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      description = "Size of the model's input, where the model leaves it open.")
  private String size;

  @Option(
      names = "--resize",
      completionCandidates = Choices.Resizes.class,
      paramLabel = "R",
      description = "stretch, crop or fit: how an image is brought to the model's size.")
  private String resize;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Labels, one per line. Default: the file MODEL.labels.txt beside the model.")
  private Path labels;

  @Option(
      names = "--input",
      paramLabel = "NAME",
      description = "The explained input of a model with several.")
  private String input;

  @Option(
      names = "--output-name",
      paramLabel = "NAME",
      description = "The output with the scores of a model with several. Default: the first.")
  private String output;

  @Option(
      names = "--tokens",
      paramLabel = "T",
      defaultValue = "auto",
      description =
          "How a transformer's tokens lie on the image: auto, skip:N (N of them stand for no"
              + " place) or HxW (the last ones are H rows of W patches). Default: ${DEFAULT-VALUE}.")
  private String tokens;

  /** The model's file. */
  Path file() {
    return model;
  }

  /** A loader with what was said. */
  Loader loader() {
    Loader loader = Pellucid.loader();
    preset().ifPresent(loader::preset);
    loader.tokens(tokens());
    if (labels != null) {
      loader.labels(Labels.read(labels));
    }
    Optional.ofNullable(input).ifPresent(loader::input);
    Optional.ofNullable(output).ifPresent(loader::output);
    return loader;
  }

  /** What was said, if anything, about what lies beside the model, or else the default. */
  private Optional<Preset> preset() {
    if (preset == null
        && mean == null
        && std == null
        && layout == null
        && resize == null
        && size == null) {
      return Optional.empty();
    }
    Preset chosen = preset == null ? Preset.find(model).orElse(Preset.IMAGENET) : Preset.of(preset);
    if (mean != null) {
      chosen = chosen.withMean(list(mean));
    }
    if (std != null) {
      chosen = chosen.withStd(list(std));
    }
    if (layout != null) {
      chosen = chosen.withLayout(choice("--layout", Preset.Layout.class, layout));
    }
    if (resize != null) {
      chosen = chosen.withResize(choice("--resize", Preset.Resize.class, resize));
    }
    if (size != null) {
      chosen = chosen.withSize(size("--size", size));
    }
    return Optional.of(chosen);
  }

  /** The size that was asked for, if any was. */
  Optional<Preset.Size> size() {
    return Optional.ofNullable(size).map(text -> size("--size", text));
  }

  /** A size as users write it. */
  static Preset.Size size(String option, String text) {
    if (!text.matches("\\d{1,5}x\\d{1,5}")) {
      throw new InvalidRequestException(
          option + " takes a height and a width as 224x224, found " + text);
    }
    int cross = text.indexOf('x');
    return new Preset.Size(
        Integer.parseInt(text.substring(0, cross)), Integer.parseInt(text.substring(cross + 1)));
  }

  private TokenLayout tokens() {
    if (tokens.equals("auto")) {
      return TokenLayout.AUTO;
    }
    if (tokens.matches("skip:\\d{1,4}")) {
      return TokenLayout.skip(Integer.parseInt(tokens.substring(5)));
    }
    if (tokens.matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}")) {
      int cross = tokens.indexOf('x');
      return TokenLayout.grid(
          Integer.parseInt(tokens.substring(0, cross)),
          Integer.parseInt(tokens.substring(cross + 1)));
    }
    throw new InvalidRequestException(
        "--tokens takes auto, skip:N or HxW as 14x14, found " + tokens);
  }

  private static List<Double> list(double[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  /** One of an enum's constants as users write it. */
  static <E extends Enum<E>> E choice(String option, Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (org.pellucid.api.Option.text(constant).equals(text)) {
        return constant;
      }
    }
    throw new InvalidRequestException(
        option
            + " takes "
            + String.join(
                " | ",
                Arrays.stream(type.getEnumConstants()).map(org.pellucid.api.Option::text).toList())
            + ", found "
            + text);
  }
}
