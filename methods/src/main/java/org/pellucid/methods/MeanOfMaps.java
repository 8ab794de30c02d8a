package org.pellucid.methods;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Inputs;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Saliency;
import org.pellucid.api.SampleAverage;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.explain.ClosedForm;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.Evidence;
import org.pellucid.api.explain.LayerTerms;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * The mean of the raw Grad-CAM++ maps of noisy copies, each from its own A and g: the average over
 * samples of w_k A_k, nothing normalised per copy.
 */
final class MeanOfMaps {
  private final ClosedForm formula;
  private final SelectedLayer layer;

  MeanOfMaps(SelectedLayer layer) {
    this.formula =
        new ClosedForm(
            new AlphaWeightedGradient(AlphaWeightedGradient.Numerator.SECOND_MOMENT), layer);
    this.layer = layer;
  }

  /** The saliency of a layer. */
  Saliency explain(
      ModelProbe probe,
      LayerCapture clean,
      Sampling sampling,
      ScoreScale score,
      SaliencyReport report) {
    Inputs copies = probe.noisy(sampling.noise());
    int maps = clean.maps();
    int size = clean.activations().length;
    SampleAverage average = new SampleAverage(maps + size, copies.count(), score);
    Tally tally = new Tally();
    int done = 0;
    do {
      int next = sampling.after(done);
      probe.captures(
          copies.part(done, next),
          Set.of(clean.tap()),
          (index, captures) -> add(captures.get(clean.tap()), average, tally));
      done = next;
    } while (done < copies.count()
        && !sampling.settled(saliency(average, tally, maps, size, new SaliencyReport(layer))));
    return sampling.judged(saliency(average, tally, maps, size, report));
  }

  private void add(LayerCapture copy, SampleAverage average, Tally tally) {
    LayerTerms<Field> terms = formula.terms(copy);
    tally.add(ClosedForm.degeneracy(terms));
    tally.negative += formula.negativeDenominators(terms).orElse(0.0);
    Evidence<Field> evidence = formula.evidence(terms);
    double[] weights = evidence.weights().values();
    double[] contributions = evidence.contributions().values();
    double[] values = Arrays.copyOf(weights, weights.length + contributions.length);
    System.arraycopy(contributions, 0, values, weights.length, contributions.length);
    average.add(copy.score(), values);
  }

  /** What the copies so far amount to. */
  private Saliency saliency(
      SampleAverage average, Tally tally, int maps, int size, SaliencyReport report) {
    int samples = average.samples();
    if (tally.degenerate == samples || !Degeneracy.finite(average.mean())) {
      return report.degenerate(tally.reason);
    }
    report.samples(samples, average.effectiveSamples());
    report.negativeDenominators(tally.negative / samples, size);
    return report.saliency(
        evidence(average.mean(), maps),
        average.groups(),
        group -> evidence(average.meanWithout(group), maps));
  }

  private Evidence<Field> evidence(double[] means, int maps) {
    return new Evidence<>(
        new Field(maps, 1, Arrays.copyOf(means, maps)),
        layer.field(Arrays.copyOfRange(means, maps, means.length)));
  }

  /** What was seen among the copies. */
  private static final class Tally {
    private int degenerate;
    private double negative;
    private String reason = Degeneracy.OVERFLOW;

    void add(Optional<String> degeneracy) {
      if (degeneracy.isPresent()) {
        degenerate++;
        reason = degeneracy.get();
      }
    }
  }
}
