package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.backend.cuda.Cards;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Transpose;
import org.pellucid.testkit.DifferenceBackend;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.Networks;
import org.pellucid.testkit.SaliencyAssert;

/** The network that was worked out by hand, on every backend and in every precision it has. */
class KnownAnswersTest {
  private static final float[] FIRST = {1, 1, 1, 1, 1, -1, -1, -1};
  private static final float[] SECOND = {1, 2, 3, 4, -1, 1, .5f, 2};
  private static final Selection RELU = Selection.of(new Tap("relu"));
  private static final Shape SPACE = Shape.of(2, 2);

  /**
   * Answers are printed to six decimals. All activations and gradients are small whole numbers and
   * halves, exact in every float, so that no more is needed in float32.
   */
  private static final double PRINTED = 5e-7;

  static Stream<Arguments> backends() {
    GradientBackend emulated = Cards.emulated(EmulatedCard.hopper());
    return Stream.concat(Backends.all(), Stream.of(new DifferenceBackend(), emulated))
        .flatMap(
            backend ->
                Stream.of(Precision.FLOAT32, Precision.FLOAT64)
                    .filter(backend.precisions()::contains)
                    .map(
                        precision ->
                            Arguments.of(
                                Named.of(backend.id() + " " + precision.id(), backend),
                                precision)));
  }

  @Test
  void allBackendsAreThere() {
    assertThat(Backends.all().map(GradientBackend::id))
        .contains("djl", "dl4j", "onnxruntime", "reference");
  }

