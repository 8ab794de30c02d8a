package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.GradientMoments;
import org.pellucid.api.Inputs;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Noise;
import org.pellucid.api.NoisyInputs;
import org.pellucid.api.NoisyRuns;
import org.pellucid.api.Options;
import org.pellucid.api.PowerSums;
import org.pellucid.api.Precision;
import org.pellucid.api.ProbeBuilder;
import org.pellucid.api.Saliency;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.methods.SmoothGradCamPlusPlus;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.SaliencyAssert;
import org.pellucid.testkit.SmallNetwork;

/**
 * Noisy copies that the card makes and sums that it keeps, beside those of Java: the same to the
 * last bit where the gradients are.
 */
class NoisyWorkTest {
  private static final Path VECTORS =
      Path.of("../api/src/test/resources/org/pellucid/api/gaussian-noise.txt");
  private static final Noise NOISE = Noise.level(12, 0.3, 4);

  private final EmulatedCudaDriver driver =
      new EmulatedCudaDriver(EmulatedCard.hopper().withRaceCheck());
  private final CudaBackend backend = Cards.bestOr(driver);

  private LoadedModel load(ModelGraph graph, Precision precision) {
    return backend.load(graph, LoadOptions.DEFAULT.with(backend.devices().get(0)).with(precision));
  }

  /** Which kernels ran the emulated card tells, and a real one does not. */
  private void assertLaunched(String kernel, int least, int most) {
    if (!Cards.isReal()) {
      assertThat(driver.launched().stream().filter(kernel::equals).count())
          .isBetween((long) least, (long) most);
    }
  }

  /** The same model as if its engine left noise and sums to Java. */
  private static final class InJava extends ForwardingModel {
    InJava(LoadedModel model) {
      super(model);
    }
  }

  private static ProbeBuilder probe(LoadedModel model, Tensor image) {
    return StandardProbe.of(model).inputs(Map.of("image", image)).target(Target.ofClass(1));
  }

  private static Tensor copies(LoadedModel model, Tensor image, Noise noise, int from, int count) {
    NoisyInputs copies = (NoisyInputs) probe(model, image).build().noisy(noise);
    Tap input = new Tap("image");
    try (ForwardPass pass =
        model
            .noisyRuns()
            .orElseThrow()
            .forward(
                new NoisyRuns.Batch("image", copies, from, count),
                Map.of(),
                Set.of(input),
                Optional.empty())) {
      return pass.activation(input);
    }
  }

  /** The vectors that every implementation of the noise must give. */
  @Test
  void noiseIsThatOfTheCommittedVectors() throws IOException {
    int elements = 150_528;
    Shape shape = Shape.of(1, 1, 1, elements);
    ModelGraph graph = sum(shape);
    List<String[]> lines =
        Files.readAllLines(VECTORS).stream()
            .filter(line -> !line.startsWith("#") && !line.isBlank())
            .map(line -> line.trim().split("\\s+"))
            .toList();
    assertThat(lines).hasSizeGreaterThan(40);
    Tensor zeros = Tensor.of(shape, new double[elements]);
    try (LoadedModel model = load(graph, Precision.FLOAT64)) {
      for (int i = 0; i < lines.size(); i += 6) {
        long seed = Long.parseLong(lines.get(i)[0]);
        int sample = Integer.parseInt(lines.get(i)[1]);
        Noise noise = new Noise(10_000, 1, Noise.Scale.ABSOLUTE, seed);
        Tensor copy = copies(model, zeros, noise, sample, 1);
        for (String[] line : lines.subList(i, i + 6)) {
          assertThat(line[0] + " " + line[1]).isEqualTo(seed + " " + sample);
          assertThat(copy.get(Integer.parseInt(line[2])))
              .as(String.join(" ", line))
              .isEqualTo(Double.parseDouble(line[3]));
        }
      }
    }
  }

  private static ModelGraph sum(Shape shape) {
    return new GraphBuilder()
        .input("image", new TensorType(ElementType.FLOAT32, shape))
        .node("scores", new Reduce.ReduceSum(List.of(1, 2, 3), false), "image")
        .build("scores");
  }

