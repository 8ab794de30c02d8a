package org.pellucid.api.reference;

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
import org.pellucid.graph.ReferenceInterpreter;

/**
 * The reference: every operation as it is defined, in plain Java and float64, on the CPU. It needs
 * nothing else, runs every operation, and is slow: a check for other backends, and an answer for
 * small networks where there is no other. Equal questions have bitwise equal answers.
 *
 * <p>Its gradients are those of the differentiated network ({@link
 * org.pellucid.graph.gradient.Differentiation}), run by the {@link ReferenceInterpreter}.
 *
 * @since 0.1.0
 */
public final class ReferenceBackend extends GraphBackend {
  /** Makes the backend. */
  public ReferenceBackend() {}

  @Override
  public String id() {
    return "reference";
  }

  @Override
  public Availability availability() {
    return Availability.yes("plain Java, slow: for checking the others");
  }

  @Override
  public int preference() {
    return -100;
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
    return precision == Precision.FLOAT64
        ? Optional.empty()
        : Optional.of("the reference backend has float64, not " + precision.id());
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    return new ReferenceEngine();
  }
}
