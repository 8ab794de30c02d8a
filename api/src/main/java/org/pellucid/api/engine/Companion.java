package org.pellucid.api.engine;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.api.BatchSizes;
import org.pellucid.api.Expectation;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InputBatch;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.NoisyRuns;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.Layouts;

/**
 * What a companion's user has in hand. The engine's model behind it is there while a pass is open,
 * and may be freed and loaded again between passes.
 */
final class Companion implements LoadedModel {
  private final Companions companions;
  private final Object key;
  private final Supplier<LoadedModel> loading;
  private final ModelGraph graph;
  private final Batching batching;
  private final Layouts layouts;
  private final LoadOptions options;
  private final Optional<NoisyRuns> noisyRuns;

  /** A companion, loaded. */
  Companion(Companions companions, Object key, Supplier<LoadedModel> loading) {
    this.companions = companions;
    this.key = key;
    this.loading = loading;
    try (Companions.Lease lease = companions.lease(key, loading)) {
      LoadedModel model = lease.model();
      this.graph = model.graph();
      this.batching = model.batching();
      this.layouts = model.layouts();
      this.options = model.options();
      this.noisyRuns =
          model.noisyRuns().map(runs -> new LeasedRuns(() -> companions.lease(key, loading)));
    }
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
  public Layouts layouts() {
    return layouts;
  }

  @Override
  public LoadOptions options() {
    return options;
  }

  @Override
  public BatchSizes batchSizes(Collection<String> taps) {
    try (Companions.Lease lease = companions.lease(key, loading)) {
      return lease.model().batchSizes(taps);
    }
  }

  @Override
  public int samplesBeside(Collection<String> taps) {
    try (Companions.Lease lease = companions.lease(key, loading)) {
      return lease.model().samplesBeside(taps);
    }
  }

  @Override
  public Optional<NoisyRuns> noisyRuns() {
    return noisyRuns;
  }

  private record Inner(Object outer, Object key) {}

  /** One of the same model: a companion that is freed takes none with it. */
  @Override
  public LoadedModel companion(Object other, LoadOptions asked, Supplier<ModelGraph> network) {
    return companions.get(new Inner(key, other), asked, network);
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
    Companions.Lease lease = companions.lease(key, loading);
    return leased(lease, () -> lease.model().forward(inputs, taps));
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps, Expectation expected) {
    Companions.Lease lease = companions.lease(key, loading);
    return leased(lease, () -> lease.model().forward(inputs, taps, expected));
  }

  @Override
  public ForwardPass forward(InputBatch inputs, Set<Tap> taps, Optional<Expectation> expected) {
    Companions.Lease lease = companions.lease(key, loading);
    return leased(lease, () -> lease.model().forward(inputs, taps, expected));
  }

  private static ForwardPass leased(Companions.Lease lease, Supplier<ForwardPass> pass) {
    try {
      return new LeasedPass<>(pass.get(), lease);
    } catch (RuntimeException | Error e) {
      lease.close();
      throw e;
    }
  }

  /** Does nothing: it belongs to the model that it accompanies. */
  @Override
  public void close() {
    // The model that it accompanies closes it.
  }
}
