package org.pellucid.core.sweep;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Option;
import org.pellucid.core.TargetChoice;
import org.pellucid.core.evaluate.Setting;

/**
 * Which settings of a method are tried. Immutable.
 *
 * @param method the method, with the options that stay as they are
 * @param samples numbers of noisy copies, ascending, each once; empty leaves the method's default
 * @param noise levels of noise, ascending, each once; empty leaves the method's default
 * @param seeds how many seeds, at least 1: 0, 1 and so on
 * @param layers layers as {@link org.pellucid.core.Layers#find} takes them; empty for the default
 * @param metrics metrics with options; empty for all that the data set has enough for and that
 *     explain nothing again
 * @param target which class of an image; empty for those that the data set says are there, and the
 *     predicted one where it says nothing
 */
public record SweepRequest(
    Setting method,
    List<Integer> samples,
    List<Double> noise,
    int seeds,
    List<String> layers,
    List<Setting> metrics,
    Optional<TargetChoice> target) {
  /** Smooth Grad-CAM++ at the default layer. */
  public static final SweepRequest DEFAULT =
      new SweepRequest(
          Setting.of("smooth-grad-cam++"),
          List.of(1, 5, 25, 50),
          List.of(0.0, 0.05, 0.1, 0.15, 0.2, 0.3),
          5,
          List.of(),
          List.of(),
          Optional.empty());

  /** Most seeds that are tried. */
  public static final int MOST_SEEDS = 1000;

  /** What is tried of a method where nothing else is said: of the options that it has. */
  public static SweepRequest of(Explainer method) {
    List<String> options = method.options().stream().map(Option::name).toList();
    return DEFAULT
        .withMethod(Setting.of(method.id()))
        .withSamples(options.contains(Grid.SAMPLES) ? DEFAULT.samples() : List.of())
        .withNoise(options.contains(Grid.NOISE) ? DEFAULT.noise() : List.of());
  }

  /** Sorts, drops repeats, and refuses what cannot be. */
  public SweepRequest {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(target, "target");
    samples = List.copyOf(new TreeSet<>(samples));
    noise = List.copyOf(new TreeSet<>(noise));
    layers = List.copyOf(layers);
    metrics = List.copyOf(metrics);
    if (seeds < 1 || seeds > MOST_SEEDS) {
      throw new InvalidRequestException("Seeds are 1 to " + MOST_SEEDS + ", found " + seeds);
    }
  }

  /** The same with other numbers of samples. */
  public SweepRequest withSamples(List<Integer> counts) {
    return new SweepRequest(method, counts, noise, seeds, layers, metrics, target);
  }

  /** The same with other levels of noise. */
  public SweepRequest withNoise(List<Double> levels) {
    return new SweepRequest(method, samples, levels, seeds, layers, metrics, target);
  }

  /** The same with another number of seeds. */
  public SweepRequest withSeeds(int count) {
    return new SweepRequest(method, samples, noise, count, layers, metrics, target);
  }

  /** The same at some layers. */
  public SweepRequest withLayers(List<String> names) {
    return new SweepRequest(method, samples, noise, seeds, names, metrics, target);
  }

  /** The same with some metrics. */
  public SweepRequest withMetrics(List<Setting> some) {
    return new SweepRequest(method, samples, noise, seeds, layers, some, target);
  }

  /** The same for another target. */
  public SweepRequest withTarget(TargetChoice choice) {
    return new SweepRequest(method, samples, noise, seeds, layers, metrics, Optional.of(choice));
  }

  /** The same of another method; its options stay as they are. */
  public SweepRequest withMethod(Setting other) {
    return new SweepRequest(other, samples, noise, seeds, layers, metrics, target);
  }
}
