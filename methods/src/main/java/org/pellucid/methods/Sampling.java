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
 * Noisy copies, and when there are enough of them: all of them; or the first numbers of {@link
 * SampleSteps} at which the map has settled, that is, at which no cell's standard error by
 * jackknife is larger than a part of the map's largest magnitude.
 *
 * @param noise which copies, and how many at most
 * @param automatic whether fewer may do
 * @param tolerance the part
 */
record Sampling(Noise noise, boolean automatic, double tolerance) {
  private static final String ERROR = "relativeError";

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
    return some -> settled(map.apply(clean, some));
  }

  /** Whether a map of some copies is good enough. */
  boolean settled(Saliency saliency) {
    return saliency.status() == Status.DEGENERATE || relativeError(saliency) <= tolerance;
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
