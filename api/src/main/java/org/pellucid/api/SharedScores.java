package org.pellucid.api;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The scores of variants of the input or of a layer: those that are known by what they are run
 * once, for all targets of the image.
 */
final class SharedScores {
  private SharedScores() {}

  private record Question(Tap varied, Optional<Object> identity) {}

  /** Of variants of the input, for a probe whose target is resolved. */
  static double[] of(StandardProbe probe, Inputs inputs) {
    return scores(
        probe,
        new Question(probe.inputTap(), inputs.identity()),
        inputs.count(),
        targets -> probe.passes().batches().scoresOf(inputs, targets));
  }

  /** Of variants of a layer, for a probe whose target is resolved. */
  static double[] from(StandardProbe probe, Tap tap, Inputs activations) {
    return scores(
        probe,
        new Question(tap, activations.identity()),
        activations.count(),
        targets -> probe.passes().batches().scoresFrom(tap, activations, targets));
  }

  private static double[] scores(
      StandardProbe probe, Question question, int count, Function<List<Target>, double[][]> run) {
    Function<List<StandardProbe>, List<double[]>> find =
        probes -> List.of(run.apply(StandardProbe.targets(probes)));
    return question.identity().isEmpty()
        ? find.apply(List.of(probe)).get(0)
        : probe.shared(question, double[].class, 8L * count, find).clone();
  }
}
