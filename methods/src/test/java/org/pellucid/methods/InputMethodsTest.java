package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.Inputs;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.MapSelection;
import org.pellucid.api.Need;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.NeuronSelection.Role;
import org.pellucid.api.Noise;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.ArrayProbe;
import org.pellucid.testkit.SaliencyAssert;

/** Methods that explain the input itself, on scores that are simple functions of its pixels. */
class InputMethodsTest {
  private static final Selection INPUT = Selection.of(ArrayProbe.INPUT);
  private static final Shape SPACE = Shape.of(2, 2);

  /** Two channels of 2 by 2 pixels. */
  private static final double[] IMAGE = {1, 2, -3, 4, 5, -6, 7, 8};

  /** The probe takes gradients by central differences, which are good to about 1e-10. */
  private static final double DIFFERENCES = 1e-7;

  private static ArrayProbe probe(Shape shape, double[] image, ToDoubleFunction<Tensor> score) {
    return ArrayProbe.of(
        Tensor.of(shape, image),
        x ->
            new LayerCapture(
                ArrayProbe.LAYER,
                Shape.of(1, 1, 1),
                new double[1],
                new double[1],
                score.applyAsDouble(x)));
  }

  private static ArrayProbe probe(ToDoubleFunction<Tensor> score) {
    return probe(Shape.of(1, 2, 2, 2), IMAGE, score);
  }

  /** 3 + x0 - 2 x1 + 4 x7. */
  private static double linear(Tensor x) {
    return 3 + x.get(0) - 2 * x.get(1) + 4 * x.get(7);
  }

  /** The sum of squares. */
  private static double squares(Tensor x) {
    return Arrays.stream(x.toDoubleArray()).map(v -> v * v).sum();
  }

  private static SaliencyAssert assertMap(
      Explainer explainer, ToDoubleFunction<Tensor> score, double... map) {
    return SaliencyAssert.assertThat(explainer.explain(probe(score), INPUT, Options.DEFAULTS))
        .hasMap(SPACE, DIFFERENCES, map);
  }

  @Test
  void gradient() {
    assertMap(new Gradient(), InputMethodsTest::linear, 1, 2, 0, 4).hasStatus(Status.OK);
    assertMap(new Gradient(), InputMethodsTest::squares, 10, 12, 14, 16);
  }

  @Test
  void channelsAreReducedAsAsked() {
    reduced(ChannelReduction.MAX_ABS, 10, 12, 14, 16);
    reduced(ChannelReduction.SUM, 12, -8, 8, 24);
    reduced(ChannelReduction.SUM_ABS, 12, 16, 20, 24);
    reduced(
        ChannelReduction.LENGTH,
        2 * Math.sqrt(26),
        2 * Math.sqrt(40),
        2 * Math.sqrt(58),
        2 * Math.sqrt(80));
  }

  private static void reduced(ChannelReduction reduction, double... map) {
    Gradient gradient = new Gradient();
    Options options = Options.DEFAULTS.with(gradient.channels(), reduction);
    SaliencyAssert.assertThat(gradient.explain(probe(InputMethodsTest::squares), INPUT, options))
        .hasMap(SPACE, DIFFERENCES, map);
  }

  @Test
  void channelsAndPixelsAreSelected() {
    Selection second = INPUT.with(MapSelection.of(0));
    SaliencyAssert.assertThat(
            new Gradient().explain(probe(InputMethodsTest::squares), second, Options.DEFAULTS))
        .hasMap(SPACE, DIFFERENCES, 2, 4, 6, 8);
    for (Explainer explainer : List.of(new Gradient(), new Occlusion(), new Rise())) {
      Selection bottom =
          INPUT.with(new NeuronSelection(List.of(Region.pixels(1, 0, 1, 2)), Role.WEIGHT));
      double[] map =
          explainer
              .explain(probe(InputMethodsTest::squares), bottom, Options.DEFAULTS)
              .map()
              .toDoubleArray();
      assertThat(Arrays.copyOf(map, 2)).containsExactly(0, 0);
      assertThat(map[2] * map[3]).isNotZero();
    }
  }

