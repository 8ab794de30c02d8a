package org.pellucid.testkit;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.gradient.GradientRules;
import org.pellucid.graph.pass.Batching;

/** A network in a {@link DifferenceBackend}. */
final class DifferenceModel implements LoadedModel {
  private final ModelGraph graph;
  private final Batching batching;
  private final LoadOptions options;

  DifferenceModel(ModelGraph graph, LoadOptions options) {
    this.graph = graph;
    this.batching = Batching.of(graph);
    this.options = options;
  }

  @Override
  public ModelGraph graph() {
    return graph;
  }

  @Override
  public Batching batching() {
    return batching;
  }

  @Override
  public LoadOptions options() {
    return options;
  }

  @Override
  public LoadedModel companion(Object key, LoadOptions other, Supplier<ModelGraph> network) {
    if (other.rules() != GradientRules.STANDARD) {
      throw new UnsupportedModelException(
          "The difference backend has true gradients alone, and no others by rules");
    }
    return new DifferenceModel(network.get(), other);
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
    if (!inputs.keySet().equals(graph.inputs().keySet())) {
      throw new InvalidRequestException(
          "The model has inputs " + graph.inputs().keySet() + ", found " + inputs.keySet());
    }
    Set<String> reached = graph.downstream(graph.inputs().keySet());
    for (Tap tap : taps) {
      if (!reached.contains(tap.tensor()) || !graph.type(tap.tensor()).elementType().isFloating()) {
        throw new InvalidRequestException(
            "\"" + tap.tensor() + "\" is no floating tensor that depends on an input");
      }
    }
    Tensor first = inputs.values().iterator().next();
    if (first.shape().rank() == 0) {
      throw new InvalidRequestException("Inputs stack samples along axis 0, found a scalar");
    }
    return new DifferencePass(batching, first.shape().dim(0), inputs, taps, Map.of());
  }

  @Override
  public void close() {}
}
