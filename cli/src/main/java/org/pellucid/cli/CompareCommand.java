package org.pellucid.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.pellucid.api.CancelledException;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.Explanation;
import org.pellucid.core.Fusion;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Subject;
import org.pellucid.core.compare.Comparison;
import org.pellucid.core.compare.ComparisonReport;
import org.pellucid.core.compare.ComparisonRequest;
import org.pellucid.core.compare.LayerComparison;
import org.pellucid.core.compare.Verdict;
import org.pellucid.core.io.FileNames;
import org.pellucid.core.render.Colormap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares methods and backends. */
@Command(
    name = "compare",
    description = {
      "Puts methods and backends side by side: the same model, image, class, selection and noise"
          + " for all. Writes OUT/index.html (a page that needs no network), OUT/comparison.json,"
          + " and per image a contact sheet, OUT/<image>.comparison.png; prints one line for each.",
      "",
      "Two backends agree where their raw maps differ by no more than a part of the largest value:"
          + " 1e-9 in float64, 1e-4 in float32. Where float32 maps differ by more, double precision"
          + " tells whether units that rounding put on another side of a ReLU or a max-pool, or a"
          + " method that magnifies rounding, explain it; if not, the report says in red that they disagree."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid compare model.onnx cat.png -o out",
      "  pellucid compare model.onnx *.jpg --methods grad-cam,grad-cam++ --layers conv:-1,conv:-2",
      "  pellucid compare model.onnx cat.png --precision float64 --fail-on-disagreement 1e-9"
    })
final class CompareCommand implements Callable<Integer> {
  private static final String ALL = "all";

