package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.AveragedGradients;
import org.pellucid.api.Device;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.MapSelection;
import org.pellucid.api.Noise;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.ProbeBuilder;
import org.pellucid.api.Saliency;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.methods.SmoothGradCamPlusPlus;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.SmallNetwork;

/**
 * Maps and their errors that the card makes of the sums that it keeps, beside those that Java makes
 * of the same sums: the same to the last bit.
 */
class AveragedMapsTest {
  private static final Tap LAYER = SmallNetwork.LAYER;

  private final EmulatedCudaDriver driver =
      new EmulatedCudaDriver(EmulatedCard.hopper().withRaceCheck());
  private final CudaBackend backend = Cards.bestOr(driver);

  private LoadedModel load(ModelGraph graph, Precision precision) {
    return backend.load(graph, LoadOptions.DEFAULT.with(backend.devices().get(0)).with(precision));
  }

  /** Which kernels ran the emulated card tells, and a real one does not. */
  private void assertLaunched(String kernel, int times) {
    if (!Cards.isReal()) {
      assertThat(driver.launched().stream().filter(kernel::equals)).hasSize(times);
    }
    driver.forgetLaunched();
  }

  /** The same model as if its engine left noise, sums and formulas to Java. */
  private static final class InJava extends ForwardingModel {
    InJava(LoadedModel model) {
      super(model);
    }
  }

  private static ProbeBuilder probe(LoadedModel model, Tensor image) {
    return StandardProbe.of(model).inputs(Map.of("image", image)).target(Target.ofClass(1));
  }

  private static Saliency explain(
      StandardProbe probe, Selection selection, Map<String, String> options) {
    SmoothGradCamPlusPlus method = new SmoothGradCamPlusPlus();
    return method.explain(probe, selection, Options.parse(method.options(), options));
  }

  private static Map<String, String> options(Object... further) {
    Map<String, String> options = new HashMap<>(Map.of("samples", "12", "noise", "0.3"));
    for (int i = 0; i < further.length; i += 2) {
      options.put((String) further[i], further[i + 1].toString());
    }
    return options;
  }

  private static Optional<List<Double>> errors(Saliency saliency) {
    return saliency
        .standardError()
        .map(error -> Arrays.stream(error.toDoubleArray()).boxed().toList());
  }

  private static void assertSame(Saliency found, Saliency expected) {
    assertThat(found.map().toDoubleArray()).containsExactly(expected.map().toDoubleArray());
    assertThat(errors(found)).isEqualTo(errors(expected));
    assertThat(found.status()).isEqualTo(expected.status());
    assertThat(found.warnings()).isEqualTo(expected.warnings());
    assertThat(found.measures()).isEqualTo(expected.measures());
    assertThat(found.contributions()).hasSameSizeAs(expected.contributions());
    for (int i = 0; i < found.contributions().size(); i++) {
      Saliency.Contribution one = found.contributions().get(i);
      Saliency.Contribution other = expected.contributions().get(i);
      assertThat(one.featureMap()).isEqualTo(other.featureMap());
      assertThat(one.weight()).isEqualTo(other.weight());
      // In Java w_k sum_ij A_kij, and here sum_ij w_k A_kij.
      assertThat(one.contribution())
          .isCloseTo(other.contribution(), within(1e-14 * Math.abs(other.contribution())));
    }
  }

  static Stream<Selection> selections() {
    return SmallNetwork.selections();
  }

  @ParameterizedTest
  @MethodSource("selections")
  void mapsAreThoseOfJava(Selection selection) {
    Tensor image = SmallNetwork.imageChannelsLast();
    for (Precision precision : List.of(Precision.FLOAT32, Precision.FLOAT64)) {
      try (LoadedModel model = load(SmallNetwork.channelsLast(), precision)) {
        for (String formula : List.of("corrected", "paper")) {
          for (String score : List.of("logit", "exp")) {
            driver.forgetLaunched();
            Map<String, String> options = options("formula", formula, "score", score);
            Saliency found = explain(probe(model, image).build(), selection, options);
            boolean ranked = selection.maps() instanceof MapSelection.TopByContribution;
            assertLaunched("averages", ranked ? 3 : 2);
            assertThat(found.standardError()).isPresent();
            assertThat(found.measures()).containsKey("negativeDenominators");
            assertSame(found, explain(probe(new InJava(model), image).build(), selection, options));
            assertLaunched("averages", 0);
          }
        }
      }
    }
  }

