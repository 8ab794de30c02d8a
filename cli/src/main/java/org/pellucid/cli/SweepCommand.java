package org.pellucid.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.pellucid.core.Loader;
import org.pellucid.core.dataset.DataSet;
import org.pellucid.core.evaluate.Setting;
import org.pellucid.core.render.Colormap;
import org.pellucid.core.sweep.Sweep;
import org.pellucid.core.sweep.SweepReport;
import org.pellucid.core.sweep.SweepRequest;
import org.pellucid.core.sweep.SweepSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tries settings of a method. */
@Command(
    name = "sweep",
    description = {
      "Shows what the number of samples, the noise, the layer and the seed do to the maps of a"
          + " method, and to metrics, on an image or a data set. Writes OUT/results.jsonl and"
          + " OUT/results.csv (a row per map and metric), OUT/sweep.csv and OUT/sweep.json (means"
          + " with intervals), contact sheets of the first images, and OUT/index.html, a page with"
          + " plots that needs no network. A run that was ended goes on where it was when it is"
          + " started again.",
      "",
      "Beside the metrics: agreement-over-seeds is the mean correlation of a raw map with those of"
          + " the other seeds; distance-from-most-samples is how far it is from the mean map of the"
          + " most samples, of the other seeds, as a part of that map's length.",
      "",
      "Layers share their passes, and so do numbers of samples: the largest one runs, and the others"
          + " are its first copies."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid sweep model.onnx cat.png -o out",
      "  pellucid sweep model.onnx photos --samples 1,5,25,50 --noise 0,0.1,0.2 --seeds 3",
      "  pellucid sweep model.onnx examples --method grad-cam --layers conv:-1,conv:-2,conv:-3"
    })
final class SweepCommand implements Callable<Integer> {
  @Mixin private NetworkOptions network;

  @Parameters(
      index = "1",
      paramLabel = "IMAGE|DATASET",
      description = "An image, or the images and what is known. See: pellucid evaluate --help")
  private Path dataSet;

  @Option(
      names = "--method",
      completionCandidates = Choices.Methods.class,
      paramLabel = "ID[:NAME=VALUE]",
      defaultValue = "smooth-grad-cam++",
      description = "The method, with options that stay as they are. Default: ${DEFAULT-VALUE}.")
  private String method;

  @Mixin private BackendOption backend;

  @Mixin private EngineOptions engine;

  @Mixin private MeasuringOptions measuring;

  @Option(
      names = "--samples",
      paramLabel = "N",
      split = ",",
      description = "Numbers of noisy copies. Default, where the method has them: 1,5,25,50.")
  private List<Integer> samples;

  @Option(
      names = "--noise",
      paramLabel = "LEVEL",
      split = ",",
      description = "Levels of noise. Default, where the method has it: 0,0.05,0.1,0.15,0.2,0.3.")
  private List<Double> noise;

  @Option(names = "--seeds", paramLabel = "N", description = "How many seeds, from 0. Default: 5.")
  private Integer seeds;

  @Mixin private RenderingOptions rendering = new RenderingOptions(Colormap.VIRIDIS);

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    DataSet data = measuring.open(dataSet);
    Loader loader =
        engine.apply(network.loader()).registry(Installation.of(spec)).backend(backend.id());
    PrintWriter err = spec.commandLine().getErr();
    try (Sweep sweep = Sweep.of(loader, network.file(), data, request(loader))) {
      ModelOptions.warn(sweep.model(), spec);
      SweepSummary summary;
      try (ProgressBar bar = new ProgressBar(err)) {
        summary = sweep.run(measuring.directory(), bar);
      }
      sweep
          .failures()
          .forEach((image, why) -> err.println("pellucid: note: left out " + image + ": " + why));
      err.flush();
      if (summary.rows().isEmpty()) {
        return Failures.MALFORMED;
      }
      PrintWriter out = spec.commandLine().getOut();
      summary.lines().forEach(out::println);
      SweepReport.write(measuring.directory(), sweep, summary, rendering.settings())
          .forEach(out::println);
      out.flush();
      return 0;
    }
  }

  private SweepRequest request(Loader loader) {
    Setting setting = Setting.parse(method);
    SweepRequest request =
        SweepRequest.of(loader.registry().explainer(setting.id()))
            .withMethod(setting)
            .withLayers(measuring.layers())
            .withMetrics(measuring.metrics());
    if (samples != null) {
      request = request.withSamples(samples);
    } else if (setting.options().containsKey("samples")) {
      request = request.withSamples(List.of());
    }
    if (noise != null) {
      request = request.withNoise(noise);
    } else if (setting.options().containsKey("noise")) {
      request = request.withNoise(List.of());
    }
    if (seeds != null) {
      request = request.withSeeds(seeds);
    }
    return measuring.target().map(request::withTarget).orElse(request);
  }
}
