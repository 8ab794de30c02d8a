package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Need;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.testkit.SaliencyAssert;
import org.pellucid.testkit.SmallNetwork;

/** What several targets, and several methods, of one image share: counted pass by pass. */
class SharedPassesTest {
  private static final Tap IMAGE = new Tap("image");
  private static final List<Target> TARGETS =
      List.of(Target.top(), Target.top(1), Target.contrast(Target.top(), Target.top(1)));

  private static CountingModel model() {
    return new CountingModel(
        new ReferenceBackend()
            .load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Precision.FLOAT64)));
  }

  private static List<StandardProbe> probes(CountingModel model, List<Target> targets) {
    return StandardProbe.of(model)
        .inputs(Map.of("image", SmallNetwork.image()))
        .expecting(Set.of(SmallNetwork.LAYER, IMAGE))
        .expectingAverages(Set.of(SmallNetwork.LAYER, IMAGE))
        .buildAll(targets);
  }

  private static List<Explainer> methods() {
    return ServiceLoader.load(Explainer.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(method -> !method.needs().contains(Need.LINEAR_HEAD))
        .filter(method -> !method.needs().contains(Need.ATTENTION))
        .toList();
  }

  private static Explainer method(String id) {
    return methods().stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
  }

  private static Saliency explain(Explainer method, StandardProbe probe) {
    Tap place = method.needs().contains(Need.LAYER) ? SmallNetwork.LAYER : IMAGE;
    Options options =
        method.id().equals("rise")
            ? Options.parse(method.options(), Map.of("masks", "40"))
            : Options.DEFAULTS;
    return method.explain(probe, Selection.of(place), options);
  }

  @Test
  void severalTargetsRunNothingForwardAgain() {
    // Steps along a path, the difference to other classes, and the second derivatives have a seed
    // in them before they run, or are added up as they come: each target runs them for itself.
    Set<String> own = Set.of("integrated-gradients", "finer-cam", "shapley-cam");
    for (Explainer method : methods()) {
      if (own.contains(method.id())) {
        continue;
      }
      CountingModel.Counts one;
      try (CountingModel model = model()) {
        explain(method, probes(model, TARGETS.subList(0, 1)).get(0));
        one = model.counts();
      }
      try (CountingModel model = model()) {
        List<StandardProbe> probes = probes(model, TARGETS);
        List<Saliency> found = new ArrayList<>();
        probes.forEach(probe -> found.add(explain(method, probe)));
        assertThat(model.counts().forward()).as(method.id()).isEqualTo(one.forward());
        assertThat(model.counts().resumed()).as(method.id()).isEqualTo(one.resumed());
        for (int number = 0; number < TARGETS.size(); number++) {
          // Each is what it is alone.
          StandardProbe alone = probes(model, List.of(TARGETS.get(number))).get(0);
          SaliencyAssert.assertThat(found.get(number)).hasSameBitsAs(explain(method, alone));
        }
      }
    }
  }

  @Test
  void methodsShareTheImageItsNoisyCopiesAndEqualMasks() {
    try (CountingModel model = model()) {
      StandardProbe probe = probes(model, TARGETS.subList(0, 1)).get(0);
      for (String id :
          List.of(
              "grad-cam",
              "grad-cam++",
              "xgrad-cam",
              "layer-cam",
              "hires-cam",
              "grad-cam-elementwise",
              "eigen-cam",
              "eigen-grad-cam",
              "seg-eigen-cam",
              "kpca-cam",
              "fem",
              "deep-feature-factorization",
              "refine-cam",
              "gradient",
              "input-x-gradient")) {
        explain(method(id), probe);
      }
      assertThat(model.counts()).isEqualTo(new CountingModel.Counts(1, 1, 0));
      for (String id : List.of("smooth-grad-cam++", "smooth-grad", "var-grad", "square-grad")) {
        explain(method(id), probe);
      }
      assertThat(model.counts()).isEqualTo(new CountingModel.Counts(26, 26, 0));
      for (String id :
          List.of("guided-backpropagation", "guided-grad-cam", "guided-smooth-grad-cam++")) {
        explain(method(id), probe);
      }
      assertThat(model.counts()).isEqualTo(new CountingModel.Counts(27, 27, 0));
      explain(method("score-cam"), probe);
      assertThat(model.counts().forward()).isEqualTo(27 + 3);
      // The tenth step of each mask is the mask.
      explain(method("is-cam"), probe);
      assertThat(model.counts().forward()).isEqualTo(27 + 3 + 27);
    }
  }

  @Test
  void severalNumbersOfNoisyCopiesRunTheLargestOnce() {
    Explainer smooth = method("smooth-grad-cam++");
    try (CountingModel model = model()) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(Map.of("image", SmallNetwork.image()))
              .expecting(Set.of(SmallNetwork.LAYER))
              .expectingAverages(Set.of(SmallNetwork.LAYER))
              .expectingSamples(Set.of(1, 12, 30))
              .build();
      for (int samples : List.of(12, 1, 30)) {
        Options options =
            Options.parse(smooth.options(), Map.of("samples", String.valueOf(samples)));
        Saliency shared = smooth.explain(probe, Selection.of(SmallNetwork.LAYER), options);
        assertThat(model.counts()).isEqualTo(new CountingModel.Counts(31, 31, 0));
        try (CountingModel other = model()) {
          StandardProbe alone = probes(other, TARGETS.subList(0, 1)).get(0);
          SaliencyAssert.assertThat(shared)
              .hasSameBitsAs(smooth.explain(alone, Selection.of(SmallNetwork.LAYER), options));
        }
      }
    }
  }
}
