package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
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
import org.pellucid.graph.ModelGraph;
import org.pellucid.testkit.Networks;
import org.pellucid.testkit.SaliencyAssert;
import org.pellucid.testkit.SmallNetwork;

/** What several targets, and several methods, of one image share: counted pass by pass. */
class SharedPassesTest {
  private static final Tap IMAGE = new Tap("image");
  private static final List<Target> TARGETS =
      List.of(Target.top(), Target.top(1), Target.contrast(Target.top(), Target.top(1)));

  private static final List<Target> CLASSES =
      List.of(Target.top(), Target.top(1), Target.ofClass(0));

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
    return explain(method, probe, Map.of());
  }

  private static Saliency explain(
      Explainer method, StandardProbe probe, Map<String, String> options) {
    Tap place = method.needs().contains(Need.LAYER) ? SmallNetwork.LAYER : IMAGE;
    return method.explain(probe, Selection.of(place), Options.parse(method.options(), options));
  }

  static Stream<Arguments> methodsWithOptions() {
    Stream<Arguments> plain =
        methods().stream()
            .map(method -> Arguments.of(method.id(), method.id().equals("rise") ? "masks=40" : ""));
    Stream<Arguments> further =
        Stream.of(
            Arguments.of("smooth-grad-cam++", "formula=mean-of-maps"),
            Arguments.of("smooth-grad-cam++", "formula=mean-of-maps,samples=auto,tolerance=0.02"),
            Arguments.of("smooth-grad-cam++", "samples=auto,tolerance=0.02"),
            Arguments.of("smooth-grad", "samples=auto,tolerance=0.02"),
            Arguments.of("var-grad", "samples=auto,tolerance=0.2"),
            Arguments.of("square-grad", "samples=auto"),
            Arguments.of("guided-smooth-grad-cam++", "samples=auto"),
            Arguments.of("input-x-gradient", "smoothing=7"),
            Arguments.of("guided-backpropagation", "smoothing=7"),
            Arguments.of("integrated-gradients", "baseline=mean,steps=9"),
            Arguments.of("integrated-gradients", "smoothing=3,steps=4"),
            Arguments.of("finer-cam", "base=layer-cam,classes=1"),
            Arguments.of("shapley-cam", "utility=score"));
    return Stream.concat(plain, further);
  }

  private static Map<String, String> options(String words) {
    Map<String, String> options = new HashMap<>();
    for (String word : words.isEmpty() ? new String[0] : words.split(",")) {
      options.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }
    return options;
  }

  @ParameterizedTest
  @MethodSource("methodsWithOptions")
  void severalTargetsRunNothingForwardAgain(String id, String words) {
    Explainer method = method(id);
    Map<String, String> options = options(words);
    List<Target> targets = method.needs().contains(Need.OTHER_SCORES) ? CLASSES : TARGETS;
    List<Saliency> alone = new ArrayList<>();
    int mostForward = 0;
    int mostResumed = 0;
    for (Target target : targets) {
      try (CountingModel model = model()) {
        alone.add(explain(method, probes(model, List.of(target)).get(0), options));
        mostForward = Math.max(mostForward, model.counts().forward());
        mostResumed = Math.max(mostResumed, model.counts().resumed());
      }
    }
    try (CountingModel model = model()) {
      List<Saliency> found = new ArrayList<>();
      probes(model, targets).forEach(probe -> found.add(explain(method, probe, options)));
      // The seed is an input of the network of second derivatives: each target runs it for itself.
      int own = method.needs().contains(Need.SECOND_DERIVATIVES) ? targets.size() - 1 : 0;
      assertThat(model.counts().forward()).isEqualTo(mostForward + own);
      assertThat(model.counts().resumed()).isEqualTo(mostResumed);
      for (int number = 0; number < targets.size(); number++) {
        // Each is what it is alone.
        SaliencyAssert.assertThat(found.get(number)).hasSameBitsAs(alone.get(number));
      }
    }
  }

  @Test
  void targetsOfATransformerShareTheHeadsBehindItsLayers() {
    ModelGraph graph = Networks.transformer();
    Explainer method =
        ServiceLoader.load(Explainer.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(each -> each.id().equals("le-grad"))
            .findFirst()
            .orElseThrow();
    List<Target> targets = List.of(Target.top(), Target.top(1));
    List<CountingModel.Counts> counts = new ArrayList<>();
    List<List<Saliency>> found = new ArrayList<>();
    for (List<Target> asked : List.of(targets, targets.subList(0, 1), targets.subList(1, 2))) {
      try (CountingModel model =
          new CountingModel(
              new ReferenceBackend().load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64)))) {
        List<Saliency> maps = new ArrayList<>();
        StandardProbe.of(model)
            .inputs(Map.of("image", Networks.images(graph, 1, 3)))
            .buildAll(asked)
            .forEach(
                probe -> maps.add(method.explain(probe, Selection.of(IMAGE), Options.DEFAULTS)));
        counts.add(model.counts());
        found.add(maps);
      }
    }
    assertThat(counts.get(0).forward()).isEqualTo(counts.get(1).forward()).isEqualTo(2);
    assertThat(counts.get(0).backward()).isEqualTo(2 * counts.get(1).backward());
    SaliencyAssert.assertThat(found.get(0).get(0)).hasSameBitsAs(found.get(1).get(0));
    SaliencyAssert.assertThat(found.get(0).get(1)).hasSameBitsAs(found.get(2).get(0));
  }

  @Test
  void aTargetThatIsNoClassDoesNotKeepClassesFromBeingCompared() {
    try (CountingModel model = model()) {
      List<StandardProbe> probes = probes(model, TARGETS);
      Explainer finer = method("finer-cam");
      SaliencyAssert.assertThat(explain(finer, probes.get(1)))
          .hasSameBitsAs(explain(finer, probes(model, List.of(Target.top(1))).get(0)));
      assertThatThrownBy(() -> explain(finer, probes.get(2)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("grad-cam takes any target");
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