  /** Models with channels first and last, with their image. */
  static Stream<Arguments> layouts() {
    return Stream.of(Precision.FLOAT32, Precision.FLOAT64)
        .flatMap(
            precision ->
                Stream.of(
                    Arguments.of(
                        precision,
                        SmallNetwork.channelsFirst(),
                        (Supplier<Tensor>) SmallNetwork::image),
                    Arguments.of(
                        precision,
                        SmallNetwork.channelsLast(),
                        (Supplier<Tensor>) SmallNetwork::imageChannelsLast)));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void copiesAreThoseOfJava(Precision precision, ModelGraph graph, Supplier<Tensor> image) {
    Tensor clean = image.get();
    try (LoadedModel model = load(graph, precision)) {
      for (Noise noise : List.of(NOISE, Noise.level(12, 0, 4), Noise.level(12, 0.3, -1L << 40))) {
        Tensor found = copies(model, clean, noise, 5, 4);
        Inputs copies = probe(model, clean).build().noisy(noise);
        assertThat(found.shape()).isEqualTo(clean.shape().with(0, 4));
        for (int i = 0; i < found.size(); i++) {
          double expected = copies.get(5 + i / clean.size()).get(i % clean.size());
          assertThat(found.get(i)).isEqualTo(expected);
        }
      }
    }
    assertLaunched("noisy_copies", 1, Integer.MAX_VALUE);
  }

  /** Equal gradients have equal sums, in any layout, in groups and all together. */
  @ParameterizedTest
  @MethodSource("layouts")
  void momentsAreThoseOfJava(Precision precision, ModelGraph graph, Supplier<Tensor> image) {
    Tensor clean = image.get();
    try (LoadedModel model = load(graph, precision)) {
      for (ScoreScale score : ScoreScale.values()) {
        for (Tap tap : List.of(SmallNetwork.LAYER, new Tap("image"))) {
          for (int chunk : new int[] {5, 12}) {
            assertSame(
                probe(model, clean).chunk(chunk).build().moments(tap, NOISE, score),
                probe(new InJava(model), clean).chunk(chunk).build().moments(tap, NOISE, score));
          }
        }
      }
    }
    assertLaunched("add_powers", 1, Integer.MAX_VALUE);
  }

  /** The largest number of copies runs, and the averages over its first ones are as if alone. */
  @Test
  void momentsOfSeveralNumbersOfCopiesComeOfOneRun() {
    Tensor clean = SmallNetwork.image();
    Tap tap = SmallNetwork.LAYER;
    Noise few = NOISE.withSamples(5);
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      ProbeBuilder expecting = probe(model, clean).chunk(5).expectingSamples(Set.of(5, 12));
      ModelProbe probe = expecting.build();
      for (Noise noise : List.of(few, NOISE)) {
        assertSame(
            probe.moments(tap, noise, ScoreScale.LOGIT),
            probe(model, clean).chunk(5).build().moments(tap, noise, ScoreScale.LOGIT));
      }
    }
    // A chunk for two sums and two for one, and again 1 and 3 chunks alone.
    assertLaunched("add_powers", 2 + 2 + 1 + 3, 2 + 2 + 1 + 3);
  }

