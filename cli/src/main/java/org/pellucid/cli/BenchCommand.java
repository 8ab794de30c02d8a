package org.pellucid.cli;

import java.io.PrintWriter;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.pellucid.api.Device;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Precision;
import org.pellucid.core.ModelFile;
import org.pellucid.core.Registry;
import org.pellucid.core.bench.Baseline;
import org.pellucid.core.bench.Benchmark;
import org.pellucid.core.bench.BenchmarkReport;
import org.pellucid.core.bench.BenchmarkRequest;
import org.pellucid.core.bench.BenchmarkResult;
import org.pellucid.core.bench.BenchmarkTable;
import org.pellucid.core.bench.Machine;
import org.pellucid.core.bench.Setting;
import org.pellucid.core.bench.WorkerProcess;
import org.pellucid.core.image.Preset;
import org.pellucid.core.text.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Times backends and methods. */
@Command(
    name = "bench",
    description = {
      "Times methods on backends, each backend in a process of its own, in turns: which to deploy,"
          + " with how many samples, on this machine. Prints a table; writes OUT/bench.json and"
          + " OUT/bench.html (a page with plots that needs no network).",
      "",
      "Columns: the median of the visits and their quartiles; images per second; the time by that of"
          + " a plain forward pass of one image on the same backend; the peak of the heap, of the"
          + " process and of the device while it runs once; how far the raw map is from that in"
          + " double precision, as a part of the largest value. Backends that cannot do it have a"
          + " row with the reason."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid bench model.onnx cat.png -o out",
      "  pellucid bench model.onnx --methods smooth-grad-cam++ --samples 4,25,100 --batch 1,8",
      "  pellucid bench model.onnx --backends onnxruntime,djl --threads 1,2,4",
      "  pellucid bench model.onnx --baseline out/bench.json -o new"
    })
final class BenchCommand implements Callable<Integer> {
  private static final String TOP = "top";