  private static Explainer explainer(String id) {
    return ServiceLoader.load(Explainer.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(candidate -> candidate.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static Saliency explain(
      GradientBackend backend,
      Precision precision,
      float[] head,
      String method,
      Selection selection,
      Map<String, String> options) {
    Backends.assumeAvailable(backend);
    Explainer explainer = explainer(method);
    ModelGraph graph = Networks.knownAnswer(head);
    try (LoadedModel model = backend.load(graph, Backends.options(backend).with(precision))) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(Map.of("image", Networks.knownAnswerImage()))
              .target(Target.ofClass(0))
              .build();
      return explainer.explain(probe, selection, Options.parse(explainer.options(), options));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void gradCam(GradientBackend backend, Precision precision) {
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "grad-cam", RELU, Map.of()))
        .hasStatus(Status.OK)
        .hasWeights(PRINTED, 1, -0.5)
        .hasMap(SPACE, PRINTED, 0, 4, 28, 32.5);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void gradCamPlusPlus(GradientBackend backend, Precision precision) {
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "grad-cam++", RELU, Map.of()))
        .hasStatus(Status.OK)
        .hasWeights(PRINTED, 4.0 / 77, 1.0 / 23)
        .hasMap(SPACE, PRINTED, 0, 0.207792, 1.871259, 2.730096);
    SaliencyAssert.assertThat(explain(backend, precision, SECOND, "grad-cam++", RELU, Map.of()))
        .hasMap(SPACE, PRINTED, 0, 0.210423, 2.404377, 4.038224);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void smoothGradCamPlusPlusWithoutNoise(GradientBackend backend, Precision precision) {
    for (String formula : List.of("corrected", "mean-of-maps")) {
      SaliencyAssert.assertThat(smooth(backend, precision, formula, "0"))
          .hasMap(SPACE, PRINTED, 0, 0.210423, 2.404377, 4.038224);
    }
    SaliencyAssert.assertThat(smooth(backend, precision, "paper", "0"))
        .hasMap(SPACE, PRINTED, 0, 0.109130, 1.722991, 3.284383);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void smoothGradCamPlusPlusWithLittleNoise(GradientBackend backend, Precision precision) {
    // The head is linear: gradients are the same for every noisy copy.
    SaliencyAssert.assertThat(smooth(backend, precision, "corrected", "0.001"))
        .hasMap(SPACE, PRINTED, 0, 0.210423, 2.404377, 4.038224);
  }

  private static Saliency smooth(
      GradientBackend backend, Precision precision, String formula, String noise) {
    Map<String, String> options = Map.of("formula", formula, "noise", noise, "samples", "7");
    return explain(backend, precision, SECOND, "smooth-grad-cam++", RELU, options);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void oneCopyWithoutNoiseIsGradCamPlusPlusBitForBit(GradientBackend backend, Precision precision) {
    Map<String, String> one = Map.of("noise", "0", "samples", "1");
    SaliencyAssert.assertThat(explain(backend, precision, SECOND, "smooth-grad-cam++", RELU, one))
        .hasSameBitsAs(explain(backend, precision, SECOND, "grad-cam++", RELU, Map.of()));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void neuronsRestrictTheWeights(GradientBackend backend, Precision precision) {
    Selection bottom =
        RELU.with(
            new NeuronSelection(List.of(Region.cells(1, 0, 1, 2)), NeuronSelection.Role.WEIGHT));
    SaliencyAssert.assertThat(explain(backend, precision, SECOND, "grad-cam++", bottom, Map.of()))
        .hasWeights(PRINTED, 0.026461, 0.085455);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void methodsThatWeighCells(GradientBackend backend, Precision precision) {
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "layer-cam", RELU, Map.of()))
        .hasMap(SPACE, PRINTED, 0, 4, 31, 40);
    SaliencyAssert.assertThat(
            explain(backend, precision, FIRST, "grad-cam-elementwise", RELU, Map.of()))
        .hasMap(SPACE, PRINTED, 0, 4, 31, 40);
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "hires-cam", RELU, Map.of()))
        .hasMap(SPACE, PRINTED, 0, 4, 25, 25);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void xGradCam(GradientBackend backend, Precision precision) {
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "xgrad-cam", RELU, Map.of()))
        .hasWeights(PRINTED, 1, -1)
        .hasMap(SPACE, PRINTED, 0, 4, 25, 25);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void methodsThatResume(GradientBackend backend, Precision precision) {
    // Without map 0 the score is 54 - 75, without map 1 it is 54 + 21.
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "ablation-cam", RELU, Map.of()))
        .hasWeights(PRINTED, 75 / 54.0, -21 / 54.0);
    Map<String, String> alone = Map.of("mask", "cell");
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "recipro-cam", RELU, alone))
        .hasMap(SPACE, PRINTED, 0, 4, 25, 25);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void eigenCam(GradientBackend backend, Precision precision) {
    // The Gram matrix of the maps is [2577 786; 786 261].
    double largest = (2838 + Math.sqrt(2316 * 2316 + 4 * 786 * 786)) / 2;
    double length = Math.hypot(786, largest - 2577);
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "eigen-cam", RELU, Map.of()))
        .hasWeights(PRINTED, 786 / length, (largest - 2577) / length);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void gradientsOfTheInput(GradientBackend backend, Precision precision) {
    // Map 1 takes away what map 0 adds, but at the one cell where only map 0 is active: that of
    // rows 0 to 2 and columns 1 to 3.
    Selection image = Selection.of(new Tap("image"));
    Shape space = Shape.of(4, 4);
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "gradient", image, Map.of()))
        .hasMap(space, PRINTED, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0);
    SaliencyAssert.assertThat(
            explain(backend, precision, FIRST, "input-x-gradient", image, Map.of()))
        .hasMap(space, PRINTED, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0);
    // At a quarter of the image no cell is active, at three quarters the lower two of map 0.
    Map<String, String> coarse = Map.of("steps", "2");
    Saliency halves = explain(backend, precision, FIRST, "integrated-gradients", image, coarse);
    SaliencyAssert.assertThat(halves)
        .hasMap(space, PRINTED, 0, 0, 0, 0, 2, 5, 6, 3.5, 4, 9, 10, 5.5, 6, 13, 14, 7.5);
    assertThat(halves.measures().get("completenessDelta")).isCloseTo(85.5 - 54, within(1e-4));
    assertThat(halves.warnings()).anyMatch(line -> line.contains("more steps"));
    Map<String, String> fine = Map.of("steps", "1000");
    Saliency integrated = explain(backend, precision, FIRST, "integrated-gradients", image, fine);
    // Each of the 8 kinks is met within half a step; its gradient is a window's sum, 270 in 4.
    assertThat(integrated.measures().get("completenessDelta"))
        .isCloseTo(0, within(2 * 270 / 2000.0));
    assertThat(integrated.measures().get("scoreDifference")).isCloseTo(54, within(1e-4));
  }

  /** Two numbers down, bilinearly enlarged to four by four: 1, 3/4, 1/4, 0 of the first. */
  private static double[] enlarged(double... cells) {
    double[] pixels = new double[16];
    double[] first = {1, 0.75, 0.25, 0};
    for (int i = 0; i < 16; i++) {
      double down = first[i / 4];
      double across = first[i % 4];
      pixels[i] =
          down * (across * cells[0] + (1 - across) * cells[1])
              + (1 - down) * (across * cells[2] + (1 - across) * cells[3]);
    }
    return pixels;
  }

  /** Of the cells that are active, those whose gradient is positive: 1, 2 and 3 of map 0. */
  private static final double[] GUIDED = {0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1};

  private static double[] times(double[] a, double[] b) {
    double[] products = a.clone();
    Arrays.setAll(products, i -> a[i] * b[i]);
    return products;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void guidedGradients(GradientBackend backend, Precision precision) {
    // The oracle of differences has true gradients alone.
    assumeThat(backend.id()).isNotEqualTo("difference");
    Selection image = Selection.of(new Tap("image"));
    Shape space = Shape.of(4, 4);
    SaliencyAssert.assertThat(
            explain(backend, precision, FIRST, "guided-backpropagation", image, Map.of()))
        .hasMap(space, PRINTED, GUIDED);
    double[] gradCam = enlarged(0, 4, 28, 32.5);
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "guided-grad-cam", RELU, Map.of()))
        .hasMap(space, PRINTED, times(GUIDED, gradCam));
    Map<String, String> still = Map.of("noise", "0", "samples", "3");
    double[] smooth =
        explain(backend, precision, FIRST, "grad-cam++", RELU, Map.of()).map().toDoubleArray();
    SaliencyAssert.assertThat(
            explain(backend, precision, FIRST, "guided-smooth-grad-cam++", RELU, still))
        .hasMap(space, PRINTED, times(GUIDED, enlarged(smooth)));
    SaliencyAssert.assertThat(
            explain(backend, precision, FIRST, "refine-cam", RELU, Map.of("base", "grad-cam")))
        .hasMap(space, PRINTED, Arrays.stream(gradCam).map(x -> x / 32.5).toArray());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void fullGrad(GradientBackend backend, Precision precision) {
    Selection image = Selection.of(new Tap("image"));
    Saliency saliency = explain(backend, precision, FIRST, "full-grad", image, Map.of());
    // Of the largest 11, what the pixels add; of the largest 75, what the biases take: 50 at three
    // cells of map 0, 75 at two of map 1.
    double[] map = {0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0};
    double[] biases = enlarged(0, 50, 125, 125);
    Arrays.setAll(map, i -> map[i] / 11 + biases[i] / 75);
    SaliencyAssert.assertThat(saliency).hasMap(Shape.of(4, 4), PRINTED, map);
    assertThat(saliency.measures().get("completenessDelta")).isCloseTo(0, within(1e-4));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void finerCam(GradientBackend backend, Precision precision) {
    // Class 1 scores 75 by map 0 alone.
    float[] rows = {1, 1, 1, 1, 1, -1, -1, -1, 1, 1, 1, 1, 0, 0, 0, 0};
    SaliencyAssert.assertThat(explain(backend, precision, rows, "finer-cam", RELU, Map.of()))
        .hasWeights(PRINTED, 0, -0.5)
        .hasMap(SPACE, PRINTED, 0, 0, -3, -7.5);
    Map<String, String> half = Map.of("gamma", "0.5");
    SaliencyAssert.assertThat(explain(backend, precision, rows, "finer-cam", RELU, half))
        .hasMap(SPACE, PRINTED, 0, 2, 12.5, 12.5);
    Map<String, String> none = Map.of("gamma", "0", "base", "layer-cam");
    SaliencyAssert.assertThat(explain(backend, precision, rows, "finer-cam", RELU, none))
        .hasSameBitsAs(explain(backend, precision, rows, "layer-cam", RELU, Map.of()));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void shapleyCam(GradientBackend backend, Precision precision) {
    Map<String, String> score = Map.of("utility", "score");
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "shapley-cam", RELU, score))
        .hasWeights(PRINTED, 1, -0.5);
    // A sixty-fourth, so that both classes have a chance; class 1 scores 0.
    float[] small = new float[8];
    for (int i = 0; i < 8; i++) {
      small[i] = FIRST[i] / 64;
    }
    double s = 54 / 64.0;
    double p = 1 / (1 + Math.exp(-s));
    // The gradient is (2 - p) of the score's, and H A is -p (1 - p) s of it.
    double factor = (2 - p + p * (1 - p) * s / 2) / 64;
    SaliencyAssert.assertThat(explain(backend, precision, small, "shapley-cam", RELU, Map.of()))
        .hasWeights(PRINTED, factor, -factor / 2);
  }

  /** The first direction of two maps with a Gram matrix [a b; b c]. */
  private static double[] direction(double a, double b, double c) {
    double largest = (a + c + Math.sqrt((a - c) * (a - c) + 4 * b * b)) / 2;
    double length = Math.hypot(b, largest - a);
    return new double[] {b / length, (largest - a) / length};
  }

  @ParameterizedTest
  @MethodSource("backends")
  void otherDirections(GradientBackend backend, Precision precision) {
    // Maps less their means of 18.75 and 5.25.
    double[] v = direction(1170.75, 392.25, 150.75);
    Map<String, String> linear = Map.of("kernel", "linear");
    SaliencyAssert.assertThat(explain(backend, precision, FIRST, "kpca-cam", RELU, linear))
        .hasMap(
            SPACE,
            PRINTED,
            -18.75 * v[0] - 5.25 * v[1],
            -14.75 * v[0] - 5.25 * v[1],
            12.25 * v[0] + 0.75 * v[1],
            21.25 * v[0] + 9.75 * v[1]);
    // Magnitudes of gradients times activations: 0, 8, 93, 160 and 0, 0, 3, 30.
    double[] w = direction(34313, 5079, 909);
    SaliencyAssert.assertThat(explain(backend, precision, SECOND, "seg-eigen-cam", RELU, Map.of()))
        .hasWeights(PRINTED, w[0], w[1])
        .hasMap(SPACE, 1e-5, 0, 8 * w[0], 93 * w[0] + 3 * w[1], 160 * w[0] + 30 * w[1]);
    // One concept without negative numbers is the leading direction.
    Map<String, String> one = Map.of("concepts", "1");
    Saliency factors = explain(backend, precision, FIRST, "deep-feature-factorization", RELU, one);
    double[] eigen =
        explain(backend, precision, FIRST, "eigen-cam", RELU, Map.of()).map().toDoubleArray();
    SaliencyAssert.assertThat(factors).hasMap(SPACE, PRINTED, eigen);
    assertThat(factors.concepts())
        .singleElement()
        .satisfies(c -> assertThat(c.share()).isEqualTo(1));
  }

  /** A layer in which every token attends to all alike: a token z becomes z and the mean. */
  private static void attending(GraphBuilder network, String tokens, String next) {
    network
        .node(next + " query", new MatMul(), tokens, "zeros")
        .node(next + " turned", new Transpose(List.of(0, 2, 1)), tokens)
        .node(next + " products", new MatMul(), next + " query", next + " turned")
        .node(next + " attention", new Softmax(2), next + " products")
        .node(next + " attended", new MatMul(), next + " attention", tokens)
        .node(next, new Binary.Add(), tokens, next + " attended");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void leGradOfEvenAttention(GradientBackend backend, Precision precision) {
    Backends.assumeAvailable(backend);
    List<Integer> one = List.of(1, 1);
    List<Integer> none = List.of(0, 0);
    GraphBuilder network =
        new GraphBuilder()
            .input("image", 1, 2, 2, 2)
            .constant("same", Tensor.of(Shape.of(2, 2, 1, 1), 1f, 0f, 0f, 1f))
            .constant("zeros", Tensor.of(Shape.of(2, 2), 0f, 0f, 0f, 0f))
            .constant("head", Tensor.of(Shape.of(2, 2), 1f, -1f, 0.5f, 2f))
            .node("patches", new Conv(one, one, none, none, 1), "image", "same")
            .node("rows", new Reshape(Shape.of(1, 2, 4)), "patches")
            .node("tokens", new Transpose(List.of(0, 2, 1)), "rows");
    attending(network, "tokens", "tokens1");
    attending(network, "tokens1", "tokens2");
    ModelGraph graph =
        network
            .node("means", new Reduce.ReduceMean(List.of(1), false), "tokens2")
            .node("scores", new Gemm(1, 1, false, true), "means", "head")
            .build("scores");
    try (LoadedModel model = backend.load(graph, Backends.options(backend).with(precision))) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(
                  Map.of("image", Tensor.of(Shape.of(1, 2, 2, 2), 4f, 1f, 0f, 8f, 1f, 3f, 2f, 2f)))
              .target(Target.ofClass(0))
              .build();
      // The head takes channel 1 from channel 0: 3, -2, -2 and 6 of the patches, 1.25 on average.
      // Each query is a quarter of the mean that is scored, so that the score grows by a quarter of
      // these with the first layer's attention, and of 1.25 more with the second's.
      SaliencyAssert.assertThat(
              explainer("le-grad").explain(probe, Selection.of(new Tap("image")), Options.DEFAULTS))
          .hasStatus(Status.OK)
          .hasMap(SPACE, PRINTED, (3 + 4.25) / 4, 0, 0, (6 + 7.25) / 4);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void leGrad(GradientBackend backend, Precision precision) {
    Backends.assumeAvailable(backend);
    // Worked out by differences in LeGradTest; here, that all backends find the same.
    double[] expected = ofTransformer(new ReferenceBackend(), Precision.FLOAT64);
    double largest = Arrays.stream(expected).max().orElseThrow();
    double[] found = ofTransformer(backend, precision);
    double tolerance = precision == Precision.FLOAT64 ? 1e-7 : 1e-4;
    assertThat(found).containsExactly(expected, within(tolerance * largest));
  }

  private static double[] ofTransformer(GradientBackend backend, Precision precision) {
    ModelGraph graph = Networks.transformer();
    Explainer explainer = explainer("le-grad");
    try (LoadedModel model = backend.load(graph, Backends.options(backend).with(precision))) {
      StandardProbe probe =
          StandardProbe.of(model).inputs(Map.of("image", Networks.images(graph, 1, 3))).build();
      return explainer
          .explain(probe, Selection.of(new Tap("image")), Options.DEFAULTS)
          .map()
          .toDoubleArray();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void cam(GradientBackend backend, Precision precision) {
    Backends.assumeAvailable(backend);
    ModelGraph graph = Networks.residual();
    try (LoadedModel model = backend.load(graph, Backends.options(backend).with(precision))) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(Map.of("image", Networks.images(graph, 1, 3)))
              .target(Target.ofClass(1))
              .build();
      Explainer cam = explainer("cam");
      double[] head = graph.constants().get("head").toDoubleArray();
      SaliencyAssert.assertThat(
              cam.explain(probe, Selection.of(new Tap("block2 out")), Options.DEFAULTS))
          .hasWeights(0, Arrays.copyOfRange(head, 6, 12));
    }
  }
}
