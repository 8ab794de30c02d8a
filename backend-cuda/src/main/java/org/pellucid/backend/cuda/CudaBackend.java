package org.pellucid.backend.cuda;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.pellucid.api.Availability;
import org.pellucid.api.BackendException;
import org.pellucid.api.Device;
import org.pellucid.api.DeviceMemory;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.GraphBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.PellucidException;

/**
 * NVIDIA cards, with kernels of our own and nothing beneath but the driver: no CUDA toolkit, no
 * cuDNN, no framework. It runs the network and the graphs of its gradients, each as a plan of
 * kernels, in float32 and float64, and with the products of convolutions and matrices on tensor
 * cores in tf32 and bf16 (compute capability 8.0 and newer).
 *
 * <p><b>Deterministic mode.</b> Equal questions always have bitwise equal answers on equal cards:
 * no two threads add to one number. But where memory is short, how many samples run at once follows
 * what is free when the model is loaded, and with it the last bits; in the mode it does not.
 *
 * <p><b>Integers.</b> What networks compute of int64 numbers (indices, classes) is a few numbers,
 * and done in Java, exactly.
 */
public final class CudaBackend extends GraphBackend {
  private static final Set<Precision> EVERYWHERE = Set.of(Precision.FLOAT32, Precision.FLOAT64);

  /** From here on cards have tensor cores that take tf32 and bf16. */
  private static final ComputeCapability TENSOR_CORES = new ComputeCapability(8, 0);

  private final Supplier<CudaRuntime> starter;
  private CudaRuntime runtime;

  /** Makes the backend; the driver is started when it is first needed. */
  public CudaBackend() {
    this(CudaRuntime::system);
  }

  /** A backend on a driver, which is started when it is first needed. */
  CudaBackend(Supplier<CudaRuntime> starter) {
    this.starter = starter;
  }

  @Override
  public String id() {
    return "cuda";
  }

  private synchronized CudaRuntime runtime() {
    if (runtime == null) {
      runtime = starter.get();
    }
    return runtime;
  }

  @Override
  public Availability availability() {
    try {
      return Availability.yes(runtime().toString());
    } catch (PellucidException e) {
      return Availability.no(e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      return Availability.no("The cuda backend cannot be used: " + e);
    }
  }

  /** None where the driver cannot be used. */
  @Override
  public List<Device> devices() {
    int count = availability().available() ? runtime().devices().size() : 0;
    return IntStream.range(0, count).mapToObj(Device::gpu).toList();
  }

  @Override
  public Optional<DeviceMemory> memory(Device device) {
    return Optional.of(runtime().memory(runtime().devices().get(device.index())));
  }

  /** Knows the cards by their UUIDs, too. */
  @Override
  public Optional<Device> device(String name) {
    return Device.isUuid(name) && availability().available()
        ? runtime().position(name).map(Device::gpu)
        : super.device(name);
  }

  /** Also where there is no card, what old cards do; tensor cores where a card has them. */
  @Override
  public Set<Precision> precisions() {
    boolean tensorCores =
        availability().available()
            && runtime().devices().stream().anyMatch(CudaBackend::hasTensorCores);
    return tensorCores ? EnumSet.allOf(Precision.class) : EVERYWHERE;
  }

  private static boolean hasTensorCores(CudaDevice device) {
    return device.capability().compareTo(TENSOR_CORES) >= 0;
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return precisions().contains(precision)
        ? Lowerings.all().refusal(node)
        : Optional.of(
            "the cuda backend has float32 and float64 here, not "
                + precision.id()
                + ", which needs a card of compute capability "
                + TENSOR_CORES
                + " or newer");
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    CudaDevice device = runtime().devices().get(options.device().index());
    if (!EVERYWHERE.contains(options.precision()) && !hasTensorCores(device)) {
      throw new BackendException(
          options.precision().id()
              + " needs tensor cores of compute capability "
              + TENSOR_CORES
              + " or newer, which "
              + device
              + " does not have; use float32");
    }
    CudaContext context = runtime().open(device);
    try {
      return new CudaEngine(context, graph, options);
    } catch (RuntimeException | Error e) {
      context.close();
      throw e;
    }
  }
}
