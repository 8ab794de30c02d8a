package org.pellucid.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The averages over noisy copies that a probe is asked for: found in one run for several layers,
 * and for several targets of the image.
 */
final class SharedMoments {
  private final StandardProbe probe;
  private final Set<Tap> expected;

  /**
   * The averages of a probe.
   *
   * @param expected where averages will be asked for
   */
  SharedMoments(StandardProbe probe, Set<Tap> expected) {
    this.probe = probe;
    this.expected = expected;
  }

  private record Question(Tap tap, Noise noise, ScoreScale score) {}

  /** Averages over all copies. */
  GradientMoments of(Tap tap, Noise noise, ScoreScale score) {
    Question question = new Question(tap, noise, score);
    GradientMoments known = probe.answers().get(question, GradientMoments.class);
    if (known != null) {
      return known;
    }
    Set<Tap> taps = together(tap, noise, score);
    List<StandardProbe> sharing =
        probe.sharing(taps.stream().mapToLong(this::bytes).sum(), question);
    List<Map<Tap, GradientMoments>> found = moments(noise, taps, sharing, score).find();
    for (int number = sharing.size() - 1; number >= 0; number--) {
      ProbeFamily.Memory own = sharing.get(number).answers();
      found
          .get(number)
          .forEach(
              (each, moments) ->
                  own.put(new Question(each, noise, score), moments, bytes(moments)));
    }
    // The one that was asked for comes last, so that it is kept in any case.
    return probe.answers().get(question, GradientMoments.class);
  }

  private NoisyMoments moments(
      Noise noise, Set<Tap> taps, List<StandardProbe> sharing, ScoreScale score) {
    StandardProbe.Passes passes = probe.passes();
    return new NoisyMoments(
        passes.probed(),
        passes.batches(),
        passes.probed().explained().noisy(noise),
        taps,
        StandardProbe.targets(sharing),
        score);
  }

  /**
   * Averages over as many copies as suffice.
   *
   * @param condition equal ones suffice alike
   * @param enough for the probe of a target, whether what was found suffices
   */
  GradientMoments of(
      Tap tap,
      Noise noise,
      ScoreScale score,
      Object condition,
      Function<ModelProbe, Predicate<GradientMoments>> enough) {
    record Conditional(Question question, Object condition) {}
    return probe.shared(
        new Conditional(new Question(tap, noise, score), condition),
        GradientMoments.class,
        bytes(tap),
        sharing -> {
          List<Predicate<Map<Tap, GradientMoments>>> conditions = new ArrayList<>();
          for (StandardProbe each : sharing) {
            Predicate<GradientMoments> sufficient = enough.apply(each);
            conditions.add(found -> sufficient.test(found.get(tap)));
          }
          return moments(noise, Set.of(tap), sharing, score).find(conditions).stream()
              .map(found -> found.get(tap))
              .toList();
        });
  }

  private static long bytes(GradientMoments moments) {
    return bytes(moments.first().length, moments.leaveOut().size());
  }

  private static long bytes(long size, int groups) {
    return 8L * 3 * (groups + 3) * size;
  }

  private long bytes(Tap tap) {
    return bytes(probe.passes().probed().elements(tap), 10);
  }

  /**
   * The layers whose moments are found in one run: the one asked for, at the end, and those of the
   * expected ones that can be kept beside it.
   */
  private Set<Tap> together(Tap tap, Noise noise, ScoreScale score) {
    Set<Tap> taps = new LinkedHashSet<>();
    long bytes = bytes(tap);
    for (Tap other : expected) {
      boolean known =
          probe.answers().get(new Question(other, noise, score), GradientMoments.class) != null;
      if (!other.equals(tap) && !known && ProbeFamily.remembers(bytes + bytes(other))) {
        bytes += bytes(other);
        taps.add(other);
      }
    }
    taps.add(tap);
    return taps;
  }
}
