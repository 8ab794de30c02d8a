package org.pellucid.api;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pellucid.graph.Tensor;

/**
 * The layers of the clean input for a probe's target, with what is expected found in the pass that
 * tells the scores. An engine that computes formulas holds them, and they come to Java memory when
 * something there reads them.
 */
final class CleanLayers {
  private final StandardProbe probe;
  private final Set<Tap> expected = new LinkedHashSet<>();
  private final Set<Tap> averaged;
  private Cohort cohort;

  /** What is found while it is kept whatever else is remembered; null at other times. */
  private Map<Tap, LayerCapture> kept;

  /**
   * The layers of a probe.
   *
   * @param expected where they will be asked for
   * @param averaged where averages over noisy copies will be asked for
   */
  CleanLayers(StandardProbe probe, Set<Tap> expected, Set<Tap> averaged) {
    this.probe = probe;
    this.expected.addAll(expected);
    this.averaged = averaged;
  }

  /** What is asked of an engine that may hold the answer. */
  private record HeldQuestion(Tap tap) {}

  /** A layer that an engine may hold, and the score of the target that its gradients are of. */
  private record Scored(HeldLayer layer, double score) {}

  /** Makes the probe one of several that are asked the same. */
  void join(Cohort joined) {
    cohort = joined;
    joined.join(probe);
  }

  /** Runs what is expected, so that the scores are known. */
  void find() {
    find(expected, false);
  }

  /** The same where averages beside the layers are asked for. */
  void findBesideAverages() {
    if (!probe.knowsScores()) {
      find(expected, true);
    }
  }

  /** Whether a layer is found without another pass, but maybe the one that tells the scores. */
  boolean isForeseen(Tap tap) {
    return expected.contains(tap) || isKnown(tap);
  }

  private boolean isKnown(Tap tap) {
    return known(tap) != null || held(tap) != null;
  }

  private LayerCapture known(Tap tap) {
    LayerCapture found = kept == null ? null : kept.get(tap);
    return found == null ? probe.answers().get(tap, LayerCapture.class) : found;
  }

  /** Does work in which a layer is asked for at the end, and keeps it until then. */
  <R> R keeping(Tap tap, Supplier<R> work) {
    kept = new HashMap<>();
    LayerCapture before = known(tap);
    if (before != null) {
      kept.put(tap, before);
    }
    try {
      return work.get();
    } finally {
      kept = null;
    }
  }

  private Scored held(Tap tap) {
    return probe.answers().get(new HeldQuestion(tap), Scored.class);
  }

  /**
   * Finds several layers in one pass, where they are not known: in that of the scores, if that is
   * to come.
   */
  void expect(Set<Tap> taps) {
    taps.forEach(probed()::requireMaps);
    if (!probe.knowsScores()) {
      Set<Tap> all = new LinkedHashSet<>(expected);
      all.addAll(taps);
      if (ProbeFamily.remembers(bytes(all))) {
        expected.addAll(taps);
      }
      return;
    }
    Set<Tap> open = new LinkedHashSet<>();
    for (Tap tap : taps) {
      if (!isKnown(tap)) {
        open.add(tap);
      }
    }
    if (open.size() > 1 && ProbeFamily.remembers(bytes(open))) {
      find(open, false);
    }
  }

  /** A layer in Java memory. */
  LayerCapture capture(Tap tap) {
    askedFor(tap, false);
    return Optional.ofNullable(known(tap)).or(() -> read(tap)).orElseGet(() -> captured(tap));
  }

  /** A layer, in the engine where it holds it; to be read while the model is open. */
  LayerCapture layer(Tap tap) {
    askedFor(tap, true);
    LayerCapture known = known(tap);
    Scored held = held(tap);
    if (known != null || held == null) {
      return capture(tap);
    }
    FeatureMaps layout = FeatureMaps.of(probed().shapeOfOne(tap), probed().requireMaps(tap));
    return new LayerCapture(
        tap,
        layout.shape(),
        ArrayAlgebra.Field.held(
            new HeldMaps(held.layer().activations(), layout), () -> capture(tap).activationField()),
        ArrayAlgebra.Field.held(
            new HeldMaps(held.layer().gradients(), layout), () -> capture(tap).gradientField()),
        held.score());
  }

  /** Finds a layer that is not known, with what is expected of the scores' pass. */
  private void askedFor(Tap tap, boolean held) {
    if (cohort != null && expected.contains(tap)) {
      probe.ask();
    }
    if (!isKnown(tap)) {
      Set<Tap> taps = new LinkedHashSet<>();
      taps.add(tap);
      if (!probe.isResolved()) {
        taps.addAll(expected);
      }
      find(taps, held);
    }
  }

  /** A held layer brought to Java memory; empty where it is not there. */
  private Optional<LayerCapture> read(Tap tap) {
    Scored held = held(tap);
    if (held == null) {
      return Optional.empty();
    }
    Optional<Tensor> activations = held.layer().activations().read();
    Optional<Tensor> gradients = held.layer().gradients().read();
    if (activations.isEmpty() || gradients.isEmpty()) {
      return Optional.empty();
    }
    FeatureMaps layout = FeatureMaps.of(activations.get().shape(), probed().requireMaps(tap));
    LayerCapture capture =
        new LayerCapture(
            tap,
            layout.shape(),
            layout.fieldOfSample(activations.get(), 0),
            layout.fieldOfSample(gradients.get(), 0),
            held.score());
    // What is in Java memory is counted once.
    probe.answers().put(new HeldQuestion(tap), held, 0);
    put(probe, capture);
    return Optional.of(capture);
  }

