package org.pellucid.methods;

import static org.pellucid.testkit.SaliencyAssert.assertThat;

import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Options;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.graph.Shape;
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
      Options options = still.with(SmoothGradCamPlusPlus.SAMPLES, samples);
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
        new NeuronSelection(
            java.util.List.of(Region.cells(1, 0, 1, 2)), NeuronSelection.Role.WEIGHT);
    assertThat(explain(new GradCamPlusPlus(), SECOND_HEAD, ALL.with(bottom)))
        .hasWeights(PRINTED, 0.026461, 0.085455);
    // Still divided by four cells, not by the two that are summed.
    assertThat(explain(new GradCam(), SECOND_HEAD, ALL.with(bottom)))
        .hasWeights(1e-15, 7.0 / 4, 2.5 / 4);
  }
}
