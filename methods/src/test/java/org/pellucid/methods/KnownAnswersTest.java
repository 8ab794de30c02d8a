package org.pellucid.methods;

import static org.assertj.core.api.Assertions.within;
import static org.pellucid.testkit.SaliencyAssert.assertThat;

import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Options;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.ArrayProbe;

/** The layer worked out by hand: ReLU after a convolution of 0..15, a linear head behind. */
class KnownAnswersTest {
  private static final double[] ACTIVATIONS = {0, 4, 31, 40, 0, 0, 6, 15};
  private static final double[] FIRST_HEAD = {1, 1, 1, 1, 1, -1, -1, -1};
  private static final double[] SECOND_HEAD = {1, 2, 3, 4, -1, 1, .5, 2};
  private static final Selection ALL = Selection.of(ArrayProbe.LAYER);
  private static final Shape SPACE = Shape.of(2, 2);
  private static final double PRINTED = 5e-7;

  private static Saliency explain(Explainer explainer, double[] head, Selection selection) {
    return explain(explainer, head, selection, Options.DEFAULTS);
  }

  private static Saliency explain(
      Explainer explainer, double[] head, Selection selection, Options options) {
    ArrayProbe probe = ArrayProbe.constant(ACTIVATIONS, head, 54, Shape.of(2, 2, 2));
    return explainer.explain(probe, selection, options);
  }

  @Test
  void gradCam() {
    assertThat(explain(new GradCam(), FIRST_HEAD, ALL))
        .hasStatus(Status.OK)
        .hasWeights(0, 1, -0.5)
        .hasMap(SPACE, 0, 0, 4, 28, 32.5);
  }

  @Test
  void gradCamPlusPlus() {
    // alpha is 1 / (2 + 75) in four cells, 1 / (2 + 21) in one.
    assertThat(explain(new GradCamPlusPlus(), FIRST_HEAD, ALL))
        .hasStatus(Status.OK)
        .hasWeights(1e-15, 4.0 / 77, 1.0 / 23)
        .hasMap(SPACE, PRINTED, 0, 0.207792, 1.871259, 2.730096);
  }

  @Test
  void gradCamPlusPlusOfTheSecondHead() {
    assertThat(explain(new GradCamPlusPlus(), SECOND_HEAD, ALL))
        .hasMap(SPACE, PRINTED, 0, 0.210423, 2.404377, 4.038224);
  }

  @Test
  void smoothGradCamPlusPlusWithoutNoise() {
    Options still = Options.DEFAULTS.with(SmoothGradCamPlusPlus.NOISE, 0.0);
    for (int samples : new int[] {1, 2, 25}) {
      Options options = still.with(SmoothGradCamPlusPlus.SAMPLES, SampleCount.of(samples));
      assertThat(explain(new SmoothGradCamPlusPlus(), SECOND_HEAD, ALL, options))
          .hasMap(SPACE, PRINTED, 0, 0.210423, 2.404377, 4.038224);
      options = options.with(SmoothGradCamPlusPlus.FORMULA, SmoothFormula.PAPER);
      assertThat(explain(new SmoothGradCamPlusPlus(), SECOND_HEAD, ALL, options))
          .hasMap(SPACE, PRINTED, 0, 0.109130, 1.722991, 3.284383);
      options = options.with(SmoothGradCamPlusPlus.FORMULA, SmoothFormula.MEAN_OF_MAPS);
      assertThat(explain(new SmoothGradCamPlusPlus(), SECOND_HEAD, ALL, options))
          .hasMap(SPACE, PRINTED, 0, 0.210423, 2.404377, 4.038224);
    }
  }

  @Test
  void neuronsRestrictTheWeights() {
    NeuronSelection bottom =
        new NeuronSelection(List.of(Region.cells(1, 0, 1, 2)), NeuronSelection.Role.WEIGHT);
    assertThat(explain(new GradCamPlusPlus(), SECOND_HEAD, ALL.with(bottom)))
        .hasWeights(PRINTED, 0.026461, 0.085455);
    // Still divided by four cells, not by the two that are summed.
    assertThat(explain(new GradCam(), SECOND_HEAD, ALL.with(bottom)))
        .hasWeights(1e-15, 7.0 / 4, 2.5 / 4);
  }

