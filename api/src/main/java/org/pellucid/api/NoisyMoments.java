package org.pellucid.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
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
      ProbedModel probed,
      Batches batches,
      NoisyInputs copies,
      Set<Integer> counts,
      Set<Tap> taps,
      List<Target> targets,
      ScoreScale score) {
    this.probed = probed;
    this.batches = batches;
    this.copies = copies;
    this.counts = new TreeSet<>(counts);
    this.taps = taps;
    this.targets = targets;
    this.score = score;
  }

  /**
   * What was found, by number of copies and by target the averages of each layer. They are open;
   * who keeps them lets those {@link #rest} that an engine has.
   */
  record Found(Map<Integer, List<Map<Tap, AveragedGradients>>> byCount) implements AutoCloseable {
    /** Closes what may be wanted again. */
    void rest() {
      each(EngineMoments::rest);
    }

    /** Closes all, for good. */
    @Override
    public void close() {
      each(EngineMoments::close);
    }

    private void each(Consumer<EngineMoments> work) {
      for (List<Map<Tap, AveragedGradients>> byTarget : byCount.values()) {
        for (Map<Tap, AveragedGradients> byTap : byTarget) {
          for (AveragedGradients averages : byTap.values()) {
            if (averages instanceof EngineMoments inEngine) {
              work.accept(inEngine);
            }
          }
        }
      }
    }
  }

  /** Finds them. */
  Found find() {
    List<Integer> all = numbers();
    Sums sums = nothing();
    try {
      int done = 0;
      for (int count : counts) {
        sums.add(copies.part(done, count), all);
        done = count;
      }
      Map<Integer, List<Map<Tap, AveragedGradients>>> found = new LinkedHashMap<>();
      for (int count : counts) {
        found.put(count, all.stream().map(target -> sums.found(target, count)).toList());
      }
      return new Found(found);
    } catch (RuntimeException | Error e) {
      sums.close();
      throw e;
    }
  }

  /**
   * Finds those of the first copies, for each target as many as suffice and all at the most.
   *
   * @param enough by target, asked at the numbers of {@link SampleSteps}, unless there are no more
   *     copies
   */
  Found find(List<Predicate<Map<Tap, AveragedGradients>>> enough) {
    List<Integer> open = new ArrayList<>(numbers());
    List<Map<Tap, AveragedGradients>> found =
        new ArrayList<>(Collections.nCopies(open.size(), null));
    Sums sums = nothing();
    try {
      SampleSteps.run(
          copies.count(),
          (from, to) -> {
            sums.add(copies.part(from, to), open);
            open.forEach(number -> found.set(number, sums.found(number, copies.count())));
          },
          () -> {
            open.removeIf(number -> enough.get(number).test(found.get(number)));
            return open.isEmpty();
          });
      return new Found(Map.of(copies.count(), found));
    } catch (RuntimeException | Error e) {
      sums.close();
      throw e;
    }
  }

  private List<Integer> numbers() {
    return IntStream.range(0, targets.size()).boxed().toList();
  }

  private Sums nothing() {
    return batches.noisyRuns().<Sums>map(InEngine::new).orElseGet(InJava::new);
  }

  /** Sums of all numbers of copies, targets and layers. */
  private interface Sums extends AutoCloseable {
    /** Runs further copies and adds them where they count, for some of the targets. */
    void add(NoisyInputs some, List<Integer> open);

    /** The averages so far of a target, over so many copies. */
    Map<Tap, AveragedGradients> found(int target, int count);

    @Override
    void close();
  }

  private final class InJava implements Sums {
    /** By target and number of copies. */
    private final List<NavigableMap<Integer, Map<Tap, MomentSums>>> sums = new ArrayList<>();

    InJava() {
      targets.forEach(
          target -> {
            NavigableMap<Integer, Map<Tap, MomentSums>> ofTarget = new TreeMap<>();
            counts.forEach(count -> ofTarget.put(count, new LinkedHashMap<>()));
            sums.add(ofTarget);
          });
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
              ArrayAlgebra.Field gradients = layers.gradients(each);
              counting(sums.get(open.get(number)), some)
                  .forEach(
                      (count, byTap) ->
                          byTap
                              .computeIfAbsent(
                                  each, layer -> new MomentSums(layers.shape(layer), count, score))
                              .add(value, gradients));
            }
          });
    }

    @Override
    public Map<Tap, AveragedGradients> found(int target, int count) {
      return each(sums.get(target).get(count), MomentSums::averages);
    }

    @Override
    public void close() {
      // Java memory.
    }
  }

  private final class InEngine implements Sums {
    private final NoisyRuns runs;

    /** By target and number of copies. */
    private final List<NavigableMap<Integer, Map<Tap, EngineMoments>>> sums = new ArrayList<>();

    InEngine(NoisyRuns runs) {
      this.runs = runs;
      try {
        for (int number = 0; number < targets.size(); number++) {
          NavigableMap<Integer, Map<Tap, EngineMoments>> ofTarget = new TreeMap<>();
          sums.add(ofTarget);
          for (int count : counts) {
            Map<Tap, EngineMoments> byTap = new LinkedHashMap<>();
            ofTarget.put(count, byTap);
            taps.forEach(tap -> byTap.put(tap, nothing(tap, count)));
          }
        }
      } catch (RuntimeException | Error e) {
        close();
        throw e;
      }
    }

    private EngineMoments nothing(Tap tap, int count) {
      return EngineMoments.of(runs, tap, probed.shape(tap), probed.requireMaps(tap), count, score);
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
          (number, from, answer) -> {
            int end = some.first() + from + answer.count();
            double[] values = values(answer);
            for (Map<Tap, EngineMoments> moments :
                counting(sums.get(open.get(number)), some).values()) {
              // In a chunk that did not fit, some sums may have been added to.
              if (moments.values().iterator().next().samples() < end) {
                answer
                    .pass()
                    .addPowers(
                        answer.seeds(),
                        each(moments, EngineMoments::sums),
                        () -> EngineMoments.next(moments.values(), values));
              }
            }
          });
    }

    /** The scores that samples are weighed by: none, where all count the same. */
    private double[] values(Batches.Answer<NoisyPass> answer) {
      return score == ScoreScale.LOGIT ? new double[answer.count()] : answer.values();
    }

    @Override
    public Map<Tap, AveragedGradients> found(int target, int count) {
      return each(sums.get(target).get(count), moments -> moments);
    }

    @Override
    public void close() {
      sums.forEach(
          ofTarget ->
              ofTarget.values().forEach(byTap -> byTap.values().forEach(EngineMoments::close)));
    }
  }

  /** The sums over more copies than come before some. */
  private static <S> NavigableMap<Integer, S> counting(
      NavigableMap<Integer, S> sums, NoisyInputs some) {
    return sums.tailMap(some.first(), false);
  }

  private static <A, B> Map<Tap, B> each(Map<Tap, A> byTap, Function<A, B> function) {
    Map<Tap, B> results = new LinkedHashMap<>();
    byTap.forEach((tap, value) -> results.put(tap, function.apply(value)));
    return results;
  }
}
