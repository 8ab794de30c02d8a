package org.pellucid.backend.cuda;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.GraphBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;

/**
 * NVIDIA cards, with kernels of our own and nothing beneath but the driver: no CUDA toolkit, no
 * cuDNN, no framework.
 */
public final class CudaBackend extends GraphBackend {
  private static final Set<Precision> PRECISIONS = Set.of(Precision.FLOAT32, Precision.FLOAT64);

  /** Makes the backend; the driver is started when it is first needed. */
  public CudaBackend() {}

  @Override
  public String id() {
    return "cuda";
  }

  @Override
  public Availability availability() {
    return Availability.no("not yet");
  }

  @Override
  public List<Device> devices() {
    return IntStream.range(0, 0).mapToObj(Device::gpu).toList();
  }

  @Override
  public Set<Precision> precisions() {
    return PRECISIONS;
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return PRECISIONS.contains(precision)
        ? Lowerings.all().refusal(node)
        : Optional.of("the cuda backend has float32 and float64, not " + precision.id());
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    throw new IllegalStateException();
  }
}