  @Test
  void xGradCam() {
    // w0 = 75 / 75; w1 = -(6 + 15) / 21.
    assertThat(explain(new XGradCam(), FIRST_HEAD, ALL))
        .hasWeights(1e-15, 1, -1)
        .hasMap(SPACE, 1e-13, 0, 4, 25, 25);
    // w0 = (2 4 + 3 31 + 4 40) / 75 = 261 / 75; w1 = (0.5 6 + 2 15) / 21 = 33 / 21.
    assertThat(explain(new XGradCam(), SECOND_HEAD, ALL)).hasWeights(1e-14, 3.48, 11.0 / 7);
  }

  @Test
  void layerCam() {
    // A cell's weight is its gradient where that is positive: map 1 has one, at an activation of 0.
    assertThat(explain(new LayerCam(), FIRST_HEAD, ALL))
        .hasWeights(1e-15, 1, 0.25)
        .hasMap(SPACE, 0, 0, 4, 31, 40);
    assertThat(explain(new LayerCam(), SECOND_HEAD, ALL)).hasMap(SPACE, 0, 0, 8, 96, 190);
  }

  @Test
  void hiResCam() {
    // Weights are reported as means over cells: Grad-CAM's.
    assertThat(explain(new HiResCam(), FIRST_HEAD, ALL))
        .hasWeights(0, 1, -0.5)
        .hasMap(SPACE, 0, 0, 4, 25, 25);
  }

  @Test
  void elementwiseGradCam() {
    // The first cell is not active, and has no weight in the mean of 0, 1, 1 and 1.
    assertThat(explain(new ElementwiseGradCam(), FIRST_HEAD, ALL))
        .hasWeights(1e-15, 0.75, 0)
        .hasMap(SPACE, 0, 0, 4, 31, 40);
    // Two negative numbers have a positive product, which Layer-CAM leaves out.
    double[] activations = {-1, 2, -3, 4, 1, 1, 1, 1};
    double[] gradients = {-1, 1, 1, -1, 0, 0, 0, 2};
    ArrayProbe probe = ArrayProbe.constant(activations, gradients, 1, Shape.of(2, 2, 2));
    assertThat(new ElementwiseGradCam().explain(probe, ALL, Options.DEFAULTS))
        .hasMap(SPACE, 0, 1, 2, 0, 2);
    assertThat(new LayerCam().explain(probe, ALL, Options.DEFAULTS)).hasMap(SPACE, 0, 0, 2, -3, 2);
  }

  @Test
  void activationsThatCancelHaveNoXGradCamWeight() {
    double[] activations = {1, -1, 2, -2, 1, 1, 1, 1};
    ArrayProbe probe = ArrayProbe.constant(activations, FIRST_HEAD, 1, Shape.of(2, 2, 2));
    assertThat(new XGradCam().explain(probe, ALL, Options.DEFAULTS)).hasWeights(0, 0, -0.5);
  }

  @Test
  void theRolesOfNeuronsAreOneWhereCellsHaveTheirOwnWeights() {
    for (Explainer explainer : List.of(new LayerCam(), new HiResCam(), new ElementwiseGradCam())) {
      for (NeuronSelection.Role role : NeuronSelection.Role.values()) {
        NeuronSelection right = new NeuronSelection(List.of(Region.cells(0, 1, 2, 1)), role);
        double below = explainer instanceof HiResCam ? 25 : 40;
        assertThat(explain(explainer, FIRST_HEAD, ALL.with(right)))
            .hasMap(SPACE, 0, 0, 4, 0, below);
      }
    }
  }

  private static Saliency explain(
      Explainer explainer, double[] activations, double[] gradients, Shape shape, Options options) {
    return explainer.explain(ArrayProbe.constant(activations, gradients, 1, shape), ALL, options);
  }

  @Test
  void eigenCamOfMapsThatAreMultiplesOfOne() {
    double[] activations = {0, 3, -6, 9, 0, 4, -8, 12};
    Saliency saliency =
        explain(new EigenCam(), activations, FIRST_HEAD, Shape.of(2, 2, 2), Options.DEFAULTS);
    assertThat(saliency).hasWeights(1e-15, 0.6, 0.8).hasMap(SPACE, 1e-14, 0, 5, -10, 15);
    Assertions.assertThat(saliency.measures().get("share")).isCloseTo(1, within(1e-15));
  }

