package org.pellucid.methods;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Gathering;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Saliency;
import org.pellucid.api.SampleAverage;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
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
  private final Selection selection;

  private record Question(Selection selection, Sampling sampling, ScoreScale score) {}

  /**
   * The mean of a layer's maps.
   *
   * @param selection what was selected of the layer
   */
  MeanOfMaps(SelectedLayer layer, Selection selection) {
    this.formula =
        new ClosedForm(
            new AlphaWeightedGradient(AlphaWeightedGradient.Numerator.SECOND_MOMENT), layer);
    this.layer = layer;
    this.selection = selection;
  }

  /** The saliency of a layer. */
  Saliency explain(
      ModelProbe probe,
      LayerCapture clean,
      Sampling sampling,
      ScoreScale score,
      SaliencyReport report) {
    Maps maps =
        probe.gathered(
            probe.noisy(sampling.noise()),
            Set.of(clean.tap()),
            new Question(selection, sampling, score),
            asked -> new Maps(clean.tap(), clean.maps(), sampling, score));
    return sampling.judged(maps.saliency(report));
  }

  /** The maps of the copies of one target. */
  private final class Maps implements Gathering {
    private final Tap tap;
    private final int count;
    private final int size;
    private final Sampling sampling;
    private final SampleAverage average;
    private int degenerate;
    private double negative;
    private String reason = Degeneracy.OVERFLOW;

    /**
     * Of no copies yet.
     *
     * @param count of feature maps
     */
    Maps(Tap tap, int count, Sampling sampling, ScoreScale score) {
      this.tap = tap;
      this.count = count;
      this.size = Math.toIntExact(layer.shape().size());
      this.sampling = sampling;
      this.average = new SampleAverage(count + size, sampling.noise().samples(), score);
    }

    @Override
    public void add(Map<Tap, LayerCapture> captures) {
      LayerCapture copy = captures.get(tap);
      LayerTerms<Field> terms = formula.terms(copy);
      ClosedForm.degeneracy(terms)
          .ifPresent(
              why -> {
                degenerate++;
                reason = why;
              });
      negative += formula.negativeDenominators(terms).orElse(0.0);
      Evidence<Field> evidence = formula.evidence(terms);
      double[] values = Arrays.copyOf(evidence.weights().values(), count + size);
      System.arraycopy(evidence.contributions().values(), 0, values, count, size);
      average.add(copy.score(), values);
    }

    @Override
    public long bytes() {
      return 8L * (average.groups() + 1) * (count + size);
    }

    @Override
    public boolean mayStop() {
      return sampling.automatic();
    }

    @Override
    public boolean suffices() {
      return sampling.settled(saliency(new SaliencyReport(layer)), average.samples());
    }

    /** What the copies so far amount to. */
    Saliency saliency(SaliencyReport report) {
      int samples = average.samples();
      if (degenerate == samples || !Degeneracy.finite(average.mean())) {
        return report.degenerate(reason);
      }
      report.samples(samples, average.effectiveSamples());
      report.negativeDenominators(negative / samples, size);
      return report.saliency(
          evidence(average.mean()),
          average.groups(),
          group -> evidence(average.meanWithout(group)));
    }

    private Evidence<Field> evidence(double[] means) {
      return new Evidence<>(
          new Field(count, 1, Arrays.copyOf(means, count)),
          layer.field(Arrays.copyOfRange(means, count, means.length)));
    }
  }
}
