package org.pellucid.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.MapSelection;
import org.pellucid.api.NeuronSelection;
import org.pellucid.core.Explanation;
import org.pellucid.core.ExplanationFiles;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Registry;
import org.pellucid.core.Request;
import org.pellucid.core.io.FileNames;
import org.pellucid.core.render.Colormap;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.core.render.Normalization;
import org.pellucid.core.render.Upsampling;
import org.pellucid.graph.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Explains images. */
@Command(
    name = "explain",
    description =
        "Shows which part of each image speaks for a class: writes OUT/<image>.<method>.png (an"
            + " overlay), .npy (the raw map) and .json, and prints one line per image.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid explain model.onnx cat.png -o out",
      "  pellucid explain model.onnx *.jpg --method grad-cam --layer conv:-1 --target top:3",
      "  pellucid explain model.onnx cat.png --samples 50 --noise 0.1 --maps top:10",
      "  pellucid explain model.onnx cat.png --pixels 40,60,80,50 --neurons weight"
    })
final class ExplainCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "IMAGE", description = "Images.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--npy",
      paramLabel = "IN.npy",
      parameterConsumer = Values.Arrays.class,
      description = "Raw inputs in place of an image, one per model input, in order.")
  private List<String> arrays = new ArrayList<>();

  @Option(
      names = "--method",
      completionCandidates = Choices.Methods.class,
      paramLabel = "ID",
      defaultValue = "smooth-grad-cam++",
      description = "Method of explanation. Default: ${DEFAULT-VALUE}. See: pellucid methods")
  private String method;

  @Option(
      names = "--layer",
      paramLabel = "L",
      description =
          "Layer: name, unique suffix, conv:-1, or position. Default: the last one that computes"
              + " features. Not for methods that explain the input itself. See: pellucid layers"
              + " MODEL")
  private String layer;

  @Option(
      names = "--target",
      paramLabel = "T",
      defaultValue = "top",
      description =
          "top, a class index, a label, or top:K. A number is an index where the model has that"
              + " class. Default: ${DEFAULT-VALUE}.")
  private String target;

  @Option(
      names = "--maps",
      paramLabel = "3,7-9|top:K",
      description = "Feature maps that take part. Default: all.")
  private String maps;

  @Option(
      names = "--cells",
      paramLabel = "R,C[,H,W]",
      parameterConsumer = Values.Regions.class,
      description = "Neurons that take part, in cells of the layer.")
  private List<String> cells = new ArrayList<>();

  @Option(
      names = "--pixels",
      paramLabel = "X,Y[,W,H]",
      parameterConsumer = Values.Regions.class,
      description = "Neurons that take part, in pixels of the image as displayed.")
  private List<String> pixels = new ArrayList<>();

  @Option(
      names = "--neurons",
      completionCandidates = Choices.Roles.class,
      paramLabel = "ROLE",
      defaultValue = "contribution",
      description =
          "What --cells and --pixels restrict: contribution, weight or both. Default:"
              + " ${DEFAULT-VALUE}.")
  private String neurons;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      parameterConsumer = Values.Settings.class,
      description = "An option of the method. See: pellucid methods ID")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--samples", paramLabel = "N", description = "Short for --option samples=N.")
  private String samples;

  @Option(names = "--noise", paramLabel = "LEVEL", description = "Short for --option noise=LEVEL.")
  private String noise;

  @Option(names = "--seed", paramLabel = "N", description = "Short for --option seed=N.")
  private String seed;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT",
      defaultValue = "out",
      description = "Directory for the results, made if missing. Default: ${DEFAULT-VALUE}.")
  private Path directory;

  @Option(
      names = "--format",
      completionCandidates = Choices.Formats.class,
      paramLabel = "F",
      split = ",",
      defaultValue = "png,json,npy",
      description = "Files to write: png, json, npy. Default: all three.")
  private List<String> formats;

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
      defaultValue = "turbo",
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

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (images.isEmpty() == arrays.isEmpty()) {
      throw new InvalidRequestException("Give images, or arrays with --npy, and not both");
    }
    // A misspelt method should not wait for a large model.
    Registry.ofClassPath().explainer(method);
    Request request = request();
    ExplanationFiles files = ExplanationFiles.into(directory, formats(), rendering());
    try (Pellucid pellucid = model.load()) {
      model.warn(pellucid, spec);
      pellucid.check(request);
      if (!arrays.isEmpty()) {
        explainArrays(pellucid, request, files);
        return 0;
      }
      pellucid.checkTakesImages();
      files.prepare();
      return Batch.run(
          images,
          spec.commandLine(),
          (image, stem) -> {
            List<Explanation> found;
            try (ProgressBar bar = new ProgressBar(spec.commandLine().getErr())) {
              found = pellucid.explain(image, request, bar);
            }
            write(files, found, image, stem);
          });
    }
  }

  private void explainArrays(Pellucid pellucid, Request request, ExplanationFiles files) {
    Path first = Path.of(arrays.get(0));
    Map<String, Tensor> inputs = ArrayInputs.read(pellucid, arrays);
    files.prepare();
    List<Explanation> found;
    try (ProgressBar bar = new ProgressBar(spec.commandLine().getErr())) {
      found = pellucid.explain(first.toString(), inputs, request, bar);
    }
    write(files, found, first, FileNames.stem(first));
  }

  /** Writes the files of one image and prints its line. */
  private void write(
      ExplanationFiles files, List<Explanation> explanations, Path source, String stem) {
    List<Path> written = new ArrayList<>();
    for (Explanation explanation : explanations) {
      String name = explanations.size() == 1 ? stem : stem + "." + explanation.target().index();
      written.addAll(files.write(explanation, name));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(ExplanationText.line(source, explanations, written));
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    explanations.stream()
        .flatMap(explanation -> explanation.saliency().warnings().stream())
        .distinct()
        .forEach(warning -> err.println("pellucid: warning: " + source + ": " + warning));
    err.flush();
  }

  private Request request() {
    Map<String, String> options = Settings.read(settings);
    Settings.put(options, "samples", samples);
    Settings.put(options, "noise", noise);
    Settings.put(options, "seed", seed);
    return new Request(
        method,
        options,
        Optional.ofNullable(layer),
        target,
        maps == null ? MapSelection.all() : RegionText.maps(maps),
        cells.stream().map(RegionText::cells).toList(),
        pixels.stream().map(RegionText::pixels).toList(),
        NetworkOptions.choice("--neurons", NeuronSelection.Role.class, neurons));
  }

  private EnumSet<ExplanationFiles.Format> formats() {
    EnumSet<ExplanationFiles.Format> chosen = EnumSet.noneOf(ExplanationFiles.Format.class);
    for (String format : formats) {
      chosen.add(NetworkOptions.choice("--format", ExplanationFiles.Format.class, format.trim()));
    }
    return chosen;
  }

  private HeatmapSettings rendering() {
    return new HeatmapSettings(
        overlay,
        NetworkOptions.choice("--colormap", Colormap.class, colormap),
        NetworkOptions.choice("--normalize", Normalization.class, normalize),
        OptionalDouble.empty(),
        NetworkOptions.choice("--upsample", Upsampling.class, upsample));
  }
}