  @Test
  void eigenCamOfTwoMaps() {
    // The Gram matrix of the maps is [2577 786; 786 261].
    double largest = (2838 + Math.sqrt(2316 * 2316 + 4 * 786 * 786)) / 2;
    double length = Math.hypot(786, largest - 2577);
    double w0 = 786 / length;
    double w1 = (largest - 2577) / length;
    assertThat(explain(new EigenCam(), FIRST_HEAD, ALL))
        .hasWeights(1e-13, w0, w1)
        .hasMap(SPACE, 1e-11, 0, 4 * w0, 31 * w0 + 6 * w1, 40 * w0 + 15 * w1);
  }

  @Test
  void eigenCamOfMoreMapsThanCells() {
    // Three maps of two cells, (1 1 1) and (1 -1 0) by cells: the longer one leads.
    double[] activations = {1, 1, 1, -1, 1, 0};
    double part = 1 / Math.sqrt(3);
    assertThat(
            explain(
                new EigenCam(), activations, new double[6], Shape.of(3, 1, 2), Options.DEFAULTS))
        .hasWeights(1e-14, part, part, part)
        .hasMap(Shape.of(1, 2), 1e-14, 3 * part, 0);
  }

  @Test
  void eigenCamWarnsOfATie() {
    double[] activations = {1, 0, 0, 1};
    Saliency saliency =
        explain(new EigenCam(), activations, new double[4], Shape.of(2, 1, 2), Options.DEFAULTS);
    assertThat(saliency).isFinite();
    Assertions.assertThat(saliency.warnings())
        .singleElement()
        .asString()
        .contains("singular values are equal");
  }

  @Test
  void eigenGradCamKeepsTheSignOfProducts() {
    // Products are (0 3 -6 9) and (0 4 -8 12) times -1.
    double[] activations = {0, 3, 6, 3, 0, 2, 8, 12};
    double[] gradients = {5, -1, 1, -3, 5, -2, 1, -1};
    assertThat(
            explain(
                new EigenGradCam(), activations, gradients, Shape.of(2, 2, 2), Options.DEFAULTS))
        .hasWeights(1e-15, 0.6, 0.8)
        .hasMap(SPACE, 1e-14, 0, -5, 10, -15);
  }

  @Test
  void fem() {
    // Map 0 has mean 2 and deviation 4, so that 10 is above 2 + 1.9 4; map 1 varies nowhere.
    double[] activations = {0, 0, 0, 0, 10, 1, 1, 1, 1, 1};
    Shape shape = Shape.of(2, 1, 5);
    Options less = Options.DEFAULTS.with(Fem.DEVIATIONS, 1.9);
    assertThat(explain(new Fem(), activations, new double[10], shape, less))
        .hasStatus(Status.OK)
        .hasWeights(1e-15, 2, 1)
        .hasMap(Shape.of(1, 5), 1e-15, 0, 0, 0, 0, 2);
    // 10 is not above 2 + 2 4.
    assertThat(explain(new Fem(), activations, new double[10], shape, Options.DEFAULTS))
        .hasStatus(Status.NO_POSITIVE_EVIDENCE);
  }

  @Test
  void deepFeatureFactorizationTellsApartWhatIsNeverTogether() {
    // Maps 0 and 1 are once and twice (3 1 0 0), map 2 is (0 0 2 4).
    double[] activations = {3, 1, 0, 0, 6, 2, 0, 0, 0, 0, 2, 4};
    Shape shape = Shape.of(3, 2, 2);
    Options two = Options.DEFAULTS.with(DeepFeatureFactorization.CONCEPTS, 2);
    Saliency saliency =
        explain(new DeepFeatureFactorization(), activations, new double[12], shape, two);
    // Rows of W have length 1: (1 2 0) / sqrt 5 and (0 0 1).
    double five = Math.sqrt(5);
    assertThat(saliency).hasStatus(Status.OK).hasMap(SPACE, 1e-9, 3 * five, five, 2, 4);
    Assertions.assertThat(saliency.measures().get("explained")).isCloseTo(1, within(1e-9));
    double all = 4 * five + 6;
    Assertions.assertThat(saliency.concepts())
        .satisfiesExactly(
            first -> {
              Assertions.assertThat(first.map().toDoubleArray())
                  .containsExactly(new double[] {3 * five, five, 0, 0}, within(1e-9));
              Assertions.assertThat(first.share()).isCloseTo(4 * five / all, within(1e-9));
            },
            second -> {
              Assertions.assertThat(second.map().toDoubleArray())
                  .containsExactly(new double[] {0, 0, 2, 4}, within(1e-9));
              Assertions.assertThat(second.share()).isCloseTo(6 / all, within(1e-9));
            });
  }

