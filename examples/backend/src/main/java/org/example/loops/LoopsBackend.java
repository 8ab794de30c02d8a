package org.example.loops;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.GraphBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;

/** A toy: networks in plain loops of Java, in double precision. Gradients come as graphs, too. */
public final class LoopsBackend extends GraphBackend {
  @Override
  public String id() {
    return "loops";
  }

  @Override
  public Availability availability() {
    return Availability.yes("plain loops of Java");
  }

  /** Below 0: taken where it is asked for. */
  @Override
  public int preference() {
    return -200;
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
    if (precision != Precision.FLOAT64) {
      return Optional.of("loops compute in float64, not in " + precision.id());
    }
    return Loops.of(node.operation()).isPresent()
        ? Optional.empty()
        : Optional.of("nobody has written a loop for it yet");
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    return new LoopsEngine();
  }
}
