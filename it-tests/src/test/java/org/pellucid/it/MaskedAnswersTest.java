package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.Networks;
import org.pellucid.testkit.SaliencyAssert;

/**
 * More that was worked out by hand, on every backend: methods of masks, noise that is none, and
 * what must be the same.
 */
class MaskedAnswersTest {
  private static final Tap IMAGE = new Tap("image");
  private static final Selection INPUT = Selection.of(IMAGE);
  private static final Selection RELU = Selection.of(new Tap("relu"));

  /** A sixty-fourth of the first head, so that softmax leaves something to every feature map. */
  private static final float[] SMALL = sixtyFourths(1, 1, 1, 1, 1, -1, -1, -1);

  private static final double[] MAP0 = {0, 4, 31, 40};
  private static final double[] MAP1 = {0, 0, 6, 15};

  private static float[] sixtyFourths(int... numbers) {
    float[] parts = new float[numbers.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = numbers[i] / 64f;
    }
    return parts;
  }

  static Stream<Arguments> backends() {
    return KnownAnswersTest.backends();
  }

  private static Explainer explainer(String id) {
    return ServiceLoader.load(Explainer.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(candidate -> candidate.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** Explains class 0 by several methods of one loaded model. */
  private static <T> T ask(
      GradientBackend backend,
      Precision precision,
      ModelGraph graph,
      Tensor image,
      Function<StandardProbe, T> questions) {
    Backends.assumeAvailable(backend);
    try (LoadedModel model = backend.load(graph, Backends.options(backend).with(precision))) {
      return questions.apply(
          StandardProbe.of(model).inputs(Map.of("image", image)).target(Target.ofClass(0)).build());
    }
  }

  private static Saliency explain(
      StandardProbe probe, String method, Selection selection, String... options) {
    Explainer explainer = explainer(method);
    Map<String, String> texts = new HashMap<>();
    for (String option : options) {
      texts.put(option.split("=")[0], option.split("=")[1]);
    }
    return explainer.explain(probe, selection, Options.parse(explainer.options(), texts));
  }

  /** Numbers are sums of a few products of numbers up to 100. */
  private static double rounding(Precision precision) {
    return precision == Precision.FLOAT64 ? 1e-11 : 1e-4;
  }

  /** The score of the network worked out by hand: windows of three by three, less 50 and 75. */
  private static double score(double[] pixels) {
    double score = 0;
    double[] signs = {1, -1, -1, -1};
    for (int cell = 0; cell < 4; cell++) {
      double window = 0;
      for (int i = 0; i < 9; i++) {
        window += pixels[(cell / 2 + i / 3) * 4 + cell % 2 + i % 3];
      }
      score += Math.max(0, window - 50) + signs[cell] * Math.max(0, window - 75);
    }
    return score / 64;
  }

  private static double[] image() {
    return IntStream.range(0, 16).mapToDouble(i -> i).toArray();
  }

  /** Two by two cells as four by four pixels, from 0 to 1. */
  private static double[] mask(double[] cells) {
    double[] first = {1, 0.75, 0.25, 0};
    double[] pixels = new double[16];
    for (int i = 0; i < 16; i++) {
      double down = first[i / 4];
      double across = first[i % 4];
      pixels[i] =
          down * (across * cells[0] + (1 - across) * cells[1])
              + (1 - down) * (across * cells[2] + (1 - across) * cells[3]);
    }
    double min = Arrays.stream(pixels).min().orElseThrow();
    double max = Arrays.stream(pixels).max().orElseThrow();
    return Arrays.stream(pixels).map(pixel -> (pixel - min) / (max - min)).toArray();
  }

  private static double seenThrough(double[] cells, double strength) {
    double[] mask = mask(cells);
    double[] pixels = image();
    Arrays.setAll(pixels, i -> pixels[i] * mask[i] * strength);
    return score(pixels);
  }

  private static double[] weights(double s0, double s1) {
    double w0 = 1 / (1 + Math.exp(s1 - s0));
    return new double[] {w0, 1 - w0};
  }

  @ParameterizedTest
  @MethodSource("backends")
  void scoresOfTheImageSeenThroughFeatureMaps(GradientBackend backend, Precision precision) {
    double[] whole = weights(seenThrough(MAP0, 1), seenThrough(MAP1, 1));
    double[] halves =
        weights(
            (seenThrough(MAP0, 0.5) + seenThrough(MAP0, 1)) / 2,
            (seenThrough(MAP1, 0.5) + seenThrough(MAP1, 1)) / 2);
    double close = rounding(precision);
    ask(
        backend,
        precision,
        Networks.knownAnswer(SMALL),
        Networks.knownAnswerImage(),
        probe -> {
          assertThat(whole[0]).isBetween(0.1, 0.9);
          SaliencyAssert.assertThat(explain(probe, "score-cam", RELU)).hasWeights(close, whole);
          SaliencyAssert.assertThat(explain(probe, "is-cam", RELU, "steps=2"))
              .hasWeights(close, halves);
          SaliencyAssert.assertThat(explain(probe, "ss-cam", RELU, "trials=2", "mask-noise=0"))
              .hasWeights(close, whole);
          return null;
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void covering(GradientBackend backend, Precision precision) {
    double[] expected = new double[16];
    for (int i = 0; i < 16; i++) {
      double[] covered = image();
      int corner = i / 8 * 8 + i % 4 / 2 * 2;
      for (int pixel : new int[] {0, 1, 4, 5}) {
        covered[corner + pixel] = 0;
      }
      expected[i] = score(image()) - score(covered);
    }
    ask(
        backend,
        precision,
        Networks.knownAnswer(SMALL),
        Networks.knownAnswerImage(),
        probe ->
            SaliencyAssert.assertThat(
                    explain(probe, "occlusion", INPUT, "window=2", "stride=2", "fill=zero"))
                .hasStatus(Status.OK)
                .hasMap(Shape.of(4, 4), rounding(precision), expected));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void activationsAlone(GradientBackend backend, Precision precision) {
    ask(
        backend,
        precision,
        Networks.knownAnswer(SMALL),
        Networks.knownAnswerImage(),
        probe -> {
          // Means of 18.75 and 5.25, deviations of 17.1 and 6.1.
          SaliencyAssert.assertThat(explain(probe, "fem", RELU, "deviations=0.5"))
              .hasMap(Shape.of(2, 2), 1e-6, 0, 0, 18.75, 24);
          // The gradient only turns map 1 round, and its direction with it.
          double[] eigen = explain(probe, "eigen-cam", RELU).map().toDoubleArray();
          double[] turned = Arrays.stream(eigen).map(cell -> cell / 64).toArray();
          SaliencyAssert.assertThat(explain(probe, "eigen-grad-cam", RELU))
              .hasMap(Shape.of(2, 2), 1e-6, turned);
          return null;
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void noiseThatIsNone(GradientBackend backend, Precision precision) {
    double[] gradient = {0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0};
    double[] part = Arrays.stream(gradient).map(g -> g / 64).toArray();
    double[] square = Arrays.stream(gradient).map(g -> g / 64 / 64).toArray();
    String[] none = {"samples=3", "noise=0"};
    ask(
        backend,
        precision,
        Networks.knownAnswer(SMALL),
        Networks.knownAnswerImage(),
        probe -> {
          Shape space = Shape.of(4, 4);
          SaliencyAssert.assertThat(explain(probe, "smooth-grad", INPUT, none))
              .hasMap(space, 1e-8, part);
          SaliencyAssert.assertThat(explain(probe, "square-grad", INPUT, none))
              .hasMap(space, 1e-8, square);
          SaliencyAssert.assertThat(explain(probe, "var-grad", INPUT, none))
              .hasStatus(Status.NO_POSITIVE_EVIDENCE)
              .hasMap(space, 1e-8, new double[16]);
          return null;
        });
  }

  /** A network that reads one element of its input. */
  private static ModelGraph reading(int element, int... space) {
    int axes = space.length;
    int size = IntStream.of(space).reduce(1, (a, b) -> a * b);
    int[] input = IntStream.concat(IntStream.of(1, 1), IntStream.of(space)).toArray();
    int[] kernel = IntStream.generate(() -> 1).limit(axes + 2).toArray();
    float[] head = new float[size];
    head[element] = 1;
    List<Integer> ones = IntStream.generate(() -> 1).limit(axes).boxed().toList();
    List<Integer> none = IntStream.generate(() -> 0).limit(axes).boxed().toList();
    return new GraphBuilder()
        .input("image", input)
        .constant("w", Tensor.of(Shape.of(kernel), 1f))
        .constant("head", Tensor.of(Shape.of(1, size), head))
        .node("conv", new Conv(ones, ones, none, none, 1), "image", "w")
        .node("flat", new Reshape(Shape.of(1, size)), "conv")
        .node("scores", new Gemm(1, 1, false, true), "flat", "head")
        .build("scores");
  }

  /** Hands on the images that a model is asked about. */
  private static final class Watched extends ForwardingModel {
    private final List<double[]> images = new ArrayList<>();

    Watched(LoadedModel model) {
      super(model);
    }

    @Override
    public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
      Tensor batch = inputs.get("image");
      double[] all = batch.toDoubleArray();
      int samples = batch.shape().dim(0);
      for (int i = 0; i < samples; i++) {
        images.add(
            Arrays.copyOfRange(all, i * all.length / samples, (i + 1) * all.length / samples));
      }
      return super.forward(inputs, taps);
    }
  }

  /** The masks through which a method looks at an image, after the image itself. */
  private static List<double[]> masks(
      ModelGraph graph, Tensor image, Function<StandardProbe, double[]> method) {
    LoadOptions precise = LoadOptions.DEFAULT.with(Precision.FLOAT64);
    try (Watched model = new Watched(new ReferenceBackend().load(graph, precise))) {
      StandardProbe probe =
          StandardProbe.of(model).inputs(Map.of("image", image)).target(Target.ofClass(0)).build();
      assertThat(method.apply(probe)).isNotEmpty();
      double[] clean = model.images.get(0);
      assertThat(clean).containsExactly(image.toDoubleArray());
      List<double[]> masks = new ArrayList<>(model.images.subList(1, model.images.size()));
      for (double[] mask : masks) {
        Arrays.setAll(mask, i -> mask[i] / clean[i]);
        assertThat(Arrays.stream(mask)).allMatch(shown -> shown >= 0 && shown <= 1 + 1e-12);
      }
      return masks;
    }
  }

  /** RISE's map of a network that reads one element: the covariance of masks, by p of a half. */
  private static double[] covariance(List<double[]> masks, int read, double value) {
    int n = masks.size();
    assertThat(n).isEqualTo(60);
    double mean = masks.stream().mapToDouble(mask -> mask[read] / n).sum();
    double[] map = new double[masks.get(0).length];
    for (double[] mask : masks) {
      Arrays.setAll(map, i -> map[i] + value * (mask[read] - mean) * mask[i] / (0.5 * n));
    }
    assertThat(map[read]).isPositive();
    return map;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void networksThatReadOneSampleOnePixelOrOneVoxel(GradientBackend backend, Precision precision) {
    List<int[]> spaces = List.of(new int[] {9}, new int[] {4, 5}, new int[] {3, 4, 2});
    for (int[] space : spaces) {
      int size = IntStream.of(space).reduce(1, (a, b) -> a * b);
      int read = size / 2 + 1;
      int[] input = IntStream.concat(IntStream.of(1, 1), IntStream.of(space)).toArray();
      Tensor image =
          Tensor.of(
              Shape.of(input), IntStream.range(0, size).mapToDouble(i -> 1 + i / 8.0).toArray());
      ModelGraph graph = reading(read, space);
      Function<StandardProbe, double[]> rise =
          probe -> explain(probe, "rise", INPUT, "masks=60", "grid=3").map().toDoubleArray();
      double[] expected = covariance(masks(graph, image, rise), read, 1 + read / 8.0);
      ask(
          backend,
          precision,
          graph,
          image,
          probe -> {
            double[] map = rise.apply(probe);
            assertThat(map).containsExactly(expected, within(rounding(precision)));
            double[] one = new double[size];
            one[read] = 1 + read / 8.0;
            SaliencyAssert.assertThat(explain(probe, "occlusion", INPUT, "window=1", "fill=zero"))
                .hasMap(Shape.of(space), rounding(precision), one);
            return null;
          });
    }
  }

  /** A convolution, ReLU, global average and a linear head with a bias. */
  private static ModelGraph pooled() {
    float[] kernel = new float[27];
    float[] head = new float[6];
    for (int i = 0; i < 27; i++) {
      kernel[i] = (float) Math.sin(3 * i + 1);
    }
    for (int i = 0; i < 6; i++) {
      head[i] = (float) Math.cos(2 * i);
    }
    return new GraphBuilder()
        .input("image", 1, 1, 6, 7)
        .constant("w", Tensor.of(Shape.of(3, 1, 3, 3), kernel))
        .constant("head", Tensor.of(Shape.of(2, 3), head))
        .constant("bias", Tensor.of(Shape.of(2), 0.75f, -0.5f))
        .node(
            "conv",
            new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1),
            "image",
            "w")
        .node("relu", new Unary.Relu(), "conv")
        .node("means", new Reduce.ReduceMean(List.of(2, 3), false), "relu")
        .node("scores", new Gemm(1, 1, false, true), "means", "head", "bias")
        .build("scores");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void whatIsTheSameBehindGlobalPoolingAndALinearHead(
      GradientBackend backend, Precision precision) {
    Tensor image =
        Tensor.of(
            Shape.of(1, 1, 6, 7),
            IntStream.range(0, 42).mapToDouble(i -> Math.sin(i * i)).toArray());
    double close = rounding(precision);
    ask(
        backend,
        precision,
        pooled(),
        image,
        probe -> {
          List<Saliency> found = new ArrayList<>();
          for (String method : List.of("grad-cam", "cam", "hires-cam", "xgrad-cam")) {
            found.add(explain(probe, method, RELU));
          }
          double[] gradCam = found.get(0).map().toDoubleArray();
          double[] cam = found.get(1).map().toDoubleArray();
          double[] cells = Arrays.stream(gradCam).map(cell -> 20 * cell).toArray();
          assertThat(cam).containsExactly(cells, within(close));
          double sum = Arrays.stream(found.get(2).map().toDoubleArray()).sum();
          double score = probe.scores().get(0);
          assertThat(sum).isCloseTo(score - 0.75, within(close));
          assertThat(found.get(3).map().toDoubleArray()).containsExactly(gradCam, within(close));
          return null;
        });
  }
}
