package org.pellucid.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pellucid.graph.Tensor;

/**
 * The layers of the clean input for a probe's target, with what is expected found in the pass that
 * tells the scores. An engine that computes formulas holds them, and they come to Java memory when
 * something there reads them.
 */
final class CleanLayers {
  private final StandardProbe probe;
  private final Set<Tap> expected;
  private final Set<Tap> averaged;
  private Cohort cohort;

  /**
   * The layers of a probe.
   *
   * @param expected where they will be asked for
   * @param averaged where averages over noisy copies will be asked for
   */
  CleanLayers(StandardProbe probe, Set<Tap> expected, Set<Tap> averaged) {
    this.probe = probe;
    this.expected = expected;
    this.averaged = averaged;
  }

  private record Held(Tap tap) {}

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

  /** Whether a layer is found without another pass, but maybe the one that tells the scores. */
  boolean isForeseen(Tap tap) {
    return expected.contains(tap) || isKnown(tap);
  }

  private boolean isKnown(Tap tap) {
    return known(tap) != null || held(tap) != null;
  }

  private LayerCapture known(Tap tap) {
    return probe.answers().get(tap, LayerCapture.class);
  }

  private Scored held(Tap tap) {
    return probe.answers().get(new Held(tap), Scored.class);
  }

  /** Finds several layers in one pass, where they are not known. */
  void expect(Set<Tap> taps) {
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
    FeatureMaps layout = FeatureMaps.of(probed().shape(tap), probed().requireMaps(tap));
    return new LayerCapture(
        tap,
        layout.shape(),
        ArrayAlgebra.Field.held(
            held.layer().activations(), layout, () -> capture(tap).activationField()),
        ArrayAlgebra.Field.held(
            held.layer().gradients(), layout, () -> capture(tap).gradientField()),
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
    put(probe, capture);
    return Optional.of(capture);
  }

  private ProbedModel probed() {
    return probe.passes().probed();
  }

  private long bytes(Set<Tap> taps) {
    return taps.stream().mapToLong(tap -> 8L * 2 * probed().elements(tap)).sum();
  }

  /** Remembers a layer of a probe. */
  static void put(StandardProbe owner, LayerCapture capture) {
    owner.answers().put(capture.tap(), capture, 8L * 2 * capture.shape().size());
  }

  /**
   * Finds layers: those beside averages had best be held, which costs others a copy.
   *
   * @param held whether that is asked for
   */
  private void find(Set<Tap> taps, boolean held) {
    taps.forEach(probed()::requireMaps);
    if (cohort != null && !probe.isResolved() && taps.equals(expected)) {
      cohort.run(probe, taps, bytes(taps));
      if (taps.stream().allMatch(tap -> known(tap) != null)) {
        return;
      }
    }
    Optional<NoisyRuns> runs = probe.passes().batches().noisyRuns();
    if (runs.isPresent() && (held || !Collections.disjoint(taps, averaged))) {
      hold(runs.get(), taps);
    } else {
      run(taps);
    }
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
    List<StandardProbe> sharing = sharing(taps, Held::new);
    probe
        .passes()
        .batches()
        .hold(
            runs,
            taps,
            sharing.stream().map(StandardProbe::known).toList(),
            resolving(sharing),
            (number, score, layers) ->
                layers.forEach(
                    (tap, layer) ->
                        sharing
                            .get(number)
                            .answers()
                            // As if in Java memory, where what the engine does not hold is.
                            .put(new Held(tap), new Scored(layer, score), bytes(Set.of(tap)))));
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
