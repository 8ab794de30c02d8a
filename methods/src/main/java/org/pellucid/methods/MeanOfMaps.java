package org.pellucid.methods;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Noise;
import org.pellucid.api.Saliency;
import org.pellucid.api.SampleAverage;
import org.pellucid.api.ScoreScale;

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
      ModelProbe probe, LayerCapture clean, Noise noise, ScoreScale score, SaliencyReport report) {
    int maps = clean.maps();
    int size = clean.activations().length;
    SampleAverage average = new SampleAverage(maps + size, noise.samples(), score);
    Tally tally = new Tally();
    probe.captures(
        probe.noisy(noise),
        Set.of(clean.tap()),
        (index, captures) -> {
          LayerCapture copy = captures.get(clean.tap());
          LayerTerms<Field> terms = formula.terms(copy);
          tally.add(ClosedForm.degeneracy(terms));
          tally.negative += formula.negativeDenominators(terms).orElse(0.0);
          Evidence<Field> evidence = formula.evidence(terms);
          double[] values = Arrays.copyOf(evidence.weights().values(), maps + size);
          System.arraycopy(evidence.contributions().values(), 0, values, maps, size);
          average.add(copy.score(), values);
        });
    if (tally.degenerate == noise.samples() || !Degeneracy.finite(average.mean())) {
      return report.degenerate(tally.reason);
    }
    report.samples(noise.samples(), average.effectiveSamples());
    report.negativeDenominators(tally.negative / noise.samples(), size);
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
