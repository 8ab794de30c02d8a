package org.pellucid.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The moments of gradients over noisy copies, of several layers and targets in one run: the engine
 * sums them where it can, and otherwise Java.
 */
final class NoisyMoments {
  private final ProbedModel probed;
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
      ProbedModel probed,
      Batches batches,
      NoisyInputs copies,
      Set<Tap> taps,
      List<Target> targets,
      ScoreScale score) {
    this.probed = probed;
    this.batches = batches;
    this.copies = copies;
    this.taps = taps;
    this.targets = targets;
    this.score = score;
  }

  /** Finds them: by target, the moments of each layer. */
  List<Map<Tap, GradientMoments>> find() {
    List<Integer> all = numbers();
    try (Sums sums = nothing()) {
      sums.add(copies, all);
      return all.stream().map(sums::found).toList();
    }
  }

  /**
   * Finds those of the first copies, for each target as many as suffice: by target, the moments of
   * each layer.
   *
   * @param enough by target, asked at the numbers of {@link SampleSteps}, unless there are no more
   *     copies
   */
  List<Map<Tap, GradientMoments>> find(List<Predicate<Map<Tap, GradientMoments>>> enough) {
    List<Integer> open = new ArrayList<>(numbers());
    List<Map<Tap, GradientMoments>> found = new ArrayList<>(Collections.nCopies(open.size(), null));
    try (Sums sums = nothing()) {
      SampleSteps.run(
          copies.count(),
          (from, to) -> {
            sums.add(copies.part(from, to), open);
            open.forEach(number -> found.set(number, sums.found(number)));
          },
          () -> {
            open.removeIf(number -> enough.get(number).test(found.get(number)));
            return open.isEmpty();
          });
    }
    return found;
  }

  private List<Integer> numbers() {
    return IntStream.range(0, targets.size()).boxed().toList();
  }

  private Sums nothing() {
    return batches.noisyRuns().<Sums>map(InEngine::new).orElseGet(InJava::new);
  }

  /** Sums of all targets and layers. */
  private interface Sums extends AutoCloseable {
    /** Runs further copies and adds them for some of the targets. */
    void add(NoisyInputs some, List<Integer> open);

    /** The moments of a target so far. */
    Map<Tap, GradientMoments> found(int target);

    @Override
    void close();
  }

  private final class InJava implements Sums {
    private final List<Map<Tap, MomentSums>> sums = new ArrayList<>();

    InJava() {
      targets.forEach(target -> sums.add(new LinkedHashMap<>()));
    }

    @Override
    public void add(NoisyInputs some, List<Integer> open) {
      List<Target> asked = open.stream().map(targets::get).toList();
      batches.runAll(
          some,
          taps,
          asked,
          scores -> asked,
          (number, index, value, layers) -> {
            for (Tap each : taps) {
              sums.get(open.get(number))
                  .computeIfAbsent(
                      each, layer -> new MomentSums(layers.shape(layer), copies.count(), score))
                  .add(value, layers.gradients(each));
            }
          });
    }

    @Override
    public Map<Tap, GradientMoments> found(int target) {
      return each(sums.get(target), MomentSums::moments);
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
          runs, tap, probed.shape(tap), probed.requireMaps(tap), copies.count(), score);
    }

    @Override
    public void add(NoisyInputs some, List<Integer> open) {
      List<Target> asked = open.stream().map(targets::get).toList();
      batches.ask(
          some.count(),
          (from, count, all, question) -> batches.forward(runs, some, from, count, all, question),
          taps,
          asked,
          scores -> asked,
          (number, from, values, answer) -> {
            Map<Tap, EngineMoments> moments = sums.get(open.get(number));
            answer
                .pass()
                .addPowers(
                    answer.seeds(),
                    each(moments, EngineMoments::sums),
                    () -> EngineMoments.next(moments.values(), values));
          });
    }

    @Override
    public Map<Tap, GradientMoments> found(int target) {
      return each(sums.get(target), EngineMoments::moments);
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