  @Test
  void ablationCam() {
    // Behind a linear head, without map 0 the score is 54 - 75, without map 1 it is 54 + 21.
    assertThat(explain(new AblationCam(), FIRST_HEAD, ALL))
        .hasWeights(1e-15, 75 / 54.0, -21 / 54.0)
        .hasMap(SPACE, 1e-13, 0, 300 / 54.0, (31 * 75 - 6 * 21) / 54.0, (40 * 75 - 15 * 21) / 54.0);
  }

  @Test
  void ablationCamOfANegativeScoreKeepsItsSign() {
    double[] opposite = {-1, -1, -1, -1, -1, 1, 1, 1};
    ArrayProbe probe = ArrayProbe.constant(ACTIVATIONS, opposite, -54, Shape.of(2, 2, 2));
    assertThat(new AblationCam().explain(probe, ALL, Options.DEFAULTS))
        .hasWeights(1e-15, -75 / 54.0, 21 / 54.0);
  }

  @Test
  void reciproCam() {
    Options alone = Options.DEFAULTS.with(ReciproCam.MASK, ReciproCam.Mask.CELL);
    // Behind a linear head without bias a cell says what HiResCAM has for it.
    assertThat(explain(new ReciproCam(), FIRST_HEAD, ALL, alone))
        .hasMap(SPACE, 1e-13, 0, 4, 25, 25);
    // The mask adds half of what is beside and a quarter of what is across: 4/2 + 25/2 + 25/4.
    assertThat(explain(new ReciproCam(), FIRST_HEAD, ALL))
        .hasMap(SPACE, 1e-13, 20.75, 22.75, 38.5, 39.5);
  }

  /** S = x0 + x1 + x2 / 2 of an image of 2 by 2 pixels, 1 2 3 4; the layer is the same for all. */
  private static ArrayProbe seenThrough() {
    double[] activations = {0, 1, 0, 0, 0, 0, 2, 2};
    Tensor image = Tensor.of(Shape.of(1, 1, 2, 2), (double) 1, 2, 3, 4);
    return ArrayProbe.of(
        image,
        x ->
            new LayerCapture(
                ArrayProbe.LAYER,
                Shape.of(2, 2, 2),
                activations,
                new double[8],
                x.get(0) + x.get(1) + x.get(2) / 2));
  }

  private static void assertScores(Explainer explainer, Options options, double s0, double s1) {
    double w0 = 1 / (1 + Math.exp(s1 - s0));
    assertThat(explainer.explain(seenThrough(), ALL, options))
        .hasWeights(1e-14, w0, 1 - w0)
        .hasMap(SPACE, 1e-14, 0, w0, 2 * (1 - w0), 2 * (1 - w0));
  }

  @Test
  void scoreCam() {
    // Through map 0 the image is 0 2 0 0, through map 1 (which is scaled to 1) 0 0 3 4.
    assertScores(new ScoreCam(), Options.DEFAULTS, 2, 1.5);
  }

  @Test
  void scoreCamOfTheMapThatVariesMost() {
    Options one = Options.DEFAULTS.with(MaskedScoreMethod.TOP, 1);
    assertThat(new ScoreCam().explain(seenThrough(), ALL, one)).hasWeights(0, 0, 1);
  }

  @Test
  void isCam() {
    // With half and with full strength: (1 + 2) / 2 and (0.75 + 1.5) / 2.
    Options two = Options.DEFAULTS.with(IsCam.STEPS, 2);
    assertScores(new IsCam(), two, 1.5, 1.125);
  }

  @Test
  void ssCamOfALinearScoreIsScoreCam() {
    // All maps have the same noise, which adds the same to all scores.
    assertScores(new SsCam(), Options.DEFAULTS, 2, 1.5);
  }

  @Test
  void aFlatFeatureMapIsNoMask() {
    double[] flat = {3, 3, 3, 3, 0, 0, 1, 0};
    Saliency saliency =
        explain(new ScoreCam(), flat, new double[8], Shape.of(2, 2, 2), Options.DEFAULTS);
    assertThat(saliency).hasWeights(0, 0, 1);
    Assertions.assertThat(saliency.measures()).containsEntry("tried", 1.0);
  }
}
