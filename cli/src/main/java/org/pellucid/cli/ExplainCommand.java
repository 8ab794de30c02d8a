package org.pellucid.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.pellucid.core.Explanation;
import org.pellucid.core.ExplanationFiles;
import org.pellucid.core.Fusion;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.io.FileNames;
import org.pellucid.core.render.Colormap;
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
      "  pellucid explain model.onnx cat.png --target contrast:281,285 --layer conv:-1",
      "  pellucid explain model.onnx cat.png --layer conv:-1 --layer conv:-9 --fuse mean",
      "  pellucid explain model.onnx cat.png --pixels 40,60,80,50 --neurons weight"
    })
final class ExplainCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "IMAGE", description = "Images.")
  private List<Path> images = new ArrayList<>();

  @Mixin private SourceOptions sources;

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
              + " features. Not for methods that explain the input itself. Several, each with"
              + " --layer, are fused. See: pellucid layers MODEL")
  private List<String> layers = new ArrayList<>();

  @Option(
      names = "--fuse",
      completionCandidates = Choices.Fusions.class,
      paramLabel = "RULE",
      description =
          "How the maps of several layers become one, each resized to the finest and divided by its"
              + " largest value first: max, mean or product.")
  private String fusion;

  @Mixin private SelectionOptions selection;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Noisy or masked copies of the image that run through the network at once. Default: what"
              + " suits the model and the device. See: pellucid bench")
  private Integer batch;

  @Mixin private ResultOptions results;

  @Option(
      names = "--format",
      completionCandidates = Choices.Formats.class,
      paramLabel = "F",
      split = ",",
      defaultValue = "png,json,npy",
      description = "Files to write: png, json, npy. Default: all three.")
  private List<String> formats;

  @Mixin private RenderingOptions rendering = new RenderingOptions(Colormap.TURBO);

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    sources.check(images);
    // A misspelt method should not wait for a large model.
    Installation.of(spec).explainer(method);
    Request request = request();
    ExplanationFiles files =
        ExplanationFiles.into(results.directory(), formats(), rendering.settings());
    try (Pellucid pellucid = model.load()) {
      ModelOptions.warn(pellucid, spec);
      pellucid.check(request);
      if (!sources.arrays().isEmpty()) {
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
    Path first = Path.of(sources.arrays().get(0));
    Map<String, Tensor> inputs = ArrayInputs.read(pellucid, sources.arrays());
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
    return new Request(
        method,
        selection.options(),
        layers,
        Optional.ofNullable(fusion)
            .map(rule -> NetworkOptions.choice("--fuse", Fusion.class, rule)),
        selection.target(),
        selection.maps(),
        selection.cells(),
        selection.pixels(),
        selection.neurons(),
        batch == null ? OptionalInt.empty() : OptionalInt.of(batch));
  }

  private EnumSet<ExplanationFiles.Format> formats() {
    EnumSet<ExplanationFiles.Format> chosen = EnumSet.noneOf(ExplanationFiles.Format.class);
    for (String format : formats) {
      chosen.add(NetworkOptions.choice("--format", ExplanationFiles.Format.class, format.trim()));
    }
    return chosen;
  }
}
