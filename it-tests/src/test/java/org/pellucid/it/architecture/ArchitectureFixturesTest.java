package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.pellucid.it.architecture.ArchitectureTolerances.assertAgrees;
import static org.pellucid.it.architecture.ArchitectureTolerances.assertClose;
import static org.pellucid.it.architecture.ArchitectureTolerances.assertNear;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.backend.cuda.Cards;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.core.Layers;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Layouts;
import org.pellucid.graph.pass.ScoreOutput;
import org.pellucid.it.Backends;
import org.pellucid.it.architecture.ArchitectureFixture.Batch;
import org.pellucid.it.architecture.ArchitectureFixture.Layer;
import org.pellucid.methods.GradCam;
import org.pellucid.methods.GradCamPlusPlus;
import org.pellucid.methods.SampleCount;
import org.pellucid.methods.SmoothFormula;
import org.pellucid.methods.SmoothGradCamPlusPlus;

/**
 * Real architectures, exported by the real exporters: what the importer and the backends make of
 * them is what their own frameworks compute.
 */
class ArchitectureFixturesTest {
  @TempDir private Path folder;

  private static List<String> fixtures() {
    return ArchitectureFixture.names();
  }

  private static Stream<Arguments> backendsAndFixtures() {
    return withFixtures(Backends.available());
  }

  /** With the kernels of the cuda backend, run by the driver that is emulated. */
  private static Stream<Arguments> backendsAndEmulatorAndFixtures() {
    return Stream.concat(
        backendsAndFixtures(),
        withFixtures(Stream.of(Named.of("cuda, emulated", Cards.emulated(EmulatedCard.hopper())))));
  }

  private static Stream<Arguments> withFixtures(Stream<Named<GradientBackend>> backends) {
    return backends.flatMap(
        backend -> fixtures().stream().map(name -> Arguments.of(backend, name)));
  }