  /** Of one sample there is no error, and of each number of groups there is one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 25})
  void anyNumberOfSamples(int samples) {
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      Map<String, String> options = options("samples", samples);
      Saliency found =
          explain(
              probe(model, SmallNetwork.image()).chunk(4).build(), Selection.of(LAYER), options);
      assertLaunched("averages", samples == 1 ? 1 : 2);
      assertThat(found.standardError().isPresent()).isEqualTo(samples > 1);
      assertSame(
          found,
          explain(
              probe(new InJava(model), SmallNetwork.image()).chunk(4).build(),
              Selection.of(LAYER),
              options));
    }
  }

  /** As many copies as it takes: the card makes the map and its error at each step. */
  @ParameterizedTest
  @ValueSource(strings = {"0.3", "0.1"})
  void asManySamplesAsItTakes(String tolerance) {
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      Map<String, String> options = options("samples", "auto", "tolerance", tolerance);
      Saliency found =
          explain(probe(model, SmallNetwork.image()).build(), Selection.of(LAYER), options);
      assertThat(found.measures()).containsKey("relativeError");
      if (!Cards.isReal()) {
        assertThat(driver.launched()).contains("averages");
      }
      assertSame(
          found,
          explain(
              probe(new InJava(model), SmallNetwork.image()).build(),
              Selection.of(LAYER),
              options));
    }
  }

  /** Nothing comes to Java memory but the clean image's scores, sums of feature maps and maps. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void onlyTheMapsComeBack(int chunks) {
    CountedCopies copies = new CountedCopies(new EmulatedCudaDriver());
    CudaBackend counted = new CudaBackend(() -> CudaRuntime.start(copies.driver()));
    try (LoadedModel model =
        counted.load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Device.gpu(0)))) {
      StandardProbe probe =
          probe(model, SmallNetwork.image())
              .chunk(12 / chunks)
              .expecting(Set.of(LAYER))
              .expectingAverages(Set.of(LAYER))
              .build();
      copies.taken();
      explain(probe, Selection.of(LAYER), options());
      long scores = 3L * Float.BYTES;
      long maps = 3;
      long cells = 12;
      // Sums over activations and powers, the negative denominators, weights, contributions, map.
      long all = 4 + 1 + maps + maps + cells;
      long withoutGroups = 10 * cells;
      assertThat(copies.taken()).isEqualTo(scores + Double.BYTES * (all + withoutGroups));
      // Of the same sums another selection needs the same, and no copies.
      explain(probe, Selection.of(LAYER).with(new MapSelection.Indices(List.of(1))), options());
      assertThat(copies.taken()).isEqualTo(Double.BYTES * (all + withoutGroups));
      // What asks for the averages themselves gets them all.
      probe.moments(LAYER, Noise.level(12, 0.3, 0), ScoreScale.LOGIT);
      assertThat(copies.taken()).isEqualTo(Double.BYTES * (3 + 11 * 3 * maps * cells));
      probe.moments(LAYER, Noise.level(12, 0.3, 0), ScoreScale.LOGIT);
      assertThat(copies.taken()).isZero();
      // Copies that weigh by their scores bring those.
      explain(probe, Selection.of(LAYER), options("score", "exp"));
      assertThat(copies.taken()).isEqualTo(12 * scores + Double.BYTES * (all + withoutGroups));
      // What reads the layer in Java gets it, once.
      probe.capture(LAYER);
      assertThat(copies.taken()).isEqualTo(2 * Float.BYTES * maps * cells);
      probe.capture(LAYER);
      assertThat(copies.taken()).isZero();
    }
  }

  /** Nor where several images are asked about together. */
  @Test
  void onlyTheMapsOfSeveralImagesComeBack() {
    CountedCopies copies = new CountedCopies(new EmulatedCudaDriver());
    CudaBackend counted = new CudaBackend(() -> CudaRuntime.start(copies.driver()));
    Tensor image = SmallNetwork.image();
    Tensor half = Tensor.of(image.shape(), halves(image));
    try (LoadedModel model =
        counted.load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Device.gpu(0)))) {
      List<StandardProbe> each =
          probe(model, image)
              .chunk(12)
              .expecting(Set.of(LAYER))
              .expectingAverages(Set.of(LAYER))
              .buildEach(List.of(image, half));
      for (StandardProbe probe : each) {
        copies.taken();
        Saliency found = explain(probe, Selection.of(LAYER), options());
        // The scores of the clean image; and as of one image.
        assertThat(copies.taken()).isEqualTo(3 * Float.BYTES + Double.BYTES * (23 + 10 * 12));
        Tensor own = probe == each.get(0) ? image : half;
        assertSame(found, explain(probe(model, own).build(), Selection.of(LAYER), options()));
      }
    }
  }

  private static double[] halves(Tensor image) {
    return Arrays.stream(image.toDoubleArray()).map(pixel -> pixel / 2).toArray();
  }

  /** Sums rest in memory that is free, and are found there until somebody has it. */
  @Test
  void sumsAreFoundAgainUntilTheirMemoryIsNeeded() {
    Selection all = Selection.of(LAYER);
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      StandardProbe probe = probe(model, SmallNetwork.image()).chunk(12).build();
      Saliency corrected = explain(probe, all, options());
      assertLaunched("add_powers", 1);
      int allocated = driver.openAllocations();
      Saliency paper = explain(probe, all, options("formula", "paper"));
      assertLaunched("add_powers", 0);
      // Other noise has sums of the same size, in the same memory.
      Saliency other = explain(probe, all, options("seed", 1));
      assertLaunched("add_powers", 1);
      assertSame(explain(probe, all, options("seed", 1)), other);
      assertLaunched("add_powers", 0);
      assertThat(driver.openAllocations()).isLessThanOrEqualTo(allocated + 8);
      // So the first ones are summed again, and are as they were.
      assertSame(explain(probe, all, options()), corrected);
      assertLaunched("add_powers", 1);
      assertSame(explain(probe, all, options("formula", "paper")), paper);
      assertLaunched("add_powers", 0);
    }
    assertThat(driver.openAllocations()).isZero();
  }

  /** Whatever is explained, one image after another holds no more memory. */
  @Test
  void imagesAfterOneAnotherHoldNoMoreMemory() {
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      int held = 0;
      // After some it holds the layers of as many images as it ever does.
      for (int i = 0; i < 14; i++) {
        explain(probe(model, SmallNetwork.image()).build(), Selection.of(LAYER), options());
        held = i < 9 ? driver.openAllocations() : held;
        assertThat(driver.openAllocations()).isEqualTo(held);
      }
    }
  }

  /** What is held beyond the clean pass leaves that its memory, so that it stays recorded. */
  @Test
  void imagesAfterOneAnotherRunAsGraphs() {
    WatchedDriver watched = WatchedDriver.of(new EmulatedCudaDriver());
    CudaBackend own = new CudaBackend(() -> CudaRuntime.start(watched.driver()));
    try (LoadedModel model =
        own.load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Device.gpu(0)))) {
      for (int i = 0; i < 14; i++) {
        watched.fail(0, WatchedDriver.Failure.REFUSED);
        ProbeBuilder probe = probe(model, SmallNetwork.image()).expecting(Set.of(LAYER));
        explain(probe.expectingAverages(Set.of(LAYER)).build(), Selection.of(LAYER), options());
        if (i > 2) {
          // The clean image, the copies, the map, and the maps without each group.
          assertThat(watched.calls().stream().filter("cuGraphLaunch"::equals)).hasSize(4);
        }
      }
    }
  }

  /** Layers and targets that ran together have their maps made of sums of their own. */
  @Test
  void layersAndTargetsThatRanTogether() {
    Set<Tap> taps = Set.of(LAYER, new Tap("conv"));
    List<Target> targets = List.of(Target.ofClass(0), Target.ofClass(2));
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      List<StandardProbe> found =
          probe(model, SmallNetwork.image())
              .chunk(12)
              .expectingAverages(taps)
              .expectingSamples(Set.of(5, 12))
              .buildAll(targets);
      List<StandardProbe> expected =
          probe(new InJava(model), SmallNetwork.image())
              .chunk(12)
              .expectingAverages(taps)
              .expectingSamples(Set.of(5, 12))
              .buildAll(targets);
      for (int samples : new int[] {5, 12}) {
        for (int i = 0; i < targets.size(); i++) {
          for (Tap tap : taps) {
            Map<String, String> options = options("samples", samples);
            assertSame(
                explain(found.get(i), Selection.of(tap), options),
                explain(expected.get(i), Selection.of(tap), options));
          }
        }
      }
    }
    // A chunk of 5 for both numbers and one of 7 for the larger, of two targets and layers.
    assertLaunched("add_powers", 3 * 4);
  }

  /** A layer that the scores do not depend on, and numbers that are not finite. */
  @ParameterizedTest
  @EnumSource
  void whatShowsNothing(ScoreScale score) {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 2, 4, 5)
            .node("layer", new Unary.Relu(), "image")
            .node("beside", new Unary.Neg(), "image")
            .node("scores", new Reduce.ReduceSum(List.of(2, 3), false), "layer")
            .build("scores", "beside");
    double[] pixels = SmallNetwork.image().toDoubleArray();
    pixels[7] = Double.POSITIVE_INFINITY;
    Tensor infinite = Tensor.of(Shape.of(1, 2, 4, 5), pixels);
    try (LoadedModel model = load(graph, Precision.FLOAT32)) {
      Map<String, String> options = options("score", score.name().toLowerCase(Locale.ROOT));
      for (Tensor image : List.of(SmallNetwork.image(), infinite)) {
        for (Tap tap : List.of(new Tap("beside"), LAYER)) {
          Selection selection = Selection.of(tap);
          Saliency found = explain(probe(model, image).build(), selection, options);
          assertSame(found, explain(probe(new InJava(model), image).build(), selection, options));
          if (tap.equals(new Tap("beside"))) {
            assertThat(found.status()).isEqualTo(Status.DEGENERATE);
          }
        }
      }
    }
  }

  /** Java makes the map of what the card has no memory for. */
  @Test
  void whatDoesNotFitIsMadeInJava() {
    EmulatedCudaDriver emulated = new EmulatedCudaDriver();
    WatchedDriver watched = WatchedDriver.of(emulated);
    CudaBackend own = new CudaBackend(() -> CudaRuntime.start(watched.driver()));
    try (LoadedModel model =
        own.load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Device.gpu(0)))) {
      // Averages without each of ten groups, of 36 elements.
      watched.refuse(10 * 36 * Double.BYTES);
      Saliency found =
          explain(probe(model, SmallNetwork.image()).build(), Selection.of(LAYER), options());
      assertThat(emulated.launched()).contains("averages");
      assertSame(
          found,
          explain(
              probe(new InJava(model), SmallNetwork.image()).build(),
              Selection.of(LAYER),
              options()));
    }
    assertThat(watched.open()).isEmpty();
  }

  /** Threads that explain at once take each other's memory, and answer as if alone. */
  @Test
  void threadsExplainAtOnce() throws InterruptedException, ExecutionException {
    Selection all = Selection.of(LAYER);
    List<Map<String, String>> questions =
        List.of(
            options(),
            options("formula", "paper"),
            options("seed", 1),
            options("formula", "paper", "seed", 1),
            options());
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      StandardProbe alone = probe(model, SmallNetwork.image()).chunk(12).build();
      List<Saliency> expected =
          questions.stream().map(options -> explain(alone, all, options)).toList();
      Callable<List<Saliency>> work =
          () -> {
            StandardProbe probe = probe(model, SmallNetwork.image()).chunk(12).build();
            return questions.stream().map(options -> explain(probe, all, options)).toList();
          };
      for (Future<List<Saliency>> found : threads.invokeAll(Collections.nCopies(6, work))) {
        for (int i = 0; i < questions.size(); i++) {
          assertSame(found.get().get(i), expected.get(i));
        }
      }
    } finally {
      threads.shutdown();
    }
    assertThat(driver.openAllocations()).isZero();
  }

  /** Where averages are kept does not show in what they tell of themselves. */
  @Test
  void averagesTellOfThemselves() {
    Noise noise = Noise.level(12, 0.3, 4);
    Function<AveragedGradients, List<Object>> facts =
        found -> List.of(found.shape(), found.samples(), found.effectiveSamples(), found.groups());
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), Precision.FLOAT32)) {
      StandardProbe onCard = probe(model, SmallNetwork.image()).build();
      StandardProbe inJava = probe(new InJava(model), SmallNetwork.image()).build();
      assertThat(onCard.averages(LAYER, noise, ScoreScale.EXP, facts))
          .isEqualTo(inJava.averages(LAYER, noise, ScoreScale.EXP, facts));
    }
  }
}
