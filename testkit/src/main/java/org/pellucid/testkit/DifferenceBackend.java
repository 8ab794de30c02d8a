package org.pellucid.testkit;

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

/**
 * An oracle for networks of a few dozen neurons: runs the operations' reference evaluation in
 * float64 and takes gradients by central differences, one neuron after the other. It shares nothing
 * with any engine's gradients; it is exact (to about 1e-9) where the network is piecewise linear
 * and no kink is within {@value #STEP} of a neuron's value. Not a service.
 */
public final class DifferenceBackend implements GradientBackend {
  /** How far a neuron is moved to either side; a power of two, so that moving it is exact. */
  static final double STEP = 0x1p-13;

  @Override
  public String id() {
    return "difference";
  }

  @Override
  public Availability availability() {
    return Availability.yes("reference evaluation and central differences");
  }

  @Override
  public List<Device> devices() {
    return List.of(Device.CPU);
  }

  @Override
  public Set<Precision> precisions() {
    return Set.of(Precision.FLOAT64);
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return Optional.empty();
  }

  @Override
  public LoadedModel load(ModelGraph graph, LoadOptions options) {
    if (options.precision() != Precision.FLOAT64 || !options.device().equals(Device.CPU)) {
      throw new BackendException(
          "The backend difference runs on the cpu in float64, found "
              + options.device()
              + " and "
              + options.precision().id());
    }
    return new DifferenceModel(graph, options);
  }
}
