package org.pellucid.backend.djl;

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

/** The same backend with the gradients of the differentiated network in place of autograd's. */
final class DifferentiatedDjl extends GraphBackend {
  private final DjlBackend backend;
  private final Torch torch;

  DifferentiatedDjl(DjlBackend backend, Torch torch) {
    this.backend = backend;
    this.torch = torch;
  }

  @Override
  public String id() {
    return backend.id();
  }

  @Override
  public Availability availability() {
    return backend.availability();
  }

  @Override
  public List<Device> devices() {
    return backend.devices();
  }

  @Override
  public Set<Precision> precisions() {
    return backend.precisions();
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return backend.refusal(node, precision);
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    return new DjlEngine(backend, torch, options);
  }
}
