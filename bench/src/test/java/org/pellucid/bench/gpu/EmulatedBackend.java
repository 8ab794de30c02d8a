package org.pellucid.bench.gpu;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.backend.cuda.Cards;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;

/**
 * The cuda backend on the emulated driver, as a service of its own: only where a test puts it on
 * the class path.
 */
public final class EmulatedBackend implements GradientBackend {
  private final GradientBackend cuda = Cards.emulated(EmulatedCard.hopper());

  @Override
  public String id() {
    return "emulated";
  }

  @Override
  public Availability availability() {
    return cuda.availability();
  }

  @Override
  public List<Device> devices() {
    return cuda.devices();
  }

  @Override
  public Optional<Device> device(String name) {
    return cuda.device(name);
  }

  @Override
  public Set<Precision> precisions() {
    return cuda.precisions();
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return cuda.refusal(node, precision);
  }

  @Override
  public LoadedModel load(ModelGraph graph, LoadOptions options) {
    return cuda.load(graph, options);
  }
}
