package org.pellucid.core;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import java.util.Set;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.Passes;

/**
 * A network in a backend, in up to two forms: the fastest, with batch normalisation folded, and one
 * with every tensor of the original, loaded only when a tap asks for a tensor that folding removes.
 */
final class EngineModels implements AutoCloseable {
  private final ModelGraph graph;
  private final ModelGraph folded;
  private final GradientBackend backend;
  private final LoadOptions options;
  private final Supplier<Batching> batching;
  private LoadedModel fastest;
  private LoadedModel complete;
  private boolean closed;

  EngineModels(ModelGraph graph, String scores, GradientBackend backend, LoadOptions options) {
    this.graph = graph;
    this.backend = backend;
    this.options = options;
    Set<String> keep = Set.of(scores);
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
    if (complete == null) {
      complete = backend.load(graph, options);
    }
    return complete;
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
      if (complete != null) {
        complete.close();
      }
      fastest = null;
      complete = null;
    }
  }
}