  @Mixin private NetworkOptions network;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "IMAGE",
      description = "Image to explain. Default: random numbers.")
  private Path image;

  @Mixin private SourceOptions sources;

  @Mixin private BenchWorks works;

  @Option(
      names = {"--backends", "--backend"},
      completionCandidates = Choices.Backends.class,
      paramLabel = "ID",
      split = ",",
      description = "Backends, or all. Default: all. See: pellucid backends")
  private List<String> backends = new ArrayList<>();

  @Option(
      names = {"--devices", "--device"},
      completionCandidates = Choices.Devices.class,
      paramLabel = "DEVICE",
      split = ",",
      defaultValue = "auto",
      description = "Devices: auto, cpu, gpu or gpu:N.")
  private List<String> devices;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description =
          "Threads that compute: within an operation or, with onnxruntime and several samples, a"
              + " sample each. Default: the engine's own choice.")
  private List<Integer> threads = new ArrayList<>();

  @Option(
      names = "--sizes",
      paramLabel = "HxW",
      split = ",",
      description = "Sizes of the input, where the model leaves it open. Default: the model's.")
  private List<String> sizes = new ArrayList<>();

  @Option(
      names = "--precision",
      completionCandidates = Choices.Precisions.class,
      paramLabel = "P",
      defaultValue = "float32",
      description = "float32, float64, tf32 or bf16, as the backends have.")
  private String precision;

  @Option(
      names = "--target",
      paramLabel = "T",
      defaultValue = TOP,
      description =
          "What is explained, as explain takes it. Default: the class that double precision"
              + " predicts, on all backends.")
  private String target;

  @Option(
      names = "--time-limit",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description =
          "When to stop, though each work is measured once at least. Default: ${DEFAULT-VALUE}.")
  private double timeLimit;

  @Option(
      names = "--tight",
      paramLabel = "PART",
      defaultValue = "0.03",
      description =
          "A work is done when its median is known to this part of it, with 95 %% confidence."
              + " Default: ${DEFAULT-VALUE}.")
  private double tightness;

  @Option(
      names = "--reference",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether maps are held against those in double precision. Default: yes.")
  private boolean reference;

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description =
          "The bench.json of an earlier run, to compare with: prints ratios, and ends with exit code"
              + " 7 where something is slower beyond noise. Everything is written first.")
  private Path baseline;

  @Option(
      names = "--slack",
      paramLabel = "PART",
      defaultValue = "0.1",
      description =
          "By which part two runs may differ though nothing has changed; slower beyond noise is what"
              + " is so with 99 %% confidence. Default: ${DEFAULT-VALUE}.")
  private double slack;

  @Mixin private ResultOptions results;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (image != null && !sources.arrays().isEmpty()) {
      throw new InvalidRequestException("Give an image, or arrays with --npy, and not both");
    }
    if (!(slack >= 0)) {
      throw new InvalidRequestException("--slack is not negative, found " + slack);
    }
    BenchmarkRequest request = request(Installation.of(spec));
    ModelFile file = new ModelFile(network.file());
    Optional<Baseline> before = Optional.ofNullable(baseline).map(Baseline::read);
    before.ifPresent(earlier -> earlier.checkModel(file.sha256()));
    BenchmarkResult result;
    try (ProgressBar bar = new ProgressBar(spec.commandLine().getErr())) {
      result =
          Benchmark.run(request, this::worker, (done, total) -> bar.at(done / 1000, total / 1000));
    }
    if (!result.timed()) {
      result.refusals().values().stream()
          .findFirst()
          .ifPresent(
              refusal -> {
                throw refusal;
              });
      throw new InvalidRequestException(
          "Nothing could be timed: " + result.cells().get(0).reason());
    }
    return report(file, request, result, before);
  }

  private int report(
      ModelFile file, BenchmarkRequest request, BenchmarkResult result, Optional<Baseline> before) {
    Machine machine = Machine.here();
    List<Baseline.Change> changes =
        before.map(earlier -> earlier.compare(result.cells(), slack)).orElse(List.of());
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    TextTable.lines(BenchmarkTable.columns(), BenchmarkTable.rows(result)).forEach(out::println);
    if (before.isPresent()) {
      if (!machine.equals(before.get().machine())) {
        err.println(
            "pellucid: warning: the baseline was made elsewhere: "
                + before.get().machine().describe());
      }
      if (changes.isEmpty()) {
        err.println("pellucid: warning: the baseline has nothing that was timed here");
      } else {
        out.println();
        TextTable.lines(
                BenchmarkTable.changeColumns(), changes.stream().map(BenchmarkTable::row).toList())
            .forEach(out::println);
      }
    }
    out.println();
    BenchmarkReport.Facts facts =
        new BenchmarkReport.Facts(file.name(), file.sha256(), imageName(), request, machine);
    BenchmarkReport.write(results.directory(), facts, result, changes).forEach(out::println);
    out.flush();
    err.flush();
    boolean slower =
        changes.stream().anyMatch(change -> change.verdict() == Baseline.Verdict.SLOWER);
    return slower ? Failures.SLOWER : 0;
  }

  private String imageName() {
    if (image != null) {
      return String.valueOf(image.getFileName());
    }
    return sources.arrays().isEmpty() ? "random numbers" : String.join(", ", sources.arrays());
  }

  private BenchmarkRequest request(Registry registry) {
    List<String> ids =
        CompareCommand.named("--backends", backends).isEmpty()
            ? registry.backends().stream().map(backend -> backend.id()).toList()
            : CompareCommand.named("--backends", backends);
    // A misspelt backend or device should not wait for anything.
    ids.forEach(registry::backend);
    devices.stream().filter(device -> !device.equals("auto")).forEach(Device::of);
    List<OptionalInt> counts =
        threads.isEmpty()
            ? List.of(OptionalInt.empty())
            : threads.stream().map(BenchCommand::checkedThreads).toList();
    List<Optional<Preset.Size>> pixels =
        sizes.isEmpty()
            ? List.of(Optional.empty())
            : sizes.stream()
                .map(size -> Optional.of(NetworkOptions.size("--sizes", size)))
                .toList();
    return new BenchmarkRequest(
        works.works(registry),
        ids,
        devices,
        counts,
        pixels,
        Precision.of(precision),
        timeLimit,
        tightness,
        reference,
        target.equals(TOP));
  }

  private static OptionalInt checkedThreads(int count) {
    if (count < 1) {
      throw new InvalidRequestException("--threads takes numbers from 1, found " + count);
    }
    return OptionalInt.of(count);
  }

  /** A process that reads the model as this command was told to. */
  private WorkerProcess worker(Setting setting, OptionalInt fixed) {
    List<String> arguments = new ArrayList<>(((Main) spec.root().userObject()).registryArguments());
    arguments.add("bench-worker");
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (option.userObject() instanceof Field field
          && field.getDeclaringClass() == NetworkOptions.class) {
        option
            .originalStringValues()
            .forEach(value -> arguments.add(option.longestName() + "=" + value));
      }
    }
    sources.arrays().forEach(array -> arguments.addAll(List.of("--npy", array)));
    arguments.add("--backend=" + setting.backend());
    arguments.add("--device=" + setting.device());
    arguments.add("--precision=" + setting.precision().id());
    setting.threads().ifPresent(count -> arguments.add("--threads=" + count));
    setting.size().ifPresent(size -> arguments.add("--size=" + setting.sizeText()));
    arguments.add("--target=" + (fixed.isPresent() ? fixed.getAsInt() : target));
    works.layer().ifPresent(layer -> arguments.add("--layer=" + layer));
    arguments.add("--");
    arguments.add(network.file().toString());
    if (image != null) {
      arguments.add(image.toString());
    }
    // The only one whose backend is left open is the one that the others are held against.
    String name = setting.backend().equals("auto") ? "the reference" : setting.toString();
    return new WorkerProcess(name, OwnJvm.command(results.directory(), arguments));
  }
}
