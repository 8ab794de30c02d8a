package org.pellucid.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The moments of gradients over noisy copies, of several layers and targets in one run: the engine
 * sums them where it can, and otherwise Java.
 */
final class NoisyMoments {
  private final Batches batches;
  private final NoisyInputs copies;
  private final NavigableSet<Integer> counts;
  private final Set<Tap> taps;
  private final List<Target> targets;
  private final ScoreScale score;

  /**
   * What is to be found.
   *
   * @param counts over how many of the first copies averages are found, all of them for the last
   * @param taps layers of feature maps
   * @param targets resolved
   * @param score how copies are weighted
   */
  NoisyMoments(
      Batches batches,
      NoisyInputs copies,
      Set<Integer> counts,
      Set<Tap> taps,
      List<Target> targets,
      ScoreScale score) {
    this.batches = batches;
    this.copies = copies;
    this.counts = new TreeSet<>(counts);
    this.taps = taps;
    this.targets = targets;
    this.score = score;
  }

  /** Finds them: by number of copies and by target, the moments of each layer. */
  Map<Integer, List<Map<Tap, GradientMoments>>> find() {
    try (Sums sums = nothing()) {
      int done = 0;
      for (int next : counts) {
        sums.add(copies.part(done, next));
        done = next;
      }
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
        GradientMoments found = sums.found().get(copies.count()).get(0).values().iterator().next();
        if (done == copies.count() || enough.test(found)) {
          return found;
        }
      }
    }
  }

  private Sums nothing() {
    return batches.noisyRuns().<Sums>map(InEngine::new).orElseGet(InJava::new);
  }

  /** Sums of all numbers of copies, targets and layers. */
  private interface Sums extends AutoCloseable {
    /** Runs further copies and adds them where they count. */
    void add(NoisyInputs some);

    /** The moments so far. */
    Map<Integer, List<Map<Tap, GradientMoments>>> found();

    @Override
    void close();
  }

  private final class InJava implements Sums {
    private final NavigableMap<Integer, List<Map<Tap, MomentSums>>> sums = new TreeMap<>();

    InJava() {
      for (int count : counts) {
        List<Map<Tap, MomentSums>> byTarget = new ArrayList<>();
        targets.forEach(target -> byTarget.add(new LinkedHashMap<>()));
        sums.put(count, byTarget);
      }
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
              double[] gradients = layers.gradients(each);
              sums.tailMap(some.first(), false)
                  .forEach(
                      (count, byTarget) ->
                          byTarget
                              .get(number)
                              .computeIfAbsent(
                                  each, layer -> new MomentSums(layers.shape(layer), count, score))
                              .add(value, gradients));
            }
          });
    }

    @Override
    public Map<Integer, List<Map<Tap, GradientMoments>>> found() {
      return moments(sums, MomentSums::moments);
    }

    @Override
    public void close() {
      // Java memory.
    }
  }

  private final class InEngine implements Sums {
    private final NoisyRuns runs;
    private final NavigableMap<Integer, List<Map<Tap, EngineMoments>>> sums = new TreeMap<>();

    InEngine(NoisyRuns runs) {
      this.runs = runs;
      try {
        for (int count : counts) {
          List<Map<Tap, EngineMoments>> byTarget = new ArrayList<>();
          sums.put(count, byTarget);
          for (int number = 0; number < targets.size(); number++) {
            Map<Tap, EngineMoments> ofTarget = new LinkedHashMap<>();
            byTarget.add(ofTarget);
            taps.forEach(tap -> ofTarget.put(tap, nothing(tap, count)));
          }
        }
      } catch (RuntimeException | Error e) {
        close();
        throw e;
      }
    }

    private EngineMoments nothing(Tap tap, int count) {
      return EngineMoments.of(
          runs, tap, batches.shape(tap), batches.requireMaps(tap), count, score);
    }

    @Override
    public void add(NoisyInputs some) {
      batches.ask(
          some.count(),
          (from, count, all, question) -> batches.forward(runs, some, from, count, all, question),
          taps,
          targets,
          scores -> targets,
          (number, from, values, answer) -> {
            int end = some.first() + from + values.length;
            // Those of more copies than came before these.
            for (List<Map<Tap, EngineMoments>> byTarget :
                sums.tailMap(some.first(), false).values()) {
              Map<Tap, EngineMoments> own = byTarget.get(number);
              // In a chunk that did not fit, some sums may have been added to.
              if (own.values().iterator().next().weights().samples() < end) {
                answer
                    .pass()
                    .addPowers(
                        answer.seeds(),
                        each(own, EngineMoments::sums),
                        () -> EngineMoments.next(own.values(), values));
              }
            }
          });
    }

    @Override
    public Map<Integer, List<Map<Tap, GradientMoments>>> found() {
      return moments(sums, EngineMoments::moments);
    }

    @Override
    public void close() {
      sums.values()
          .forEach(
              byTarget -> byTarget.forEach(byTap -> byTap.values().forEach(EngineMoments::close)));
    }
  }

  private static <S> Map<Integer, List<Map<Tap, GradientMoments>>> moments(
      Map<Integer, List<Map<Tap, S>>> sums, Function<S, GradientMoments> function) {
    Map<Integer, List<Map<Tap, GradientMoments>>> found = new LinkedHashMap<>();
    sums.forEach(
        (count, byTarget) ->
            found.put(count, byTarget.stream().map(byTap -> each(byTap, function)).toList()));
    return found;
  }

  private static <A, B> Map<Tap, B> each(Map<Tap, A> byTap, Function<A, B> function) {
    Map<Tap, B> results = new LinkedHashMap<>();
    byTap.forEach((tap, value) -> results.put(tap, function.apply(value)));
    return results;
  }
}