  @Test
  void inputTimesGradient() {
    assertMap(new InputTimesGradient(), InputMethodsTest::linear, 1, -4, 0, 32);
    assertMap(new InputTimesGradient(), InputMethodsTest::squares, 52, 80, 116, 160);
  }

  @Test
  void aScoreWithoutGradientIsDegenerate() {
    for (Explainer explainer :
        List.of(
            new Gradient(),
            new InputTimesGradient(),
            new SmoothGrad(),
            new VarGrad(),
            new SquareGrad(),
            new IntegratedGradients())) {
      SaliencyAssert.assertThat(explainer.explain(probe(x -> 7), INPUT, Options.DEFAULTS))
          .hasStatus(Status.DEGENERATE)
          .isAllZero();
    }
    for (Explainer explainer : List.of(new Occlusion(), new Rise())) {
      SaliencyAssert.assertThat(explainer.explain(probe(x -> 7), INPUT, Options.DEFAULTS))
          .hasStatus(Status.NO_POSITIVE_EVIDENCE)
          .isAllZero();
    }
  }

  @Test
  void averagesOverNoisyCopies() {
    // The gradient of the squares is twice the noisy copy.
    ArrayProbe probe = probe(InputMethodsTest::squares);
    Inputs copies = probe.noisy(Noise.level(25, 0.15, 0));
    double[] mean = new double[8];
    double[] square = new double[8];
    for (int m = 0; m < 25; m++) {
      double[] copy = copies.get(m).toDoubleArray();
      for (int i = 0; i < 8; i++) {
        mean[i] += 2 * copy[i] / 25;
        square[i] += 4 * copy[i] * copy[i] / 25;
      }
    }
    double[] smooth = new double[4];
    double[] squared = new double[4];
    double[] variance = new double[4];
    for (int i = 0; i < 4; i++) {
      smooth[i] = Math.max(Math.abs(mean[i]), Math.abs(mean[i + 4]));
      squared[i] = square[i] + square[i + 4];
      variance[i] = squared[i] - mean[i] * mean[i] - mean[i + 4] * mean[i + 4];
    }
    SaliencyAssert.assertThat(new SmoothGrad().explain(probe, INPUT, Options.DEFAULTS))
        .hasMap(SPACE, DIFFERENCES, smooth);
    // Squares of numbers up to 20, each with the error of a difference.
    SaliencyAssert.assertThat(new SquareGrad().explain(probe, INPUT, Options.DEFAULTS))
        .hasMap(SPACE, 100 * DIFFERENCES, squared);
    Saliency varGrad = new VarGrad().explain(probe, INPUT, Options.DEFAULTS);
    SaliencyAssert.assertThat(varGrad).hasMap(SPACE, 100 * DIFFERENCES, variance);
    assertThat(varGrad.standardError()).isPresent();
  }

  @Test
  void integratedGradients() {
    // Exact for a gradient that is linear along the path.
    assertMap(new IntegratedGradients(), InputMethodsTest::squares, 26, 40, 58, 80);
    assertMap(new IntegratedGradients(), InputMethodsTest::linear, 1, -4, 0, 32);
  }

  @Test
  void integratedGradientsFromTheMeanOfEachChannel() {
    Options options = Options.DEFAULTS.with(IntegratedGradients.BASELINE, Baseline.MEAN);
    // The channels' means are 1 and 3.5.
    SaliencyAssert.assertThat(
            new IntegratedGradients().explain(probe(InputMethodsTest::linear), INPUT, options))
        .hasMap(SPACE, DIFFERENCES, 0, -2, 0, 18);
  }