  private ProbedModel probed() {
    return probe.passes().probed();
  }

  private long bytes(Set<Tap> taps) {
    return taps.stream().mapToLong(tap -> 8L * 2 * probed().elements(tap)).sum();
  }

  /** Remembers layers of a probe, as if in Java memory, where what the engine does not hold is. */
  private void put(StandardProbe owner, Map<Tap, Scored> layers) {
    layers.forEach(
        (tap, layer) -> owner.answers().put(new HeldQuestion(tap), layer, bytes(Set.of(tap))));
  }

  /** Remembers a layer of a probe. */
  static void put(StandardProbe owner, LayerCapture capture) {
    owner.answers().put(capture.tap(), capture, 8L * 2 * capture.shape().size());
    Map<Tap, LayerCapture> kept = owner.layers().kept;
    if (kept != null) {
      kept.put(capture.tap(), capture);
    }
  }

  /**
   * Finds layers: those beside averages had best be held, of one image after another, which costs
   * others a copy.
   *
   * @param held whether that is asked for
   */
  private void find(Set<Tap> wanted, boolean held) {
    Set<Tap> taps = new LinkedHashSet<>(wanted);
    taps.forEach(probed()::requireMaps);
    Optional<NoisyRuns> runs = probe.passes().batches().noisyRuns();
    if (runs.isPresent() && (held || !Collections.disjoint(taps, averaged))) {
      hold(runs.get(), taps);
      return;
    }
    if (cohort != null && !probe.isResolved() && taps.equals(expected)) {
      cohort.run(probe, taps, bytes(taps));
      if (taps.stream().allMatch(tap -> known(tap) != null)) {
        return;
      }
    }
    run(taps);
  }

  /**
   * What takes the clean input where it runs with noisy copies: as nothing has been asked of it
   * yet, all that will be is found with them, and it fills a place that would stay empty beside the
   * last of them.
   *
   * @param taps where the copies' gradients are taken
   * @param copies how many there are; one batch takes them all with the clean input
   * @param sharing the probes that are asked together, all of the family
   */
  Optional<NoisyMoments.Clean> beside(Set<Tap> taps, int copies, List<StandardProbe> sharing) {
    boolean possible =
        cohort == null
            && !probe.knowsScores()
            && taps.containsAll(expected)
            && probe.isWholeFamily(sharing)
            && probe.passes().batches().noisyRuns().isEmpty()
            && copies < probe.passes().batches().chunk(withScores(taps), 1 + copies)
            && copies % probed().model().samplesBeside(names(withScores(taps))) != 0;
    if (!possible) {
      return Optional.empty();
    }
    Function<double[], List<Target>> resolving = resolving(sharing);
    return Optional.of(
        new NoisyMoments.Clean() {
          @Override
          public List<Target> resolve(double[] scores) {
            return resolving.apply(scores);
          }

          @Override
          public void found(int target, List<LayerCapture> layers) {
            layers.forEach(layer -> put(sharing.get(target), layer));
          }
        });
  }

  private static List<String> names(Set<Tap> taps) {
    return taps.stream().map(Tap::tensor).toList();
  }

  private Set<Tap> withScores(Set<Tap> taps) {
    Set<Tap> all = new LinkedHashSet<>(taps);
    all.add(probed().scoresTap());
    return all;
  }

  /** A layer of a pass that ends with it in Java memory. */
  private LayerCapture captured(Tap tap) {
    return run(Set.of(tap)).get(tap);
  }

  /** This probe, and those of the targets after it for which layers are open too. */
  private List<StandardProbe> sharing(Set<Tap> taps, Function<Tap, Object> question) {
    return probe.sharing(bytes(taps), taps.stream().map(question).toArray());
  }

  private static Function<double[], List<Target>> resolving(List<StandardProbe> sharing) {
    return scores -> sharing.stream().map(each -> each.resolve(scores)).toList();
  }

  private void hold(NoisyRuns runs, Set<Tap> taps) {
    List<StandardProbe> sharing = sharing(taps, HeldQuestion::new);
    Map<Tap, Scored> own = new LinkedHashMap<>();
    probe
        .passes()
        .batches()
        .hold(
            runs,
            taps,
            sharing.stream().map(StandardProbe::known).toList(),
            resolving(sharing),
            (number, score, layers) -> {
              Map<Tap, Scored> scored = number == 0 ? own : new LinkedHashMap<>();
              layers.forEach((tap, layer) -> scored.put(tap, new Scored(layer, score)));
              if (number > 0) {
                put(sharing.get(number), scored);
              }
            });
    // What was asked for comes last, so that it is kept in any case.
    put(probe, own);
  }

  private Map<Tap, LayerCapture> run(Set<Tap> taps) {
    List<StandardProbe> sharing = sharing(taps, tap -> tap);
    Map<Tap, LayerCapture> captured = new LinkedHashMap<>();
    probe
        .passes()
        .batches()
        .runAll(
            probed().clean(),
            taps,
            sharing.stream().map(StandardProbe::known).toList(),
            resolving(sharing),
            (number, index, score, layers) -> {
              for (Tap tap : taps) {
                LayerCapture capture = layers.capture(tap, score);
                if (number == 0) {
                  captured.put(tap, capture);
                } else {
                  put(sharing.get(number), capture);
                }
              }
            });
    // What was asked for comes last, so that it is kept in any case.
    captured.values().forEach(capture -> put(probe, capture));
    return captured;
  }
}
