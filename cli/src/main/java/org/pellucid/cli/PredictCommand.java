package org.pellucid.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Prediction;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.io.FileNames;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells the classes of images, or runs a model on raw arrays. */
@Command(
    name = "predict",
    description = "Tells the classes of images, or runs a model on raw arrays.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid predict model.onnx cat.png --top 3",
      "  pellucid predict model.onnx --npy input.npy -o outputs"
    })
final class PredictCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "IMAGE", description = "Images.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "5",
      description = "How many classes to print.")
  private int top;

  @Option(
      names = "--npy",
      paramLabel = "IN.npy",
      parameterConsumer = Values.Arrays.class,
      description = "Raw inputs in place of an image, one per model input, in order.")
  private List<String> arrays = new ArrayList<>();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Writes each raw output as DIR/<output name>.npy (for --npy).")
  private Path directory;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (images.isEmpty() == arrays.isEmpty()) {
      throw new InvalidRequestException("Give images, or arrays with --npy, and not both");
    }
    if (top < 1) {
      throw new InvalidRequestException("--top takes a number of at least 1, found " + top);
    }
    if (directory != null && arrays.isEmpty()) {
      throw new InvalidRequestException("-o writes the raw outputs for --npy, not for images");
    }
    try (Pellucid pellucid = model.load()) {
      ModelOptions.warn(pellucid, spec);
      if (!arrays.isEmpty()) {
        predictArrays(pellucid);
        return 0;
      }
      pellucid.checkTakesImages();
      return Batch.run(
          images,
          spec.commandLine(),
          (image, stem) -> print(pellucid.predict(SourceImage.read(image)), image));
    }
  }

  private void predictArrays(Pellucid pellucid) {
    Map<String, Tensor> inputs = ArrayInputs.read(pellucid, arrays);
    if (directory == null) {
      print(pellucid.predict(inputs), Path.of(arrays.get(0)));
      return;
    }
    Map<String, Path> files = new LinkedHashMap<>();
    FileNames names = new FileNames();
    pellucid
        .run(inputs)
        .forEach(
            (name, tensor) -> {
              Path file = directory.resolve(names.unique(FileNames.safe(name)) + ".npy");
              Npy.write(file, tensor);
              files.put(name, file);
            });
    files.forEach((name, file) -> spec.commandLine().getOut().println(name + "\t" + file));
  }

  private void print(List<Prediction> ranked, Path source) {
    PrintWriter out = spec.commandLine().getOut();
    for (Prediction prediction : ranked.subList(0, Math.min(top, ranked.size()))) {
      out.println(
          source
              + "\t"
              + prediction.index()
              + "\t"
              + prediction.name()
              + "\t"
              + ExplanationText.score(prediction));
    }
    out.flush();
  }
}