  @Test
  void integratedGradientsTellHowCompleteTheyAre() {
    // x^4 of one pixel: the integral of 4 t^3 by 2 midpoints is (1/64 + 27/64) 2 = 7/8.
    Options two = Options.DEFAULTS.with(IntegratedGradients.STEPS, 2);
    Saliency saliency =
        new IntegratedGradients().explain(probe(x -> Math.pow(x.get(1), 4)), INPUT, two);
    SaliencyAssert.assertThat(saliency).hasMap(SPACE, 1e-5, 0, 14, 0, 0);
    assertThat(saliency.measures().get("scoreDifference")).isEqualTo(16);
    assertThat(saliency.measures().get("completenessDelta")).isCloseTo(-2, within(1e-5));
    assertThat(saliency.warnings()).singleElement().asString().contains("more steps");
    Saliency finer =
        new IntegratedGradients()
            .explain(probe(x -> Math.pow(x.get(1), 4)), INPUT, Options.DEFAULTS);
    // The midpoint rule's error falls with the square of the steps: 2 / 625.
    assertThat(finer.measures().get("completenessDelta")).isCloseTo(-2 / 625.0, within(1e-4));
    assertThat(finer.warnings()).isEmpty();
  }

  @Test
  void smoothedIntegratedGradientsAreTheMeanOfThoseOfNoisyCopies() {
    Options options =
        Options.DEFAULTS
            .with(CleanGradientMethod.SMOOTHING, 4)
            .with(NoiseOptions.NOISE, 0.2)
            .with(NoiseOptions.SEED, 3L)
            .with(IntegratedGradients.STEPS, 2);
    ArrayProbe probe = probe(InputMethodsTest::squares);
    Inputs copies = probe.noisy(Noise.level(4, 0.2, 3));
    // Of each copy, x^2 at every pixel and channel: exact for a gradient that is linear.
    double[] expected = new double[4];
    for (int m = 0; m < 4; m++) {
      double[] copy = copies.get(m).toDoubleArray();
      for (int i = 0; i < 8; i++) {
        expected[i % 4] += copy[i] * copy[i] / 4;
      }
    }
    Saliency saliency = new IntegratedGradients().explain(probe, INPUT, options);
    SaliencyAssert.assertThat(saliency).hasStatus(Status.OK).hasMap(SPACE, 1e-6, expected);
    assertThat(saliency.measures()).containsEntry("samples", 4.0);
    assertThat(saliency.measures().get("scoreDifference"))
        .isCloseTo(Arrays.stream(expected).sum(), within(1e-9));
    assertThat(saliency.measures().get("completenessDelta")).isCloseTo(0, within(1e-6));
  }

  @Test
  void methodsOfTheInputsGradientReduceChannels() {
    for (Explainer explainer : ServiceLoader.load(Explainer.class)) {
      // FullGrad and LeGrad add up layers instead, which have no channels of the input.
      boolean reduces =
          explainer.needs().contains(Need.INPUT_GRADIENTS) && !explainer.id().equals("full-grad");
      assertThat(
              explainer.options().stream()
                  .filter(option -> option.name().equals("channels"))
                  .map(Option::range))
          .as(explainer.id())
          .isEqualTo(reduces ? List.of("max-abs | sum | sum-abs | length") : List.of());
    }
  }

  private static double[] numbered(int count) {
    double[] numbers = new double[count];
    Arrays.setAll(numbers, i -> i + 1);
    return numbers;
  }

  @Test
  void occlusionOfOnePixel() {
    Options options =
        Options.DEFAULTS
            .with(Occlusion.WINDOW, 2)
            .with(Occlusion.STRIDE, 1)
            .with(Occlusion.FILL, Baseline.ZERO);
    ArrayProbe probe = probe(Shape.of(1, 1, 4, 4), numbered(16), x -> x.get(6));
    // Pixel (1, 2) is 7. Of the windows over row 0, 1, 2, 3 the parts 1, 1, 1/2, 0 reach row 1; of
    // those over column 0, 1, 2, 3 the parts 0, 1/2, 1, 1 reach column 2.
    SaliencyAssert.assertThat(new Occlusion().explain(probe, INPUT, options))
        .hasMap(Shape.of(4, 4), 1e-14, 0, 3.5, 7, 7, 0, 3.5, 7, 7, 0, 1.75, 3.5, 3.5, 0, 0, 0, 0);
  }

