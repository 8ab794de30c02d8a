package org.pellucid.methods;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.pellucid.api.AveragedGradients;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Noise;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.SampleSteps;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;

/**
 * Noisy copies, and when there are enough of them: all of them; or the first number n of {@link
 * SampleSteps} at which the map has settled, that is, at which for no cell
 *
 * <pre>
 * (1 + 30 / n) standard error by jackknife &gt; tolerance * largest magnitude of the map
 * </pre>
 *
 * <p>Few copies may lack those that carry much, and then their jackknife's error is too small. A
 * term that vanishes faster than the error, here 30 / n of it, keeps a sequence from ending on such
 * an error: P. W. Glynn and W. Whitt: "The asymptotic validity of sequential stopping rules for
 * stochastic simulations", Annals of Applied Probability 2(1), 1992. The 30 was measured; see
 * docs/performance.md.
 *
 * @param noise which copies, and how many at most
 * @param automatic whether fewer may do
 * @param tolerance the part
 */
record Sampling(Noise noise, boolean automatic, double tolerance) {
  private static final String ERROR = "relativeError";

  /** At this number of copies an error counts twice. */
  private static final double FEW = 30;

  /** What options ask for. */
  static Sampling of(Options options) {
    SampleCount count = options.get(NoiseOptions.SAMPLES);
    return new Sampling(
        NoiseOptions.noise(count.most(), options),
        count.automatic(),
        options.get(NoiseOptions.TOLERANCE));
  }

  private record Settling(Object map, double tolerance) {}

  /**
   * Makes something of averages over as many copies as it takes.
   *
   * @param tap the layer, or the input
   * @param question what tells this map from others: equal ones are made alike
   * @param map what a target's clean layer and averages amount to
   * @param use what is made of the averages in the end
   */
  <R> R averages(
      ModelProbe probe,
      Tap tap,
      ScoreScale score,
      Record question,
      BiFunction<LayerCapture, AveragedGradients, Saliency> map,
      Function<AveragedGradients, R> use) {
    return automatic
        ? probe.averages(
            tap,
            noise,
            score,
            new Settling(question, tolerance),
            asked -> settling(asked, tap, map),
            use)
        : probe.averages(tap, noise, score, use);
  }

  private Predicate<AveragedGradients> settling(
      ModelProbe asked, Tap tap, BiFunction<LayerCapture, AveragedGradients, Saliency> map) {
    LayerCapture clean = asked.layer(tap);
    return some -> settled(map.apply(clean, some), some.samples());
  }

  /**
   * Whether a map of some copies is good enough.
   *
   * @param samples how many copies
   */
  boolean settled(Saliency saliency, int samples) {
    return saliency.status() == Status.DEGENERATE
        || (1 + FEW / samples) * relativeError(saliency) <= tolerance;
  }

  /**
   * The largest standard error of a cell by the largest magnitude of the map: 0 where every error
   * is 0, and infinity where none is known, as of a single copy.
   */
  private static double relativeError(Saliency saliency) {
    if (saliency.standardError().isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    double error = largest(saliency.standardError().get().toDoubleArray());
    return error == 0 ? 0 : error / largest(saliency.map().toDoubleArray());
  }

  private static double largest(double[] numbers) {
    return Arrays.stream(numbers).map(Math::abs).max().orElse(0);
  }

  /** The final map with its error, and a warning where it has not settled. */
  Saliency judged(Saliency saliency) {
    if (!automatic || saliency.status() == Status.DEGENERATE) {
      return saliency;
    }
    double error = relativeError(saliency);
    Saliency judged = saliency.withMeasure(ERROR, error);
    if (error <= tolerance) {
      return judged;
    }
    List<String> warnings = new ArrayList<>(judged.warnings());
    warnings.add(
        String.format(
            Locale.ROOT,
            "After %d samples the map's error is still %.2g of its largest value, more than the"
                + " tolerance of %.2g",
            noise.samples(),
            error,
            tolerance));
    return new Saliency(
        judged.map(),
        judged.contributions(),
        judged.standardError(),
        judged.status(),
        warnings,
        judged.measures(),
        judged.concepts());
  }
}