  @Test
  void theArchitecturesThatMatterAreThere() {
    assertThat(fixtures())
        .contains(
            "vgg",
            "resnet",
            "densenet",
            "squeezenet",
            "mobilenet-v2",
            "mobilenet-v3",
            "efficientnet",
            "inception-v3",
            "googlenet",
            "shufflenet",
            "regnet-y",
            "convnext",
            "vit",
            "deit",
            "swin",
            "keras-mobilenet-v2",
            "caffe2-opset7");
    assertThat(Backends.available().map(Named::getName))
        .contains("djl", "dl4j", "onnxruntime", "reference");
    assertThat(fixtures().stream().map(ArchitectureFixture::of).filter(f -> !f.symbolicBatch()))
        .as("fixtures frozen at batch 1")
        .hasSizeGreaterThanOrEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void theReferencesCanTellRightFromWrong(String name) {
    ArchitectureFixture fixture = ArchitectureFixture.of(name);

    assertThat(fixture.layers()).hasSize(3);
    for (Layer layer : fixture.layers()) {
      for (ArchitectureFixture.Both image : layer.images()) {
        assertThat(image.gradient().nonzero()).as("%s", layer).isGreaterThanOrEqualTo(0.2);
        assertThat(Arrays.stream(image.gradient().values()).filter(g -> g != 0)).isNotEmpty();
      }
    }
    double[][] logits = fixture.output().values();
    double largest = Arrays.stream(logits[0]).map(Math::abs).max().orElseThrow();
    for (int k = 0; k < logits[0].length; k++) {
      if (k == fixture.targets()[0] || k == fixture.targets()[1]) {
        assertThat(Math.abs(logits[0][k] - logits[1][k])).isGreaterThan(1e-3 * largest);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void isImported(String name) {
    ArchitectureFixture fixture = ArchitectureFixture.of(name);
    ModelGraph graph = fixture.read(folder);

    ScoreOutput scores = ScoreOutput.of(graph, graph.outputs().get(0));
    assertThat(scores.output()).isEqualTo(fixture.output().name());
    assertThat(scores.logits()).isEqualTo(fixture.output().logits());
    assertThat(Batching.of(graph).obstacle().isPresent()).isEqualTo(fixture.oneByOne());
    Layouts layouts = Layouts.of(graph);
    for (Layer layer : fixture.layers().stream().filter(Layer::isSpatial).toList()) {
      assertThat(layouts.of(layer.tensor()).map(FeatureMapAxes::channelAxis))
          .as("channels of %s", layer)
          .contains(layer.channelAxis());
    }
    if (fixture.defaultLayer() != null) {
      Layers layers = Layers.of(graph, fixture.input().name(), scores.logits());
      assertThat(layers.byDefault().tap().tensor()).isEqualTo(fixture.defaultLayer());
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void theReferenceInterpreterComputesWhatTheFrameworkDid(String name) {
    ArchitectureFixture fixture = ArchitectureFixture.of(name);
    ReferenceInterpreter interpreter = new ReferenceInterpreter(fixture.read(folder));
    Set<String> wanted =
        fixture.layers().stream().map(Layer::tensor).collect(Collectors.toCollection(HashSet::new));
    wanted.add(fixture.output().logits());
    wanted.add(fixture.output().name());

    for (int i = 0; i < 2; i++) {
      Map<String, Tensor> found =
          interpreter.run(Map.of(fixture.input().name(), fixture.image(i)), wanted);

      assertClose(
          "logits",
          found.get(fixture.output().logits()).toDoubleArray(),
          fixture.output().values()[i]);
      if (fixture.output().probabilities() != null) {
        assertClose(
            "probabilities",
            found.get(fixture.output().name()).toDoubleArray(),
            fixture.output().probabilities()[i]);
      }
      for (Layer layer : fixture.layers()) {
        assertAgrees(
            "activations of " + layer,
            fixture.seed(),
            layer.planes(found.get(layer.tensor()), 0),
            layer.images().get(i).activation());
      }
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("backendsAndEmulatorAndFixtures")
  void outputsAndGradientsAreTheFrameworks(GradientBackend backend, String name) {
    ArchitectureFixture fixture = ArchitectureFixture.of(name);
    ModelGraph graph = fixture.read(folder);
    // A backend without float64 is compared with the gradients of one that has it.
    boolean wide = backend.precisions().contains(Precision.FLOAT64);
    Map<Layer, List<double[]>> exact = new LinkedHashMap<>();

    try (LoadedModel model = load(wide ? backend : Backends.of("djl"), graph, Precision.FLOAT64)) {
      for (Batch batch : fixture.batches()) {
        try (ForwardPass pass = forward(fixture, model, batch)) {
          checkExactly(fixture, batch, pass, exact);
        }
      }
    }

    if (!backend.precisions().contains(Precision.FLOAT32)) {
      return;
    }
    try (LoadedModel model = load(backend, graph, Precision.FLOAT32)) {
      for (Batch batch : fixture.batches()) {
        try (ForwardPass pass = forward(fixture, model, batch)) {
          Tensor logits = pass.activation(new Tap(fixture.output().logits()));
          assertNear("logits", logits.toDoubleArray(), flat(batch.values()));
          Map<Tap, Tensor> gradients = backward(fixture, pass, batch.seeds(logits.shape()));
          exact.forEach(
              (layer, images) -> {
                for (int i = 0; i < batch.indices().length; i++) {
                  assertNear(
                      "gradients of " + layer,
                      layer.planes(gradients.get(layer.tap()), i),
                      images.get(batch.indices()[i]));
                }
              });
        }
      }
    }
  }

  /**
   * Compares what was computed in float64 with the fixture.
   *
   * @param exact takes the gradients of each image
   */
  private static void checkExactly(
      ArchitectureFixture fixture,
      Batch batch,
      ForwardPass pass,
      Map<Layer, List<double[]>> exact) {
    Tensor logits = pass.activation(new Tap(fixture.output().logits()));
    assertClose("logits", logits.toDoubleArray(), flat(batch.values()));
    if (batch.probabilities() != null) {
      assertClose(
          "probabilities",
          pass.outputs().get(fixture.output().name()).toDoubleArray(),
          flat(batch.probabilities()));
    }
    Map<Tap, Tensor> gradients = backward(fixture, pass, batch.seeds(logits.shape()));
    for (Layer layer : fixture.layers()) {
      for (int i = 0; i < batch.indices().length; i++) {
        ArchitectureFixture.Both wanted = layer.images().get(batch.indices()[i]);
        double[] found = layer.planes(gradients.get(layer.tap()), i);
        assertAgrees(
            "activations of " + layer,
            fixture.seed(),
            layer.planes(pass.activation(layer.tap()), i),
            wanted.activation());
        assertAgrees("gradients of " + layer, fixture.seed(), found, wanted.gradient());
        assertThat((double) Arrays.stream(found).filter(g -> g != 0).count() / found.length)
            .isGreaterThanOrEqualTo(0.2);
        exact.computeIfAbsent(layer, key -> new ArrayList<>()).add(found);
      }
      try (ForwardPass resumed = pass.resume(layer.tap(), pass.activation(layer.tap()))) {
        assertClose(
            "output resumed from " + layer,
            resumed.outputs().get(fixture.output().name()).toDoubleArray(),
            pass.outputs().get(fixture.output().name()).toDoubleArray());
      }
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("backendsAndFixtures")
  void mapsFollowTheFormulas(GradientBackend backend, String name) {
    assumeThat(backend.precisions()).contains(Precision.FLOAT64);
    ArchitectureFixture fixture = ArchitectureFixture.of(name);
    ModelGraph graph = fixture.read(folder);
    SmoothGradCamPlusPlus smooth = new SmoothGradCamPlusPlus();
    Options noise =
        Options.DEFAULTS
            .with(SmoothGradCamPlusPlus.SAMPLES, SampleCount.of(fixture.noise().count()))
            .with(SmoothGradCamPlusPlus.NOISE, fixture.noise().level())
            .with(SmoothGradCamPlusPlus.SEED, fixture.noise().seed());

    try (LoadedModel model = load(backend, graph, Precision.FLOAT64)) {
      for (int i = 0; i < 2; i++) {
        StandardProbe probe =
            StandardProbe.of(model)
                .inputs(Map.of(fixture.input().name(), fixture.image(i)))
                .scores(fixture.output().logits())
                .target(Target.top())
                .build();
        Map<String, double[][]> maps = fixture.maps().get(i);

        assertMap(fixture, probe, new GradCam(), Options.DEFAULTS, maps.get("grad-cam"));
        assertMap(fixture, probe, new GradCamPlusPlus(), Options.DEFAULTS, maps.get("grad-cam++"));
        assertMap(fixture, probe, smooth, noise, maps.get("smooth-grad-cam++"));
        assertMap(
            fixture,
            probe,
            smooth,
            noise.with(SmoothGradCamPlusPlus.FORMULA, SmoothFormula.PAPER),
            maps.get("smooth-grad-cam++ paper"));
        assertMap(
            fixture,
            probe,
            smooth,
            noise.with(SmoothGradCamPlusPlus.FORMULA, SmoothFormula.MEAN_OF_MAPS),
            maps.get("smooth-grad-cam++ mean-of-maps"));
      }
    }
  }

  private static void assertMap(
      ArchitectureFixture fixture,
      StandardProbe probe,
      Explainer explainer,
      Options options,
      double[][] wanted) {
    Selection layer = Selection.of(new Tap(fixture.mapsLayer()));
    Tensor map = explainer.explain(probe, layer, options).map();
    assertThat(map.shape().dims()).containsExactly(wanted.length, wanted[0].length);
    assertClose(
        explainer.id() + " " + options.describe(explainer.options()),
        map.toDoubleArray(),
        flat(wanted));
  }

  private static LoadedModel load(GradientBackend backend, ModelGraph graph, Precision precision) {
    return backend.load(graph, Backends.options(backend).with(precision).withThreads(1));
  }

  private static ForwardPass forward(ArchitectureFixture fixture, LoadedModel model, Batch batch) {
    Set<Tap> taps = fixture.layers().stream().map(Layer::tap).collect(Collectors.toSet());
    taps.add(new Tap(fixture.output().logits()));
    return model.forward(Map.of(fixture.input().name(), batch.images()), taps);
  }

  private static Map<Tap, Tensor> backward(
      ArchitectureFixture fixture, ForwardPass pass, Tensor seeds) {
    return pass.backward(
        Map.of(new Tap(fixture.output().logits()), seeds),
        fixture.layers().stream().map(Layer::tap).collect(Collectors.toSet()));
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }
}
