package org.pellucid.api.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pellucid.api.Expectation;
import org.pellucid.api.MomentFormula;
import org.pellucid.api.NoisyPass;
import org.pellucid.api.NoisyRuns;
import org.pellucid.api.PowerSums;
import org.pellucid.api.Tap;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.FeatureMapAxes;

/**
 * Runs of a companion on noisy copies: its model stays in the engine while a pass or sums are open.
 *
 * @param leasing takes the companion's model
 */
record LeasedRuns(Supplier<Companions.Lease> leasing) implements NoisyRuns {
  @Override
  public NoisyPass forward(
      Batch batch, Map<String, Tensor> others, Set<Tap> taps, Optional<Expectation> expected) {
    return leased(lease -> new Pass(runs(lease).forward(batch, others, taps, expected), lease));
  }

  @Override
  public PowerSums sums(Tap tap, FeatureMapAxes axes, int groups) {
    return leased(lease -> new Sums(runs(lease).sums(tap, axes, groups), lease));
  }

  private static NoisyRuns runs(Companions.Lease lease) {
    return lease.model().noisyRuns().orElseThrow();
  }

  private <T> T leased(Function<Companions.Lease, T> use) {
    Companions.Lease lease = leasing.get();
    try {
      return use.apply(lease);
    } catch (RuntimeException | Error e) {
      lease.close();
      throw e;
    }
  }

  private record Sums(PowerSums sums, Companions.Lease lease) implements PowerSums {
    @Override
    public PowerSums.Sums read() {
      return sums.read();
    }

    @Override
    public Optional<List<List<double[]>>> evaluate(MomentFormula formula, List<Part> parts) {
      return sums.evaluate(formula, parts);
    }

    // They do not rest: the companion may be freed meanwhile.

    @Override
    public void close() {
      try {
        sums.close();
      } finally {
        lease.close();
      }
    }
  }

  private static final class Pass extends LeasedPass<NoisyPass> implements NoisyPass {
    Pass(NoisyPass pass, Companions.Lease lease) {
      super(pass, lease);
    }

    @Override
    public void addPowers(
        Map<Tap, Tensor> seeds, Map<Tap, PowerSums> sums, PowerSums.Factors factors) {
      Map<Tap, PowerSums> own = new LinkedHashMap<>();
      sums.forEach((tap, each) -> own.put(tap, each instanceof Sums leased ? leased.sums() : each));
      pass().addPowers(seeds, own, factors);
    }
  }
}
