package org.pellucid.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.pellucid.core.dataset.DataSet;
import org.pellucid.core.evaluate.Evaluation;
import org.pellucid.core.evaluate.EvaluationRequest;
import org.pellucid.core.evaluate.EvaluationResult;
import org.pellucid.core.evaluate.EvaluationTable;
import org.pellucid.core.evaluate.Setting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Evaluates methods by metrics over a data set. */
@Command(
    name = "evaluate",
    description = {
      "Measures how good explanations are: each method by each metric, on each image of a data set."
          + " Writes OUT/results.jsonl as results come, and at the end OUT/results.csv,"
          + " OUT/summary.csv, OUT/tests.csv, OUT/summary.json and OUT/index.html (a page that needs"
          + " no network). A run that was ended goes on where it was when it is started again.",
      "",
      "A data set is a folder of images, a folder with a folder of images per class, a folder with"
          + " images.json or with masks beside the images, a folder of Pascal VOC, or a file of"
          + " COCO's annotations."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid evaluate model.onnx photos -o out",
      "  pellucid evaluate model.onnx examples --methods grad-cam,grad-cam++ --metrics all",
      "  pellucid evaluate model.onnx photos --methods smooth-grad-cam++:samples=5,smooth-grad-cam++:samples=50"
    })
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private NetworkOptions network;

  @Parameters(index = "1", paramLabel = "DATASET", description = "The images and what is known.")
  private Path dataSet;

  @Option(
      names = {"--methods", "--method"},
      completionCandidates = Choices.Methods.class,
      paramLabel = "ID[:NAME=VALUE]",
      split = ",",
      description =
          "Methods, each with options, or all. Default: those that explain a layer in a pass or a"
              + " few. See: pellucid methods")
  private List<String> methods = new ArrayList<>();

  @Option(
      names = {"--backends", "--backend"},
      completionCandidates = Choices.Backends.class,
      paramLabel = "ID",
      split = ",",
      description =
          "Backends, or all. Default: the first that can run the model. See: pellucid backends")
  private List<String> backends = new ArrayList<>();

  @Mixin private EngineOptions engine;

  @Mixin private MeasuringOptions measuring;

  @Option(
      names = "--shown",
      paramLabel = "SIGN",
      defaultValue = "positive",
      description =
          "How signed maps are looked at: positive (what is negative is cut off) or magnitude."
              + " Default: ${DEFAULT-VALUE}.")
  private String shown;

  @Option(
      names = "--no-baselines",
      description = "Leave out the maps to compare with: random numbers, and a hill in the middle.")
  private boolean withoutBaselines;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of what metrics and baselines draw. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    DataSet data = measuring.open(dataSet);
    PrintWriter err = spec.commandLine().getErr();
    try (Evaluation evaluation =
        Evaluation.of(
            engine.apply(network.loader()).registry(Installation.of(spec)),
            network.file(),
            backends.equals(Evaluation.ALL)
                ? Evaluation.ALL
                : CompareCommand.named("--backends", backends),
            data,
            request())) {
      ModelOptions.warn(evaluation.models().get(0), spec);
      evaluation
          .leftOut()
          .forEach((id, why) -> err.println("pellucid: note: left out " + id + ": " + why));
      err.flush();
      EvaluationResult result;
      try (ProgressBar bar = new ProgressBar(err)) {
        result = evaluation.run(measuring.directory(), bar);
      }
      result
          .failures()
          .forEach((image, why) -> err.println("pellucid: note: left out " + image + ": " + why));
      err.flush();
      PrintWriter out = spec.commandLine().getOut();
      if (!result.outcomes().isEmpty()) {
        EvaluationTable.lines(result).forEach(out::println);
        evaluation.report(measuring.directory(), result).forEach(out::println);
      }
      out.flush();
      return result.outcomes().isEmpty() ? Failures.MALFORMED : 0;
    }
  }

  private EvaluationRequest request() {
    return new EvaluationRequest(
        methods.stream().map(Setting::parse).toList(),
        measuring.layers(),
        measuring.metrics(),
        measuring.target(),
        NetworkOptions.choice("--shown", EvaluationRequest.Shown.class, shown),
        !withoutBaselines,
        seed);
  }
}