  @Test
  void occlusionOfOneSampleAndOfOneVoxel() {
    Options options =
        Options.DEFAULTS
            .with(Occlusion.WINDOW, 2)
            .with(Occlusion.STRIDE, 1)
            .with(Occlusion.FILL, Baseline.ZERO);
    // Sample 3 is 4. Of the windows over 2 and over 4 one of two reaches it.
    ArrayProbe signal = probe(Shape.of(1, 1, 6), numbered(6), x -> x.get(3));
    SaliencyAssert.assertThat(new Occlusion().explain(signal, INPUT, options))
        .hasMap(Shape.of(6), 1e-14, 0, 0, 2, 4, 2, 0);
    // Voxel (0, 1, 2) is 6. Of the windows over depth 0, 1, 2 the parts 1, 1/2, 0 reach depth 0; of
    // those over any row all reach row 1; over column 0, 1, 2 the parts 0, 1/2, 1 reach column 2.
    ArrayProbe volume = probe(Shape.of(1, 1, 3, 3, 3), numbered(27), x -> x.get(5));
    double[] expected = new double[27];
    double[] parts = {0, 0.5, 1};
    Arrays.setAll(expected, i -> 6 * parts[2 - i / 9] * parts[i % 3]);
    SaliencyAssert.assertThat(new Occlusion().explain(volume, INPUT, options))
        .hasMap(Shape.of(3, 3, 3), 1e-14, expected);
    refused(volume, new Occlusion(), Options.DEFAULTS.with(Occlusion.WINDOW, 4), "side has 3");
  }

  @Test
  void stretchesAndCuboidsAreSelected() {
    ArrayProbe signal = probe(Shape.of(1, 2, 6), numbered(12), InputMethodsTest::squares);
    ArrayProbe volume = probe(Shape.of(1, 1, 2, 3, 2), numbered(12), InputMethodsTest::squares);
    Region stretch = new Region(Region.Unit.INPUT_PIXELS, List.of(2), List.of(3));
    Region cuboid = new Region(Region.Unit.CELLS, List.of(1, 0, 1), List.of(1, 2, 1));
    for (Explainer explainer : List.of(new Gradient(), new Occlusion(), new Rise())) {
      assertThat(selected(explainer, signal, stretch)).containsExactly(2, 3, 4);
      assertThat(selected(explainer, volume, cuboid)).containsExactly(7, 9);
    }
    assertThatThrownBy(() -> selected(new Rise(), volume, stretch))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("1 axis was asked for")
        .hasMessageContaining("3 axes");
  }

  /** Where a map of some neurons is not zero. */
  private static int[] selected(Explainer explainer, ArrayProbe probe, Region region) {
    Selection selection = INPUT.with(new NeuronSelection(List.of(region), Role.CONTRIBUTION));
    double[] map = explainer.explain(probe, selection, Options.DEFAULTS).map().toDoubleArray();
    return IntStream.range(0, map.length).filter(i -> map[i] != 0).toArray();
  }

  @Test
  void theLastWindowEndsWithTheImage() {
    // Windows of 2 every 2 pixels, of 5: they begin at 0, 2 and 3.
    Options options =
        Options.DEFAULTS
            .with(Occlusion.WINDOW, 2)
            .with(Occlusion.STRIDE, 2)
            .with(Occlusion.FILL, Baseline.ZERO);
    ArrayProbe probe = probe(Shape.of(1, 1, 2, 5), numbered(10), x -> x.get(4) + x.get(9));
    Saliency saliency = new Occlusion().explain(probe, INPUT, options);
    SaliencyAssert.assertThat(saliency)
        .hasMap(Shape.of(2, 5), 1e-14, 0, 0, 0, 7.5, 15, 0, 0, 0, 7.5, 15);
    assertThat(saliency.measures()).containsEntry("windows", 3.0);
  }

