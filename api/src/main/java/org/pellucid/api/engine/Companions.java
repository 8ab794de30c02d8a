package org.pellucid.api.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.graph.ModelGraph;

/**
 * The companions of a model ({@link LoadedModel#companion}) as models of their own in the same
 * backend. Safe for use by several threads.
 */
public final class Companions implements AutoCloseable {
  private final GradientBackend backend;
  private final Map<Object, LoadedModel> models = new HashMap<>();
  private boolean closed;

  /** None yet. */
  public Companions(GradientBackend backend) {
    this.backend = backend;
  }

  /** The companion of a key, loaded when it is first asked for. */
  public synchronized LoadedModel get(Object key, LoadOptions options, Supplier<ModelGraph> graph) {
    if (closed) {
      throw new IllegalStateException("The model was closed; load it again to use it");
    }
    LoadedModel known = models.get(key);
    if (known == null) {
      known = backend.load(graph.get(), options);
      models.put(key, known);
    }
    return known;
  }

  /** Closes them all. */
  @Override
  public synchronized void close() {
    closed = true;
    models.values().forEach(LoadedModel::close);
    models.clear();
  }
}
