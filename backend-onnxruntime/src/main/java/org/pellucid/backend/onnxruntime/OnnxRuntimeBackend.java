package org.pellucid.backend.onnxruntime;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Availability;
import org.pellucid.api.BackendException;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.GraphBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.PellucidException;

/**
 * ONNX Runtime, which runs the network and the graphs of its gradients, in float32: its CPU kernels
 * lack convolution, average pooling and more in float64.
 *
 * <p>The natives come with {@code com.microsoft.onnxruntime:onnxruntime} and are unpacked into a
 * temporary directory when the backend is first used. Who excludes that package and adds {@code
 * onnxruntime_gpu} in its place has graphics cards, too, if the CUDA libraries that it asks for are
 * there; this has not been tried on a card. Nothing is downloaded, and natives that would report to
 * their maker are refused ({@code ORT_DISABLE_TELEMETRY=1} in the environment silences them).
 *
 * <p><b>Threads.</b> {@link LoadOptions#threads} is the number of threads within an operation;
 * without it ONNX Runtime takes one per core. On the CPU several samples go up to the taps beside
 * each other, as many as there are threads (without the option, processors that the JVM sees) and
 * as the memory budget holds, each in a run on one thread; what is after the taps runs once for
 * all, on all threads. Samples that are no more than half of that many run one after another, on
 * all threads; without taps, or with taps at the input alone, they run as one batch.
 *
 * <p><b>Deterministic mode.</b> On the CPU equal questions have bitwise equal answers for the same
 * number of threads. On a graphics card the option is refused.
 *
 * <p><b>Weights.</b> Large matrices of dense layers are copied out of the Java heap once for all
 * that is compiled of a model. So are, on the CPU, equal filters of convolutions, in the order in
 * which the processor reads them, where those of a graph have 16 MB and more: on their way they
 * pass through files in the system's temporary directory, which are the user's own where the system
 * keeps files apart, and are removed as soon as the graph is compiled. Filters of all models
 * together take at most 2 GB, and up to Java 21 a quarter of the largest heap (as much as which the
 * JVM allows outside of it, unless it is told otherwise); what exceeds that, all other weights, and
 * all where such files cannot be written or on graphics cards, each compiled graph has for itself.
 *
 * <p><b>Class loaders.</b> The environment of ONNX Runtime is shared with other users of the same
 * classes, and never closed. Where two class loaders load them (an application and a plugin, say),
 * each has natives and an environment of its own, which work side by side. The natives crash the
 * JVM where its command line is very long: long class paths go into the variable {@code CLASSPATH}.
 */
public final class OnnxRuntimeBackend extends GraphBackend {
  private static final Set<Precision> PRECISIONS = Set.of(Precision.FLOAT32);

  private final WeightSharing sharing;

  /** Makes the backend; ONNX Runtime is started when it is first needed. */
  public OnnxRuntimeBackend() {
    this(WeightSharing.measured());
  }

  /** A backend that shares weights as told. */
  OnnxRuntimeBackend(WeightSharing sharing) {
    this.sharing = sharing;
  }

  @Override
  public String id() {
    return "onnxruntime";
  }

  /** It is faster than PyTorch on the CPU, as {@code bench/README.md} tells. */
  @Override
  public int preference() {
    return 200;
  }

  @Override
  public Availability availability() {
    try {
      return Availability.yes(OnnxRuntime.get().describe());
    } catch (PellucidException e) {
      return Availability.no(e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      return Availability.no("The onnxruntime backend cannot be used: " + e);
    }
  }

  @Override
  public List<Device> devices() {
    try {
      return OnnxRuntime.get().devices();
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
        ? Optional.empty()
        : Optional.of("the onnxruntime backend has float32, not " + precision.id());
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    if (options.deterministic() && options.device().kind() == Device.Kind.GPU) {
      throw new BackendException(
          "The onnxruntime backend cannot promise bitwise equal answers on "
              + options.device()
              + "; leave the deterministic mode or use the cpu");
    }
    return new OrtEngine(OnnxRuntime.get().environment(), options, sharing);
  }
}
