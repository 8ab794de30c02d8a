package org.pellucid.api.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Expectation;
import org.pellucid.api.FeatureMaps;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.HeldLayer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.NoisyPass;
import org.pellucid.api.NoisyRuns;
import org.pellucid.api.PowerSums;
import org.pellucid.api.Tap;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.FeatureMapAxes;

/** Runs of a model on noisy copies that its engine makes, with sums that its engine keeps. */
record GraphNoisyRuns(GraphModel model, NoisyWork work) implements NoisyRuns {
  @Override
  public NoisyPass forward(
      Batch batch, Map<String, Tensor> others, Set<Tap> taps, Optional<Expectation> expected) {
    model.requests().checkCopies(batch, others);
    RunInputs.InJava rest = new RunInputs.InJava(model, others, batch.count());
    RunInputs inputs = new RunInputs.Noisy(work, batch, rest);
    return expected.isPresent()
        ? model.forward(inputs, taps, expected.get())
        : model.forward(inputs, taps);
  }

  @Override
  public Map<Tap, HeldLayer> hold(ForwardPass pass, Map<Tap, Tensor> seeds, Set<Tap> taps) {
    return pass instanceof HoldingPass holding
            && model.guarded(() -> model.formulas().areComputed())
        ? holding.hold(seeds, taps)
        : NoisyRuns.super.hold(pass, seeds, taps);
  }

  @Override
  public PowerSums sums(Tap tap, FeatureMapAxes axes, int groups) {
    model.requests().checkTap(tap);
    Shape sample = FeatureMaps.of(model.graph().type(tap.tensor()).shape(), axes).shape();
    ValueScope scope = model.newScope();
    try {
      return model.guarded(
          () -> {
            NoisyWork.Sums sums = work.sums(Math.toIntExact(sample.size()), groups);
            scope.own(sums::close);
            return new KeptSums(model, axes, sample, sums, scope);
          });
    } catch (RuntimeException | Error e) {
      model.release(scope);
      throw e;
    }
  }

  /**
   * Adds the samples of a pass.
   *
   * @param gradients by tap, in the engine
   * @param sums by the same taps
   */
  static void add(Map<Tap, Value> gradients, Map<Tap, PowerSums> sums, PowerSums.Factors factors) {
    Map<Tap, KeptSums> kept = new LinkedHashMap<>();
    sums.forEach((tap, each) -> kept.put(tap, kept(each)));
    List<PowerSums.Factor> found = factors.next();
    kept.forEach(
        (tap, each) -> {
          Shape shape = each.model().requests().shape(tap.tensor(), found.size());
          each.sums().add(gradients.get(tap), FeatureMaps.of(shape, each.axes()), found);
        });
  }

  private static KeptSums kept(PowerSums sums) {
    if (sums instanceof KeptSums kept) {
      return kept;
    }
    throw new InvalidRequestException(
        "Powers of gradients are added to sums of the same model (NoisyRuns.sums), found " + sums);
  }
}