  private static void assertSame(GradientMoments found, GradientMoments expected) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(found.samples()).isEqualTo(expected.samples());
    assertThat(found.effectiveSamples()).isEqualTo(expected.effectiveSamples());
    assertThat(found.scale()).isEqualTo(expected.scale());
    assertThat(found.first()).containsExactly(expected.first());
    assertThat(found.second()).containsExactly(expected.second());
    assertThat(found.third()).containsExactly(expected.third());
    assertThat(found.leaveOut()).hasSameSizeAs(expected.leaveOut());
    for (int i = 0; i < found.leaveOut().size(); i++) {
      assertSame(found.leaveOut().get(i), expected.leaveOut().get(i));
    }
  }

  /** Copies that are added until there are enough are numbered on. */
  @Test
  void asManyCopiesAsSufficeAreThoseOfJava() {
    Noise noise = Noise.level(35, 0.3, 4);
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      for (int most : new int[] {20, 100}) {
        Predicate<GradientMoments> enough = found -> found.samples() >= most;
        StandardProbe probe = probe(model, SmallNetwork.image()).build();
        GradientMoments found =
            probe.moments(SmallNetwork.LAYER, noise, ScoreScale.EXP, most, asked -> enough);
        assertThat(found.samples()).isEqualTo(Math.min(most, 35));
        assertSame(
            found,
            probe(new InJava(model), SmallNetwork.image())
                .build()
                .moments(SmallNetwork.LAYER, noise, ScoreScale.EXP, most, asked -> enough));
      }
    }
    assertLaunched("noisy_copies", 2 + 4, 2 + 4);
  }

  /** More samples at once than the kernels take, and a number that no chunk divides. */
  @Test
  void chunksDoNotMatter() {
    Noise noise = Noise.level(150, 0.3, 4);
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT64)) {
      GradientMoments expected = null;
      for (int chunk : new int[] {1, 64, 150}) {
        StandardProbe probe = probe(model, SmallNetwork.image()).chunk(chunk).build();
        GradientMoments found = probe.moments(SmallNetwork.LAYER, noise, ScoreScale.EXP);
        expected = expected == null ? found : expected;
        // The kernels add products in another order for another number of rows.
        assertThat(found.scale()).isEqualTo(expected.scale());
        assertThat(found.second()).containsExactly(expected.second(), within(1e-12));
        assertThat(found.leaveOut().get(9).third())
            .containsExactly(expected.leaveOut().get(9).third(), within(1e-12));
      }
    }
  }

  /** Several layers and targets share their runs, each with sums of its own. */
  @Test
  void layersAndTargetsShareTheirRuns() {
    Set<Tap> taps = Set.of(SmallNetwork.LAYER, new Tap("conv"));
    List<Target> targets = List.of(Target.ofClass(0), Target.ofClass(2));
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      List<StandardProbe> found =
          probe(model, SmallNetwork.image()).expectingAverages(taps).buildAll(targets);
      List<StandardProbe> expected =
          probe(new InJava(model), SmallNetwork.image()).expectingAverages(taps).buildAll(targets);
      for (int i = 0; i < targets.size(); i++) {
        for (Tap tap : taps) {
          assertSame(
              found.get(i).moments(tap, NOISE, ScoreScale.LOGIT),
              expected.get(i).moments(tap, NOISE, ScoreScale.LOGIT));
        }
      }
    }
    assertLaunched("noisy_copies", 1, 1);
  }

  /** What is not finite shows, and does not set the scale. */
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void numbersThatAreNotFiniteShow(double value) {
    double[] pixels = SmallNetwork.image().toDoubleArray();
    pixels[7] = value;
    Tensor image = Tensor.of(Shape.of(1, 2, 4, 5), pixels);
    Noise noise = new Noise(6, 0.1, Noise.Scale.ABSOLUTE, 1);
    // At a class, as the top one is not known where scores are not numbers.
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      for (Tap tap : List.of(SmallNetwork.LAYER, new Tap("image"))) {
        GradientMoments found = probe(model, image).build().moments(tap, noise, ScoreScale.LOGIT);
        assertSame(
            found, probe(new InJava(model), image).build().moments(tap, noise, ScoreScale.LOGIT));
      }
      Saliency found = explain(probe(model, image).build());
      assertThat(found.status())
          .isEqualTo(explain(probe(new InJava(model), image).build()).status());
    }
  }

  private static Saliency explain(ModelProbe probe) {
    SmoothGradCamPlusPlus method = new SmoothGradCamPlusPlus();
    return method.explain(
        probe,
        Selection.of(SmallNetwork.LAYER),
        Options.parse(method.options(), Map.of("samples", "10", "noise", "0.2", "seed", "3")));
  }

  /** Beside a backend that shares nothing with this one but the questions. */
  @ParameterizedTest
  @CsvSource({"FLOAT64, 1e-10", "FLOAT32, 1e-4"})
  void explanationsAreTheReferences(Precision precision, double tolerance) {
    LoadOptions options = LoadOptions.DEFAULT.with(Precision.FLOAT64);
    ModelGraph graph = SmallNetwork.channelsLast();
    Tensor image = SmallNetwork.imageChannelsLast();
    try (LoadedModel model = load(graph, precision);
        LoadedModel reference = new ReferenceBackend().load(graph, options)) {
      SaliencyAssert.assertThat(explain(probe(model, image).build()))
          .isCloseTo(explain(probe(reference, image).build()), tolerance);
    }
  }

  /** A network that takes one image at a time gets its copies one at a time. */
  @Test
  void networksThatMixSamplesRunOneByOne() {
    try (LoadedModel model = load(SmallNetwork.mixing(), Precision.FLOAT32)) {
      assertThat(model.batching().obstacle()).isPresent();
      assertSame(
          probe(model, SmallNetwork.image())
              .build()
              .moments(SmallNetwork.LAYER, NOISE, ScoreScale.LOGIT),
          probe(new InJava(model), SmallNetwork.image())
              .build()
              .moments(SmallNetwork.LAYER, NOISE, ScoreScale.LOGIT));
    }
    assertLaunched("noisy_copies", 12, 12);
  }

  /** Sums end with who asked for them, and with the model at the latest. */
  @Test
  void sumsAreClosed() {
    LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32);
    NoisyRuns runs = model.noisyRuns().orElseThrow();
    FeatureMapAxes axes = model.layouts().of("layer").orElseThrow();
    PowerSums first = runs.sums(SmallNetwork.LAYER, axes, 2);
    PowerSums second = runs.sums(SmallNetwork.LAYER, axes, 2);
    assertThat(first.read().all()).containsOnly(0).hasSize(3 * 36);
    assertThat(first.read().groups()).hasNumberOfRows(2);
    first.close();
    first.close();
    model.close();
    second.close();
    assertThat(driver.openAllocations()).isZero();
  }
}