  @Test
  void occlusionRefusesWhatDoesNotFit() {
    refused(new Occlusion(), INPUT, Options.DEFAULTS.with(Occlusion.WINDOW, 3), "side has 2");
    refused(new Occlusion(), INPUT, Options.DEFAULTS.with(Occlusion.STRIDE, 9), "uncovered");
    refused(new Occlusion(), INPUT.with(MapSelection.of(0)), Options.DEFAULTS, "no maps");
    refused(new Rise(), INPUT.with(MapSelection.of(0)), Options.DEFAULTS, "no maps");
  }

  @Test
  void methodsOfTheInputRefuseALayer() {
    Selection layer = Selection.of(ArrayProbe.LAYER);
    for (Explainer explainer : List.of(new IntegratedGradients(), new Occlusion(), new Rise())) {
      refused(explainer, layer, Options.DEFAULTS, "explains the input \"input\" itself");
    }
  }

  private static void refused(
      Explainer explainer, Selection selection, Options options, String what) {
    assertThatThrownBy(
            () -> explainer.explain(probe(InputMethodsTest::squares), selection, options))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(what);
  }

  private static void refused(ArrayProbe probe, Explainer explainer, Options options, String what) {
    assertThatThrownBy(() -> explainer.explain(probe, INPUT, options))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(what);
  }

  @Test
  void aScoreThatNothingChangesIsNoEvidence() {
    for (Explainer explainer :
        List.of(new Occlusion(), new Rise(), new AblationCam(), new ReciproCam())) {
      ArrayProbe probe =
          ArrayProbe.of(
              Tensor.of(Shape.of(1, 2, 2, 2), IMAGE),
              x ->
                  new LayerCapture(
                      ArrayProbe.LAYER, Shape.of(2, 2, 2), IMAGE.clone(), new double[8], 3));
      Selection place =
          explainer.needs().contains(Need.LAYER) ? Selection.of(ArrayProbe.LAYER) : INPUT;
      SaliencyAssert.assertThat(explainer.explain(probe, place, Options.DEFAULTS))
          .hasStatus(Status.NO_POSITIVE_EVIDENCE)
          .isAllZero();
    }
  }

  @Test
  void aScoreThatEveryPixelRaisesAlikeIsFlat() {
    Options one = Options.DEFAULTS.with(Occlusion.WINDOW, 1).with(Occlusion.FILL, Baseline.ZERO);
    ArrayProbe probe = probe(Shape.of(1, 1, 2, 2), new double[] {2, 2, 2, 2}, x -> squares(x));
    SaliencyAssert.assertThat(new Occlusion().explain(probe, INPUT, one))
        .hasStatus(Status.FLAT)
        .hasMap(SPACE, 0, 4, 4, 4, 4);
  }

  @Test
  void riseOfOnePixel() {
    ArrayProbe probe = probe(Shape.of(1, 1, 9, 9), numbered(81), x -> x.get(30));
    Options options = Options.DEFAULTS.with(Rise.GRID, 3).with(Rise.MASKS, 400);
    double[] map = new Rise().explain(probe, INPUT, options).map().toDoubleArray();
    RandomMasks masks = new RandomMasks(0, 3, 0.5, Shape.of(9, 9));
    double mean = 0;
    double square = 0;
    for (int m = 0; m < 400; m++) {
      double shown = masks.get(m)[30];
      mean += shown / 400;
      square += shown * shown / 400;
    }
    // At the pixel of value 31, the variance of the masks there; nowhere more than that.
    assertThat(map[30]).isCloseTo(31 * (square - mean * mean) / 0.5, within(1e-11));
    assertThat(Arrays.stream(map).max().orElseThrow()).isEqualTo(map[30]);
    Options paper = options.with(Rise.OFFSET, Rise.Offset.NONE);
    double[] printed = new Rise().explain(probe, INPUT, paper).map().toDoubleArray();
    assertThat(printed[30]).isCloseTo(31 * square / 0.5, within(1e-11));
  }