  @Mixin private NetworkOptions network;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "IMAGE", description = "Images.")
  private List<Path> images = new ArrayList<>();

  @Mixin private SourceOptions sources;

  @Option(
      names = {"--methods", "--method"},
      completionCandidates = Choices.Methods.class,
      paramLabel = "ID",
      split = ",",
      description =
          "Methods, or all. One that was not named and cannot be used is left out, and the report"
              + " says why. Default: those that explain a layer in a pass or a few. See: pellucid"
              + " methods")
  private List<String> methods = new ArrayList<>();

  @Option(
      names = {"--backends", "--backend"},
      completionCandidates = Choices.Backends.class,
      paramLabel = "ID",
      split = ",",
      description =
          "Backends, or all; left out likewise. The first resolves the target. Default: all. See:"
              + " pellucid backends")
  private List<String> backends = new ArrayList<>();

  @Mixin private EngineOptions engine;

  @Mixin private LayersOptions layers;

  @Option(
      names = "--fuse",
      completionCandidates = Choices.Fusions.class,
      paramLabel = "RULE",
      description =
          "The maps of several layers become one: max, mean or product, as explain does it. Default:"
              + " layers are shown one by one.")
  private String fusion;

  @Mixin private SelectionOptions selection;

  @Option(
      names = "--fail-on-disagreement",
      paramLabel = "TOL",
      description =
          "End with exit code 6 when maps of two backends differ by more than this part of the"
              + " largest value, and no kinks explain it. Everything is written first.")
  private Double tolerance;

  @Mixin private ResultOptions results;

  @Mixin private RenderingOptions rendering = new RenderingOptions(Colormap.VIRIDIS);

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    sources.check(images);
    ComparisonRequest request = request();
    try (Comparison comparison =
        Comparison.of(
            engine.apply(network.loader()).registry(Installation.of(spec)),
            network.file(),
            named("--backends", backends),
            request)) {
      Pellucid first = comparison.models().get(0);
      ModelOptions.warn(first, spec);
      PrintWriter err = spec.commandLine().getErr();
      comparison
          .leftOut()
          .forEach((id, why) -> err.println("pellucid: note: left out " + id + ": " + why));
      err.flush();
      if (!images.isEmpty()) {
        first.checkTakesImages();
      }
      try (ComparisonReport report =
          ComparisonReport.into(results.directory(), comparison, rendering.settings())) {
        int code = compare(comparison, report, request);
        PrintWriter out = spec.commandLine().getOut();
        report.finish().forEach(out::println);
        out.flush();
        if (!report.lettered()) {
          err.println("pellucid: note: this Java has no fonts; contact sheets are without names");
          err.flush();
        }
        boolean disagree = report.verdicts().keySet().stream().anyMatch(Verdict::isDifference);
        return code == 0 && disagree && tolerance != null ? Failures.DISAGREEMENT : code;
      }
    }
  }

  private int compare(Comparison comparison, ComparisonReport report, ComparisonRequest request) {
    boolean several = comparison.models().get(0).severalTargets(request.target());
    if (!sources.arrays().isEmpty()) {
      Path first = Path.of(sources.arrays().get(0));
      Subject subject =
          comparison.prepare(
              first.toString(), ArrayInputs.read(comparison.models().get(0), sources.arrays()));
      compare(comparison, report, subject, first, FileNames.stem(first), several);
      return 0;
    }
    return Batch.run(
        images,
        spec.commandLine(),
        (image, stem) -> {
          try {
            compare(comparison, report, comparison.prepare(image), image, stem, several);
          } catch (CancelledException e) {
            throw e;
          } catch (RuntimeException | OutOfMemoryError e) {
            report.failed(image.toString(), String.valueOf(e.getMessage()));
            throw e;
          }
        });
  }

  private void compare(
      Comparison comparison,
      ComparisonReport report,
      Subject subject,
      Path source,
      String stem,
      boolean severalTargets) {
    List<String> lines = new ArrayList<>();
    try (ProgressBar bar = new ProgressBar(spec.commandLine().getErr())) {
      comparison.compare(
          subject,
          bar,
          layer -> {
            String name = severalTargets ? stem + "." + layer.target().index() : stem;
            if (comparison.places().size() > 1) {
              name += "." + FileNames.safe(layer.place().name());
            }
            lines.add(line(source, layer, report.add(name, layer)));
            warn(source, layer);
          });
    }
    lines.forEach(spec.commandLine().getOut()::println);
    spec.commandLine().getOut().flush();
  }

  private static String line(Path source, LayerComparison layer, Path sheet) {
    return String.join(
        "\t",
        source.toString(),
        layer.target().name(),
        ExplanationText.score(layer.target()),
        layer.place().name(),
        verdict(layer),
        sheet.toString());
  }

  private static String verdict(LayerComparison layer) {
    int pairs = layer.betweenBackends().size();
    long wrong = layer.count(Verdict.DISAGREES);
    long kinks = layer.count(Verdict.KINK);
    if (pairs == 0) {
      return "one backend";
    } else if (wrong > 0) {
      return "DISAGREES in " + wrong + " of " + pairs;
    }
    long sensitive = layer.count(Verdict.SENSITIVE);
    List<String> words = new ArrayList<>();
    if (kinks > 0) {
      words.add("kinks in " + kinks + " of " + pairs);
    }
    if (sensitive > 0) {
      words.add("magnified rounding in " + sensitive + " of " + pairs);
    }
    return words.isEmpty() ? "agrees" : "agrees but for " + String.join(" and ", words);
  }

  private void warn(Path source, LayerComparison layer) {
    PrintWriter err = spec.commandLine().getErr();
    layer.cells().stream()
        .filter(cell -> cell.explanation().isEmpty())
        .map(cell -> cell.method() + " on " + cell.backend() + ": " + cell.reason())
        .distinct()
        .forEach(reason -> err.println("pellucid: note: left out " + reason));
    layer.cells().stream()
        .flatMap(cell -> cell.explanation().stream())
        .map(Explanation::saliency)
        .flatMap(saliency -> saliency.warnings().stream())
        .distinct()
        .forEach(warning -> err.println("pellucid: warning: " + source + ": " + warning));
    err.flush();
  }

  private ComparisonRequest request() {
    return new ComparisonRequest(
        methods.equals(ComparisonRequest.ALL) ? methods : named("--methods", methods),
        selection.options(),
        layers.layers(),
        Optional.ofNullable(fusion)
            .map(rule -> NetworkOptions.choice("--fuse", Fusion.class, rule)),
        selection.target(),
        selection.maps(),
        selection.cells(),
        selection.pixels(),
        selection.neurons(),
        tolerance == null ? OptionalDouble.empty() : OptionalDouble.of(tolerance));
  }

  /** What was named; nothing for all. */
  static List<String> named(String option, List<String> ids) {
    if (ids.stream().anyMatch(String::isBlank)) {
      throw new InvalidRequestException(option + " takes ids with commas between, or all");
    }
    if (ids.contains(ALL) && ids.size() > 1) {
      throw new InvalidRequestException(option + " takes ids or all, found " + ids);
    }
    return ids.equals(List.of(ALL)) ? List.of() : ids.stream().map(String::strip).toList();
  }
}
