package org.pellucid.api.engine;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.api.Expectation;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingPass;
import org.pellucid.api.HeldLayer;
import org.pellucid.api.PowerSums;
import org.pellucid.api.Tap;
import org.pellucid.graph.Tensor;

/**
 * One run that went forward and backward: the outputs and taps, and the gradients that were
 * expected. Nothing is kept for other questions: for the first of them the network runs forward
 * again.
 */
final class FusedPass extends ForwardingPass implements HoldingPass {
  private final GraphModel model;
  private final GraphPass pass;
  private final Expectation expected;
  private final CompiledPart.Computed computed;
  private final Supplier<GraphPass> rerun;
  private GraphPass again;

  /**
   * A pass that was run.
   *
   * @param pass has the outputs and taps, and owns all that was computed
   * @param rerun runs the network forward
   */
  FusedPass(
      GraphModel model,
      GraphPass pass,
      Expectation expected,
      CompiledPart.Computed computed,
      Supplier<GraphPass> rerun) {
    super(pass);
    this.model = model;
    this.pass = pass;
    this.expected = expected;
    this.computed = computed;
    this.rerun = rerun;
  }

  @Override
  public synchronized Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
    pass.requireOpen();
    return model.guarded(
        () -> wasExpected(seeds, at) ? gradients(at) : again().backward(seeds, at));
  }

  @Override
  public synchronized void addPowers(
      Map<Tap, Tensor> seeds, Map<Tap, PowerSums> sums, PowerSums.Factors factors) {
    pass.requireOpen();
    if (wasExpected(seeds, sums.keySet())) {
      pass.add(sums, tap -> computed.gradients().get(tap.tensor()), factors);
    } else {
      model.guarded(this::again).addPowers(seeds, sums, factors);
    }
  }

  @Override
  public synchronized Map<Tap, HeldLayer> hold(Map<Tap, Tensor> seeds, Set<Tap> at) {
    pass.requireOpen();
    return model.guarded(
        () ->
            wasExpected(seeds, at)
                ? pass.hold(at, tap -> computed.gradients().get(tap.tensor()))
                : again().hold(seeds, at));
  }

  private boolean wasExpected(Map<Tap, Tensor> seeds, Set<Tap> at) {
    Tensor seed = seeds.get(expected.seeded());
    if (seeds.size() != 1 || seed == null || !expected.at().containsAll(at)) {
      return false;
    }
    return expected.seed().map(used -> isSame(used, seed)).orElseGet(() -> isOfChosen(seed));
  }

  private static boolean isSame(Tensor used, Tensor seed) {
    return used == seed
        || (seed.elementType().isFloating()
            && seed.shape().equals(used.shape())
            && Arrays.equals(used.toDoubleArray(), seed.toDoubleArray()));
  }

  /** Whether a seed is 1 at the score of each sample that was chosen, and otherwise 0. */
  private boolean isOfChosen(Tensor seed) {
    long[] chosen = computed.chosen().orElseThrow().toTensor().toLongArray();
    double[] seeds = seed.toDoubleArray();
    int scores = seeds.length / chosen.length;
    for (int i = 0; i < seeds.length; i++) {
      if (seeds[i] != (i % scores == chosen[i / scores] ? 1 : 0)) {
        return false;
      }
    }
    return true;
  }

  private Map<Tap, Tensor> gradients(Set<Tap> at) {
    Map<Tap, Tensor> gradients = new LinkedHashMap<>();
    for (Tap tap : at) {
      gradients.put(
          tap, model.gradient(tap, computed.gradients().get(tap.tensor()), pass.samples()));
    }
    return Collections.unmodifiableMap(gradients);
  }

  @Override
  public synchronized ForwardPass resume(Tap from, Tensor activations) {
    pass.requireOpen();
    return again().resume(from, activations);
  }

  private GraphPass again() {
    if (again == null) {
      again = rerun.get();
    }
    return again;
  }

  @Override
  public synchronized void close() {
    if (again != null) {
      again.close();
    }
    super.close();
  }
}