  @Test
  void riseOfOneSampleAndOfOneVoxel() {
    for (Shape space : List.of(Shape.of(12), Shape.of(4, 5, 3))) {
      int size = (int) space.size();
      int read = size / 2;
      int[] dims = IntStream.concat(IntStream.of(1, 1), IntStream.of(space.dims())).toArray();
      ArrayProbe probe = probe(Shape.of(dims), numbered(size), x -> x.get(read));
      Options options = Options.DEFAULTS.with(Rise.GRID, 3).with(Rise.MASKS, 300);
      Saliency saliency = new Rise().explain(probe, INPUT, options);
      assertThat(saliency.map().shape()).isEqualTo(space);
      double[] map = saliency.map().toDoubleArray();
      RandomMasks masks = new RandomMasks(0, 3, 0.5, space);
      double mean = 0;
      double square = 0;
      for (int m = 0; m < 300; m++) {
        double shown = masks.get(m)[read];
        mean += shown / 300;
        square += shown * shown / 300;
      }
      // As for images: the variance of the masks at what is read, and nowhere more than that.
      assertThat(map[read])
          .isCloseTo((read + 1) * (square - mean * mean) / 0.5, within(1e-12 * size));
      assertThat(Arrays.stream(map).max().orElseThrow()).isEqualTo(map[read]);
    }
  }

  @Test
  void masksShowTheirPartAndDependOnTheSeed() {
    RandomMasks masks = new RandomMasks(5, 7, 0.3, Shape.of(20, 30));
    double sum = 0;
    for (int m = 0; m < 500; m++) {
      double[] mask = masks.get(m);
      assertThat(mask).hasSize(600);
      assertThat(Arrays.stream(mask).min().orElseThrow()).isBetween(0.0, 1.0);
      assertThat(Arrays.stream(mask).max().orElseThrow()).isBetween(0.0, 1.0);
      sum += Arrays.stream(mask).sum() / (600 * 500);
    }
    // 49 cells of variance 0.21 in 500 masks: the standard error is 0.003 to 0.004.
    assertThat(sum).isCloseTo(0.3, within(0.015));
    assertThat(masks.get(3)).containsExactly(new RandomMasks(5, 7, 0.3, Shape.of(20, 30)).get(3));
    assertThat(masks.get(3)).isNotEqualTo(masks.get(4));
    assertThat(masks.get(3)).isNotEqualTo(new RandomMasks(6, 7, 0.3, Shape.of(20, 30)).get(3));
  }

  @Test
  void enlargementIsBilinearBetweenCentres() {
    assertThat(new Enlargement(Shape.of(1, 2), Shape.of(1, 4)).of(new double[] {0, 1}))
        .containsExactly(0, 0.25, 0.75, 1);
    assertThat(new Enlargement(Shape.of(2, 1), Shape.of(4, 1)).of(new double[] {0, 8}))
        .containsExactly(0, 2, 6, 8);
    assertThat(new Enlargement(Shape.of(2, 2), Shape.of(2, 2)).of(new double[] {1, 2, 3, 4}))
        .containsExactly(1, 2, 3, 4);
  }

  @Test
  void enlargementIsLinearAlongEveryAxis() {
    assertThat(new Enlargement(Shape.of(2), Shape.of(4)).of(new double[] {0, 8}))
        .containsExactly(0, 2, 6, 8);
    // A product of one function per axis stays one.
    double[] volume =
        new Enlargement(Shape.of(2, 2, 1), Shape.of(4, 2, 2)).of(new double[] {0, 0, 8, 16});
    assertThat(volume).containsExactly(0, 0, 0, 0, 2, 2, 4, 4, 6, 6, 12, 12, 8, 8, 16, 16);
  }
}
