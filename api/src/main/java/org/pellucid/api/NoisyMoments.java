package org.pellucid.api;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

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
  private final Optional<Clean> clean;
  private final ScoreScale score;
  private List<Target> targets;

  /**
   * What is to be found.
   *
   * @param counts over how many of the first copies averages are found, all of them for the last
   * @param taps layers of feature maps
   * @param clean takes the clean input, which runs with the first copies; empty where it has run
   * @param targets resolved, unless the clean input runs with the copies
   * @param score how copies are weighted
   */
  NoisyMoments(
      ProbedModel probed,
      Batches batches,
      NoisyInputs copies,
      Set<Integer> counts,
      Set<Tap> taps,
      Optional<Clean> clean,
      List<Target> targets,
      ScoreScale score) {
    this.probed = probed;
    this.batches = batches;
    this.copies = copies;
    this.counts = new TreeSet<>(counts);
    this.taps = taps;
    this.clean = clean;
    this.targets = targets;
    this.score = score;
  }

  /**
   * Takes what the clean input answers when it runs with the first copies, before them: so it is no
   * run of its own, and the copies' targets are resolved by its scores.
   */
  interface Clean {
    /** The targets, resolved by the scores of the clean input, unless they are. */
    List<Target> resolve(double[] scores);

    /** Takes the layers for one target. */
    void found(int target, List<LayerCapture> layers);
  }

  /** The clean input, and copies after it. */
  private record CleanFirst(Inputs clean, NoisyInputs copies) implements Inputs {
    @Override
    public int count() {
      return 1 + copies.count();
    }

    @Override
    public Tensor get(int index) {
      return index == 0 ? clean.get(0) : copies.get(index - 1);
    }

    @Override
    public void put(int index, Shape shape, FloatBuffer batch) {
      if (index == 0) {
        clean.put(0, shape, batch);
      } else {
        copies.put(index - 1, shape, batch);
      }
    }
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
      boolean withClean = clean.isPresent() && some.first() == 0;
      List<Target> asked = open.stream().map(targets::get).toList();
      batches.runAll(
          withClean ? new CleanFirst(probed.clean(), some) : some,
          taps,
          asked,
          withClean ? this::resolved : scores -> asked,
          (number, index, value, layers) -> {
            if (withClean && index == 0) {
              clean.get().found(number, layers.copied(taps, value));
              return;
            }
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

    /** All are asked together with the clean input, and in their order. */
    private List<Target> resolved(double[] scores) {
      targets = clean.get().resolve(scores);
      return targets;
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
