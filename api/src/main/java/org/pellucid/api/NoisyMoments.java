package org.pellucid.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

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
    try (Sums sums = nothing()) {
      sums.add(copies);
      return sums.found();
    }
  }

  /**
   * Finds those of the first copies, as many as suffice, of the one layer and target.
   *
   * @param enough asked at the numbers of {@link SampleSteps}, unless there are no more copies
   */
  GradientMoments find(Predicate<GradientMoments> enough) {
    try (Sums sums = nothing()) {
      int done = 0;
      while (true) {
        int next = SampleSteps.after(done, copies.count());
        sums.add(copies.part(done, next));
        done = next;
        GradientMoments found = sums.found().get(0).values().iterator().next();
        if (done == copies.count() || enough.test(found)) {
          return found;
        }
      }
    }
  }

  private Sums nothing() {
    return batches.noisyRuns().<Sums>map(InEngine::new).orElseGet(InJava::new);
  }

  /** Sums of all targets and layers. */
  private interface Sums extends AutoCloseable {
    /** Runs further copies and adds them. */
    void add(NoisyInputs some);

    /** The moments so far. */
    List<Map<Tap, GradientMoments>> found();

    @Override
    void close();
  }

  private final class InJava implements Sums {
    private final List<Map<Tap, MomentSums>> sums = new ArrayList<>();

    InJava() {
      targets.forEach(target -> sums.add(new LinkedHashMap<>()));
    }

    @Override
    public void add(NoisyInputs some) {
      batches.runAll(
          some,
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
    }

    @Override
    public List<Map<Tap, GradientMoments>> found() {
      return sums.stream().map(byTap -> each(byTap, MomentSums::moments)).toList();
    }

    @Override
    public void close() {
      // Java memory.
    }
  }

  private final class InEngine implements Sums {
    private final NoisyRuns runs;
    private final List<Map<Tap, EngineMoments>> sums = new ArrayList<>();

    InEngine(NoisyRuns runs) {
      this.runs = runs;
      try {
        for (int number = 0; number < targets.size(); number++) {
          Map<Tap, EngineMoments> ofTarget = new LinkedHashMap<>();
          sums.add(ofTarget);
          taps.forEach(tap -> ofTarget.put(tap, nothing(tap)));
        }
      } catch (RuntimeException | Error e) {
        close();
        throw e;
      }
    }

    private EngineMoments nothing(Tap tap) {
      return EngineMoments.of(
          runs, tap, batches.shape(tap), batches.requireMaps(tap), copies.count(), score);
    }

    @Override
    public void add(NoisyInputs some) {
      batches.ask(
          some.count(),
          (from, count, all, question) -> batches.forward(runs, some, from, count, all, question),
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
    }

    @Override
    public List<Map<Tap, GradientMoments>> found() {
      return sums.stream().map(byTap -> each(byTap, EngineMoments::moments)).toList();
    }

    @Override
    public void close() {
      sums.forEach(byTap -> byTap.values().forEach(EngineMoments::close));
    }
  }

  private static <A, B> Map<Tap, B> each(Map<Tap, A> byTap, Function<A, B> function) {
    Map<Tap, B> results = new LinkedHashMap<>();
    byTap.forEach((tap, value) -> results.put(tap, function.apply(value)));
    return results;
  }
}
