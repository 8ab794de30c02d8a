package org.pellucid.api;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.Layouts;

/**
 * A model that hands what it is asked on to another, for those that watch or change some of it.
 * What an engine does in one go, beyond plain passes, is not handed on: {@link #forward(Map, Set,
 * Expectation)} is a plain pass, inputs are made before it, and {@link #noisyRuns()} is empty, so
 * that all that runs goes through {@link #forward(Map, Set)}.
 *
 * @since 0.1.0
 */
public abstract class ForwardingModel implements LoadedModel {
  private final LoadedModel model;

  /** Hands on to a model. */
  protected ForwardingModel(LoadedModel model) {
    this.model = model;
  }

  @Override
  public ModelGraph graph() {
    return model.graph();
  }

  @Override
  public Batching batching() {
    return model.batching();
  }

  @Override
  public Layouts layouts() {
    return model.layouts();
  }

  @Override
  public LoadOptions options() {
    return model.options();
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
    return model.forward(inputs, taps);
  }

  @Override
  public LoadedModel companion(Object key, LoadOptions options, Supplier<ModelGraph> graph) {
    return model.companion(key, options, graph);
  }

  @Override
  public void close() {
    model.close();
  }
}
