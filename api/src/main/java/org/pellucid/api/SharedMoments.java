package org.pellucid.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The averages over noisy copies that a probe is asked for: found in one run for several layers and
 * numbers of copies, and for several targets of the image.
 */
final class SharedMoments {
  private final StandardProbe probe;
  private final Set<Tap> expected;
  private final Set<Integer> expectedCounts;

  /**
   * The averages of a probe.
   *
   * @param expected where averages will be asked for
   * @param expectedCounts over how many copies
   */
  SharedMoments(StandardProbe probe, Set<Tap> expected, Set<Integer> expectedCounts) {
    this.probe = probe;
    this.expected = expected;
    this.expectedCounts = expectedCounts;
  }

  private record Question(Tap tap, Noise noise, ScoreScale score) {}

  /**
   * Uses averages over all copies.
   *
   * @param use makes something of them, not null
   */
  <R> R use(Tap tap, Noise noise, ScoreScale score, Function<AveragedGradients, R> use) {
    Question question = new Question(tap, noise, score);
    Optional<R> made = known(question, use);
    if (made.isPresent()) {
      return made.get();
    }
    NavigableSet<Integer> counts = counts(tap, noise, score);
    Set<Tap> taps = together(tap, noise, score, counts.size());
    List<StandardProbe> sharing =
        probe.sharing(counts.size() * taps.stream().mapToLong(this::bytes).sum(), question);
    // Several numbers of copies are several runs.
    Optional<NoisyMoments.Clean> clean =
        counts.size() == 1
            ? probe.layers().beside(taps, noise.samples(), sharing)
            : Optional.empty();
    return used(
        moments(noise.withSamples(counts.last()), counts, taps, clean, sharing, score).find(),
        true,
        found -> {
          counts.remove(noise.samples());
          for (int number = sharing.size() - 1; number >= 0; number--) {
            ProbeFamily.Memory own = sharing.get(number).answers();
            for (int count : counts) {
              put(own, noise.withSamples(count), score, found.get(count).get(number));
            }
            put(own, noise, score, found.get(noise.samples()).get(number));
          }
          // The one that was asked for comes last, so that it is kept in any case.
          return use.apply(found.get(noise.samples()).get(0).get(tap));
        });
  }

  /** What is made of averages that were found before; empty where they are not there any more. */
  private <R> Optional<R> known(Object question, Function<AveragedGradients, R> use) {
    AveragedGradients known = probe.answers().get(question, AveragedGradients.class);
    if (known instanceof EngineMoments inEngine) {
      return inEngine.use(use);
    }
    return Optional.ofNullable(known).map(use);
  }

  /**
   * Uses what was found.
   *
   * @param kept whether it is asked for again, so that an engine keeps it as long as it likes
   */
  private static <R> R used(
      NoisyMoments.Found found,
      boolean kept,
      Function<Map<Integer, List<Map<Tap, AveragedGradients>>>, R> use) {
    try {
      R made = use.apply(found.byCount());
      if (kept) {
        found.rest();
      } else {
        found.close();
      }
      return made;
    } catch (RuntimeException | Error e) {
      try {
        found.close();
      } catch (RuntimeException other) {
        e.addSuppressed(other);
      }
      throw e;
    }
  }

  private static void put(
      ProbeFamily.Memory memory, Noise noise, ScoreScale score, Map<Tap, AveragedGradients> found) {
    found.forEach(
        (tap, averages) -> memory.put(new Question(tap, noise, score), averages, bytes(averages)));
  }

  /**
   * Moments to be found.
   *
   * @param clean takes the clean input where it runs with the copies; otherwise it runs now, if it
   *     has not
   */
  private NoisyMoments moments(
      Noise noise,
      Set<Integer> counts,
      Set<Tap> taps,
      Optional<NoisyMoments.Clean> clean,
      List<StandardProbe> sharing,
      ScoreScale score) {
    StandardProbe.Passes passes = probe.passes();
    if (clean.isEmpty()) {
      probe.layers().findBesideAverages();
    }
    return new NoisyMoments(
        passes.probed(),
        passes.batches(),
        passes.probed().explained().noisy(noise),
        counts,
        taps,
        clean,
        clean.isPresent()
            ? sharing.stream().map(StandardProbe::known).toList()
            : StandardProbe.targets(sharing),
        score);
  }

  /**
   * Uses averages over as many copies as suffice.
   *
   * @param condition equal ones suffice alike
   * @param enough for the probe of a target, whether what was found suffices
   * @param use makes something of them, not null
   */
  <R> R use(
      Tap tap,
      Noise noise,
      ScoreScale score,
      Object condition,
      Function<ModelProbe, Predicate<AveragedGradients>> enough,
      Function<AveragedGradients, R> use) {
    record Conditional(Question question, Object condition) {}
    Conditional question = new Conditional(new Question(tap, noise, score), condition);
    Optional<R> made = known(question, use);
    if (made.isPresent()) {
      return made.get();
    }
    long bytes = bytes(tap);
    boolean kept = ProbeFamily.remembers(bytes);
    List<StandardProbe> sharing = probe.sharing(bytes, question);
    List<Predicate<Map<Tap, AveragedGradients>>> conditions = new ArrayList<>();
    for (StandardProbe each : sharing) {
      Predicate<AveragedGradients> sufficient = enough.apply(each);
      conditions.add(found -> sufficient.test(found.get(tap)));
    }
    return used(
        moments(noise, Set.of(noise.samples()), Set.of(tap), Optional.empty(), sharing, score)
            .find(conditions),
        kept,
        found -> {
          List<Map<Tap, AveragedGradients>> byTarget = found.get(noise.samples());
          if (kept) {
            for (int number = sharing.size() - 1; number >= 0; number--) {
              sharing.get(number).answers().put(question, byTarget.get(number).get(tap), bytes);
            }
          }
          return use.apply(byTarget.get(0).get(tap));
        });
  }

  private static long bytes(AveragedGradients averages) {
    return bytes(averages.shape().size(), averages.groups());
  }

  private static long bytes(long size, int groups) {
    return 8L * 3 * (groups + 3) * size;
  }

  private long bytes(Tap tap) {
    return bytes(probe.passes().probed().elements(tap), 10);
  }

  /**
   * The numbers of copies over which averages are found in one run: the one asked for, and the
   * expected ones that are not known.
   */
  private NavigableSet<Integer> counts(Tap tap, Noise noise, ScoreScale score) {
    NavigableSet<Integer> counts = new TreeSet<>();
    long bytes = bytes(tap);
    for (int other : expectedCounts) {
      if (!isKnown(tap, noise.withSamples(other), score)
          && ProbeFamily.remembers(bytes + bytes(tap))) {
        bytes += bytes(tap);
        counts.add(other);
      }
    }
    counts.add(noise.samples());
    return counts;
  }

  /**
   * The layers whose moments are found in one run: the one asked for, at the end, and those of the
   * expected ones that can be kept beside it.
   *
   * @param counts how many averages are kept of each
   */
  private Set<Tap> together(Tap tap, Noise noise, ScoreScale score, int counts) {
    Set<Tap> taps = new LinkedHashSet<>();
    long bytes = counts * bytes(tap);
    for (Tap other : expected) {
      long own = counts * bytes(other);
      if (!other.equals(tap)
          && !isKnown(other, noise, score)
          && ProbeFamily.remembers(bytes + own)) {
        bytes += own;
        taps.add(other);
      }
    }
    taps.add(tap);
    return taps;
  }

  private boolean isKnown(Tap tap, Noise noise, ScoreScale score) {
    return probe.answers().get(new Question(tap, noise, score), AveragedGradients.class) != null;
  }
}
