package org.pellucid.core.evaluate;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.pellucid.core.TargetChoice;

/**
 * What is evaluated, by what. Immutable; each {@code with} makes a changed copy.
 *
 * @param methods methods with options; {@link #ALL} for all there are; empty for those that explain
 *     a layer in a pass or a few
 * @param layers layers as {@link org.pellucid.core.Layers#find} takes them; empty for the default
 * @param metrics metrics with options; {@link #ALL} for all that the data set has enough for; empty
 *     for those of them that explain nothing again
 * @param target which class of an image; empty for those that the data set says are there, and the
 *     predicted one where it says nothing
 * @param shown how signed maps are looked at
 * @param baselines whether maps that know nothing of the network compete, too
 * @param seed of all that is drawn, in metrics and baselines; methods have their own
 */
public record EvaluationRequest(
    List<Setting> methods,
    List<String> layers,
    List<Setting> metrics,
    Optional<TargetChoice> target,
    Shown shown,
    boolean baselines,
    long seed) {
  /** All that can be used. */
  public static final List<Setting> ALL = List.of(Setting.of("all"));

  /** The methods and metrics that cost little, at the default layer. */
  public static final EvaluationRequest DEFAULT =
      new EvaluationRequest(
          List.of(), List.of(), List.of(), Optional.empty(), Shown.POSITIVE, true, 0);

  /** How a signed map is looked at. */
  public enum Shown {
    /** What is negative is cut off, as in pictures. */
    POSITIVE,
    /** What is negative counts as much. */
    MAGNITUDE
  }

  /** Copies the lists. */
  public EvaluationRequest {
    methods = List.copyOf(methods);
    layers = List.copyOf(layers);
    metrics = List.copyOf(metrics);
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(shown, "shown");
  }

  /** Whether methods were asked for by name, so that none may be left out. */
  boolean namesMethods() {
    return !methods.isEmpty() && !methods.equals(ALL);
  }

  /** Whether metrics were asked for by name. */
  boolean namesMetrics() {
    return !metrics.isEmpty() && !metrics.equals(ALL);
  }

  /** The same with some methods, as {@link Setting#parse} reads them. */
  public EvaluationRequest withMethods(String... texts) {
    return withMethods(List.of(texts).stream().map(Setting::parse).toList());
  }

  /** The same with some methods. */
  public EvaluationRequest withMethods(List<Setting> some) {
    return new EvaluationRequest(some, layers, metrics, target, shown, baselines, seed);
  }

  /** The same with some metrics, as {@link Setting#parse} reads them. */
  public EvaluationRequest withMetrics(String... texts) {
    return withMetrics(List.of(texts).stream().map(Setting::parse).toList());
  }

  /** The same with some metrics. */
  public EvaluationRequest withMetrics(List<Setting> some) {
    return new EvaluationRequest(methods, layers, some, target, shown, baselines, seed);
  }

  /** The same at some layers. */
  public EvaluationRequest withLayers(String... names) {
    return new EvaluationRequest(methods, List.of(names), metrics, target, shown, baselines, seed);
  }

  /** The same for another target. */
  public EvaluationRequest withTarget(TargetChoice choice) {
    return new EvaluationRequest(
        methods, layers, metrics, Optional.of(choice), shown, baselines, seed);
  }

  /** The same with maps looked at in another way. */
  public EvaluationRequest withShown(Shown other) {
    return new EvaluationRequest(methods, layers, metrics, target, other, baselines, seed);
  }

  /** The same with or without baselines. */
  public EvaluationRequest withBaselines(boolean wanted) {
    return new EvaluationRequest(methods, layers, metrics, target, shown, wanted, seed);
  }

  /** The same with another seed. */
  public EvaluationRequest withSeed(long other) {
    return new EvaluationRequest(methods, layers, metrics, target, shown, baselines, other);
  }
}
