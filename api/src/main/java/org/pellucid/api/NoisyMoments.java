package org.pellucid.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The moments of gradients over noisy copies, of several layers and targets in one run: the engine
 * sums them where it can, and otherwise Java.
 */
final class NoisyMoments {
  private final Batches batches;
  private final NoisyInputs copies;
  private final Set<Tap> taps;
  private final List<Target> targets;
  private final ScoreScale score;

  /**
   * What is to be found.
   *
   * @param taps layers of feature maps
   * @param targets resolved
   * @param score how copies are weighted
   */
  NoisyMoments(
      Batches batches, NoisyInputs copies, Set<Tap> taps, List<Target> targets, ScoreScale score) {
    this.batches = batches;
    this.copies = copies;
    this.taps = taps;
    this.targets = targets;
    this.score = score;
  }

  /** Finds them: by target, the moments of each layer. */
  List<Map<Tap, GradientMoments>> find() {
    return batches.noisyRuns().map(this::inEngine).orElseGet(this::inJava);
  }

  private List<Map<Tap, GradientMoments>> inJava() {
    List<Map<Tap, MomentSums>> sums = new ArrayList<>();
    targets.forEach(target -> sums.add(new LinkedHashMap<>()));
    batches.runAll(
        copies,
        taps,
        targets,
        scores -> targets,
        (number, index, value, layers) -> {
          for (Tap each : taps) {
            sums.get(number)
                .computeIfAbsent(
                    each, layer -> new MomentSums(layers.shape(layer), copies.count(), score))
                .add(value, layers.gradients(each));
          }
        });
    return sums.stream().map(byTap -> each(byTap, MomentSums::moments)).toList();
  }

  private List<Map<Tap, GradientMoments>> inEngine(NoisyRuns runs) {
    List<Map<Tap, EngineMoments>> sums = new ArrayList<>();
    try {
      for (int number = 0; number < targets.size(); number++) {
        Map<Tap, EngineMoments> ofTarget = new LinkedHashMap<>();
        sums.add(ofTarget);
        taps.forEach(tap -> ofTarget.put(tap, nothing(runs, tap)));
      }
      batches.ask(
          copies.count(),
          (from, count, all, question) -> batches.forward(runs, copies, from, count, all, question),
          taps,
          targets,
          scores -> targets,
          (number, from, values, answer) ->
              answer
                  .pass()
                  .addPowers(
                      answer.seeds(),
                      each(sums.get(number), EngineMoments::sums),
                      () -> EngineMoments.next(sums.get(number).values(), values)));
      return sums.stream().map(byTap -> each(byTap, EngineMoments::moments)).toList();
    } finally {
      sums.forEach(byTap -> byTap.values().forEach(EngineMoments::close));
    }
  }

  private EngineMoments nothing(NoisyRuns runs, Tap tap) {
    return EngineMoments.of(
        runs, tap, batches.shape(tap), batches.requireMaps(tap), copies.count(), score);
  }

  private static <A, B> Map<Tap, B> each(Map<Tap, A> byTap, Function<A, B> function) {
    Map<Tap, B> results = new LinkedHashMap<>();
    byTap.forEach((tap, value) -> results.put(tap, function.apply(value)));
    return results;
  }
}
