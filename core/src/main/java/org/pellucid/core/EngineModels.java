package org.pellucid.core;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.Passes;

/**
 * A network in a backend, in several forms: the fastest, with batch normalisation folded; one with
 * every tensor of the original, loaded only when a tap asks for a tensor that folding removes; and
 * others with tokens turned into feature maps, where these are asked for.
 */
final class EngineModels implements AutoCloseable {
  private final Classifier classifier;
  private final ModelGraph folded;
  private final GradientBackend backend;
  private final LoadOptions options;
  private final Supplier<Batching> batching;
  private LoadedModel fastest;
  private final Map<Set<Tap>, LoadedModel> complete = new HashMap<>();
  private boolean closed;

  EngineModels(Classifier classifier, GradientBackend backend, LoadOptions options) {
    this.classifier = classifier;
    ModelGraph graph = classifier.graph();
    this.backend = backend;
    this.options = options;
    Set<String> keep = Set.of(classifier.head().logits());
    // Folded weights are rounded once more, which double precision would show.
    this.folded =
        options.precision() == Precision.FLOAT64
            ? graph
            : Passes.foldBatchNormalization(Passes.simplify(graph, keep), keep);
    this.batching = Suppliers.memoize(() -> Batching.of(folded));
  }

  /** How samples travel together in the fastest form; asks no engine. */
  Batching batching() {
    return batching.get();
  }

  GradientBackend backend() {
    return backend;
  }

  LoadOptions options() {
    return options;
  }

  /** The form that runs fastest; it has the inputs, outputs and scores. */
  synchronized LoadedModel fastest() {
    checkOpen();
    if (fastest == null) {
      fastest = backend.load(folded, options);
    }
    return fastest;
  }

  /** The fastest form that has all of some taps. */
  synchronized LoadedModel with(Set<Tap> taps) {
    if (taps.stream().allMatch(tap -> folded.has(tap.tensor()))) {
      return fastest();
    }
    checkOpen();
    Set<Tap> grids =
        taps.stream()
            .filter(tap -> !classifier.graph().has(tap.tensor()))
            .collect(Collectors.toSet());
    return complete.computeIfAbsent(
        grids, layers -> backend.load(classifier.graphWith(layers), options));
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("The model was closed");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      if (fastest != null) {
        fastest.close();
      }
    } finally {
      complete.values().forEach(LoadedModel::close);
      fastest = null;
      complete.clear();
    }
  }
}
