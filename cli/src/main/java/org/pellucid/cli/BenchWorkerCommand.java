package org.pellucid.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.pellucid.api.Device;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.Subject;
import org.pellucid.core.TargetChoice;
import org.pellucid.core.bench.WorkerServer;
import org.pellucid.core.image.Preset;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A process that is timed by {@code bench}, or by anybody who talks to it as that does. */
@Command(
    name = "bench-worker",
    hidden = true,
    description =
        "Opens a model and answers questions on stdin, as org.pellucid.core.bench.WorkerServer says,"
            + " until there are no more.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BenchWorkerCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;

  @Parameters(index = "1", arity = "0..1", paramLabel = "IMAGE", description = "Image.")
  private Path image;

  @Mixin private SourceOptions sources;

  @Option(names = "--target", paramLabel = "T", defaultValue = "top", description = "The target.")
  private String target;

  @Option(names = "--layer", paramLabel = "L", description = "A layer that must be there.")
  private String layer;

  @Override
  public Integer call() {
    PrintStream answers = System.out;
    // Libraries that print must not print between the answers.
    System.setOut(System.err);
    WorkerServer server =
        new WorkerServer(
            this::load,
            this::subject,
            Request.DEFAULT.withTarget(target),
            presumedDevice(),
            answers);
    // Whoever asked may have been killed: nothing is left to be done, and nothing to be tidied up.
    boolean opened = server.serve(System.in, () -> Runtime.getRuntime().halt(0));
    return opened ? 0 : Failures.SOFTWARE;
  }

  /** The model, if it has what was named. */
  private Pellucid load() {
    Pellucid pellucid = model.load();
    try {
      pellucid.severalTargets(TargetChoice.of(target));
      if (layer != null) {
        pellucid.layers().find(layer);
      }
      return pellucid;
    } catch (RuntimeException | Error e) {
      pellucid.close();
      throw e;
    }
  }

  private Device presumedDevice() {
    String device = model.device();
    return device.equals("auto") ? Device.gpu(0) : Device.of(device);
  }

  private Subject subject(Pellucid pellucid) {
    if (image != null) {
      return pellucid.prepare(String.valueOf(image.getFileName()), SourceImage.read(image));
    }
    if (!sources.arrays().isEmpty()) {
      return pellucid.prepare("input", ArrayInputs.read(pellucid, sources.arrays()));
    }
    model.size().ifPresent(size -> requireSize(size, pellucid.graph().inputs()));
    return pellucid.prepare("input", noise(pellucid.graph().inputs()));
  }

  /** As where there is an image, for which the same is found out when it is prepared. */
  private static void requireSize(Preset.Size size, Map<String, TensorType> inputs) {
    boolean taken =
        inputs.values().stream()
            .map(TensorType::shape)
            .filter(shape -> shape.rank() == 4)
            .anyMatch(
                shape ->
                    shape.dim(2) == size.height() && shape.dim(3) == size.width()
                        || shape.dim(1) == size.height() && shape.dim(2) == size.width());
    if (!taken) {
      throw new InvalidRequestException(
          "The input cannot be of size "
              + size.height()
              + "x"
              + size.width()
              + ": the model takes "
              + inputs
              + "; --sizes and --size are for models that leave their size open");
    }
  }

  /** Standard normal numbers for every floating input, zeros for others. */
  private static Map<String, Tensor> noise(Map<String, TensorType> types) {
    SplittableRandom random = new SplittableRandom(0);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    types.forEach(
        (name, type) -> {
          double[] values = new double[Math.toIntExact(type.shape().size())];
          if (type.elementType().isFloating()) {
            for (int i = 0; i < values.length; i++) {
              // Whatever the precision, the same numbers.
              values[i] = (float) random.nextGaussian();
            }
          }
          ElementType kept =
              type.elementType().isFloating() ? ElementType.FLOAT32 : type.elementType();
          inputs.put(name, Tensor.of(type.shape(), values).cast(kept));
        });
    return inputs;
  }
}
