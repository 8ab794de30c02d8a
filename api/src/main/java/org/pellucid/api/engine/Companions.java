package org.pellucid.api.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.graph.ModelGraph;

/**
 * The companions of a model ({@link LoadedModel#companion}) as models of their own in the same
 * backend. Each holds its weights again, so the {@value #MOST} that were used last are kept, beside
 * those that are running; one that is used again after it was freed is loaded again. Safe for use
 * by several threads.
 *
 * @since 0.1.0
 */
public final class Companions implements AutoCloseable {
  /** How many are kept while nobody uses them. */
  static final int MOST = 4;

  private final GradientBackend backend;
  private final Map<Object, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /** None yet. */
  public Companions(GradientBackend backend) {
    this.backend = backend;
  }

  /** A companion in the engine. Its users are guarded by the companions, the rest by itself. */
  private static final class Kept {
    private int users;
    private LoadedModel model;
    private boolean closed;

    /** The model, loaded by the first who comes; the others wait. */
    synchronized LoadedModel load(Supplier<LoadedModel> loading) {
      if (closed) {
        throw closedModel();
      }
      if (model == null) {
        model = loading.get();
      }
      return model;
    }

    synchronized boolean loaded() {
      return model != null;
    }

    synchronized void close() {
      closed = true;
      if (model != null) {
        model.close();
      }
    }
  }

  private static IllegalStateException closedModel() {
    return new IllegalStateException("The model was closed; load it again to use it");
  }

  /**
   * The companion of a key, loaded when it is first asked for. What is returned stays usable until
   * these companions are closed; closing it alone does nothing.
   *
   * @throws IllegalStateException if they were closed
   */
  public LoadedModel get(Object key, LoadOptions options, Supplier<ModelGraph> graph) {
    return new Companion(this, key, () -> backend.load(graph.get(), options));
  }

  /** A companion that is being used, and stays in the engine until it is released. */
  static final class Lease implements AutoCloseable {
    private final Companions companions;
    private final Kept kept;
    private final LoadedModel model;
    private boolean released;

    private Lease(Companions companions, Kept kept, LoadedModel model) {
      this.companions = companions;
      this.kept = kept;
      this.model = model;
    }

    LoadedModel model() {
      return model;
    }

    /** Releases it; doing so twice is safe. */
    @Override
    public void close() {
      synchronized (this) {
        if (released) {
          return;
        }
        released = true;
      }
      companions.release(kept);
    }
  }

  /** The model of a key, loaded unless it is there. */
  Lease lease(Object key, Supplier<LoadedModel> loading) {
    Kept one;
    synchronized (this) {
      if (closed) {
        throw closedModel();
      }
      one = kept.computeIfAbsent(key, unknown -> new Kept());
      one.users++;
    }
    try {
      return new Lease(this, one, one.load(loading));
    } catch (RuntimeException | Error e) {
      giveUp(key, one);
      throw e;
    }
  }

  /** What could not be loaded takes no place. */
  private synchronized void giveUp(Object key, Kept one) {
    one.users--;
    if (one.users == 0 && !one.loaded()) {
      kept.remove(key, one);
    }
  }

  private void release(Kept one) {
    List<Kept> freed = new ArrayList<>();
    synchronized (this) {
      one.users--;
      int idle = 0;
      for (Kept each : kept.values()) {
        idle += each.users == 0 ? 1 : 0;
      }
      Iterator<Kept> eldest = kept.values().iterator();
      while (idle > MOST) {
        Kept each = eldest.next();
        if (each.users == 0) {
          eldest.remove();
          freed.add(each);
          idle--;
        }
      }
    }
    freed.forEach(Kept::close);
  }

  /** Closes them all; waits for those that are being loaded. */
  @Override
  public void close() {
    List<Kept> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(kept.values());
      kept.clear();
    }
    all.forEach(Kept::close);
  }
}
