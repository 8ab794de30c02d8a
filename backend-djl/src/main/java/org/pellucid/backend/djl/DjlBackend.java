package org.pellucid.backend.djl;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Availability;
import org.pellucid.api.BackendException;
import org.pellucid.api.Device;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.gradient.GradientRules;

/**
 * PyTorch through the Deep Java Library (DJL), on the CPU or a graphics card, in float32 or
 * float64; gradients are those of PyTorch's autograd, but for {@link LoadOptions#rules} that it has
 * not: these are the differentiated network's, run forward by PyTorch.
 *
 * <p>The natives come from the class path ({@code ai.djl.pytorch:pytorch-native-cpu}) and are
 * unpacked once into DJL's cache directory ({@code DJL_CACHE_DIR}, by default {@code ~/.djl.ai}).
 * Those for graphics cards are not in Maven Central for this version of PyTorch: the environment
 * variable {@code PYTORCH_LIBRARY_PATH} names a directory that has them, and {@code PYTORCH_FLAVOR}
 * is {@code cu128}; this has not been tried on a card. Nothing is downloaded and nothing is
 * reported: before DJL starts, the system properties {@code ai.djl.offline} and {@code
 * OPT_OUT_TRACKING} are set unless they, or their environment variables, are set already. DJL can
 * be loaded by one class loader of a JVM only.
 *
 * <p><b>Threads.</b> PyTorch keeps the number of threads within an operation per calling thread and
 * as a process-wide default. It is set for the calling thread whenever a model is used: to {@link
 * LoadOptions#threads}, or to what the engine chose when it was started.
 *
 * <p><b>Deterministic mode.</b> On the CPU, equal questions have bitwise equal answers in any case,
 * as long as the number of threads is the same; the option costs nothing. On a graphics card
 * PyTorch would have to be told to avoid atomic additions, which DJL offers no way to do: there the
 * option is refused.
 *
 * <p><b>Graphics cards.</b> There PyTorch may multiply float32 in TF32 within convolutions, which
 * DJL cannot switch off; the environment variable {@code NVIDIA_TF32_OVERRIDE=0} does. float64 is
 * not affected.
 */
public final class DjlBackend implements GradientBackend {
  private static final Set<Precision> PRECISIONS = Set.of(Precision.FLOAT32, Precision.FLOAT64);

  /** Makes the backend; PyTorch is started when it is first needed. */
  public DjlBackend() {}

  @Override
  public String id() {
    return "djl";
  }

  @Override
  public Availability availability() {
    try {
      return Availability.yes(Torch.get().describe());
    } catch (PellucidException e) {
      return Availability.no(e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      return Availability.no(unusable(e));
    }
  }

  @Override
  public int preference() {
    return 100;
  }

  @Override
  public List<Device> devices() {
    try {
      return Torch.get().devices();
    } catch (RuntimeException | LinkageError e) {
      return List.of();
    }
  }

  @Override
  public Set<Precision> precisions() {
    return PRECISIONS;
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return PRECISIONS.contains(precision)
        ? Lowerings.all().refusal(node)
        : Optional.of(unknown(precision));
  }

  private static String unknown(Precision precision) {
    return "the djl backend has float32 and float64, not " + precision.id();
  }

  @Override
  public LoadedModel load(ModelGraph graph, LoadOptions options) {
    if (!PRECISIONS.contains(options.precision())) {
      throw new BackendException("Precision not available: " + unknown(options.precision()));
    }
    List<String> refusals =
        graph.nodes().stream()
            .flatMap(
                node ->
                    refusal(node, options.precision())
                        .map(reason -> node.describe() + ": " + reason)
                        .stream())
            .toList();
    if (!refusals.isEmpty()) {
      throw new UnsupportedModelException(
          "The djl backend cannot run " + String.join("; ", refusals));
    }
    Torch torch = engine();
    if (!torch.devices().contains(options.device())) {
      throw new BackendException(
          "The djl backend has no device "
              + options.device()
              + "; there are "
              + torch.devices()
              + (options.device().kind() == Device.Kind.GPU
                  ? ". A graphics card needs the CUDA libraries of PyTorch 2.7.1: set"
                      + " PYTORCH_LIBRARY_PATH to their directory and PYTORCH_FLAVOR to cu128"
                  : ""));
    }
    if (options.deterministic() && options.device().kind() == Device.Kind.GPU) {
      throw new BackendException(
          "The djl backend cannot promise bitwise equal answers on "
              + options.device()
              + "; leave the deterministic mode or use the cpu");
    }
    // Autograd has the rules of calculus alone.
    return options.rules() == GradientRules.STANDARD
        ? DjlModel.load(this, torch, graph, options)
        : new DifferentiatedDjl(this, torch).load(graph, options);
  }

  private static Torch engine() {
    try {
      return Torch.get();
    } catch (LinkageError e) {
      throw new BackendException(unusable(e), e);
    }
  }

  private static String unusable(Throwable failure) {
    return String.valueOf(failure.getMessage()).startsWith("ai/djl/")
        ? "The djl backend finds no DJL: add ai.djl.pytorch:pytorch-engine:0.35.1 and the"
            + " dependencies that it names"
        : "The djl backend cannot be used: " + failure;
  }
}
