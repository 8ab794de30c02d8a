package org.pellucid.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What is gathered of variants of the input, of several targets in one run: the variants run
 * forward once, and backward for each target that needs them.
 */
final class SharedGatherings {
  private final Batches batches;
  private final Inputs variants;
  private final Set<Tap> taps;
  private final List<Target> targets;
  private final List<? extends Gathering> gatherings;
  private final List<Integer> open;

  private SharedGatherings(
      Batches batches,
      Inputs variants,
      Set<Tap> taps,
      List<Target> targets,
      List<? extends Gathering> gatherings) {
    this.batches = batches;
    this.variants = variants;
    this.taps = taps;
    this.targets = targets;
    this.gatherings = gatherings;
    this.open = new ArrayList<>(IntStream.range(0, targets.size()).boxed().toList());
  }

  private record Question(Object variants, Set<Tap> taps, Object question) {}

  /** What {@link ModelProbe#gathered} answers, for a probe whose target is resolved. */
  @SuppressWarnings("unchecked") // Equal questions gather the same, in the same class.
  static <G extends Gathering> G gathered(
      StandardProbe probe,
      Inputs variants,
      Set<Tap> taps,
      Object question,
      Function<ModelProbe, G> make) {
    Optional<Question> asked =
        variants.identity().map(known -> new Question(known, Set.copyOf(taps), question));
    Gathering known = asked.map(each -> probe.answers().get(each, Gathering.class)).orElse(null);
    if (known != null) {
      return (G) known;
    }
    G first = make.apply(probe);
    Class<G> type = (Class<G>) first.getClass();
    Function<List<StandardProbe>, List<G>> find =
        sharing -> {
          List<G> gatherings = new ArrayList<>(List.of(first));
          sharing.stream().skip(1).map(make).forEach(gatherings::add);
          Batches batches = probe.passes().batches();
          new SharedGatherings(batches, variants, taps, StandardProbe.targets(sharing), gatherings)
              .run();
          return gatherings;
        };
    return asked.isEmpty()
        ? find.apply(List.of(probe)).get(0)
        : probe.shared(asked.get(), type, first.bytes(), find);
  }

  private void run() {
    if (gatherings.stream().noneMatch(Gathering::mayStop)) {
      run(0, variants.count());
    } else {
      SampleSteps.run(variants.count(), this::run, this::suffice);
    }
  }

  private void run(int from, int to) {
    List<Target> asked = open.stream().map(targets::get).toList();
    batches.runAll(
        variants.part(from, to),
        taps,
        asked,
        scores -> asked,
        (number, index, score, layers) ->
            gatherings.get(open.get(number)).add(layers.captures(taps, score)));
  }

  /** Leaves those out that have enough; whether all have. */
  private boolean suffice() {
    open.removeIf(number -> gatherings.get(number).mayStop() && gatherings.get(number).suffices());
    return open.isEmpty();
  }
}
