package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.graph.Shape;
import org.pellucid.testkit.ArrayProbe;
import org.pellucid.testkit.SaliencyAssert;

/** The numerical corners of alpha. */
class AlphaWeightedGradientTest {
  private static final Shape CELLS = Shape.of(2, 2);

  private static Saliency explain(double[] activations, double... gradients) {
    return new GradCamPlusPlus()
        .explain(
            ArrayProbe.constant(activations, gradients, 1, Shape.of(1, 2, 2)),
            Selection.of(ArrayProbe.LAYER),
            Options.DEFAULTS);
  }

  @Test
  void tinyGradientsDoNotUnderflow() {
    // The squares underflow, the cubes long before; alpha is 1/2 to the last bit.
    double g = 0x1p-600;
    SaliencyAssert.assertThat(explain(new double[] {1, 2, 3, 4}, g, 2 * g, 0, -g))
        .hasStatus(Status.OK)
        .hasWeights(0, 1.5 * g)
        .hasMap(CELLS, 0, 1.5 * g, 3 * g, 4.5 * g, 6 * g);
  }

  @Test
  void hugeGradientsDoNotOverflow() {
    // alpha g tends to 1 / sum A.
    SaliencyAssert.assertThat(explain(new double[] {1, 2, 3, 4}, 1e150, 1e140, 0, -1e150))
        .hasStatus(Status.OK)
        .hasWeights(1e-15, 0.2);
  }

  @Test
  void whereTheGradientIsZeroAlphaIsZero() {
    SaliencyAssert.assertThat(explain(new double[] {1, 1, 1, 1}, 1, 0, 0, 0))
        .hasWeights(1e-16, 1 / 6.0);
  }

  @Test
  void aVanishingDenominatorCountsAsZero() {
    // sum A = -2: 2 g^2 - 2 g^3 vanishes at g = 1, and nearly so beside it.
    double[] activations = {-1, -1, -1, 1};
    for (double g : new double[] {1, Math.nextUp(1.0), 1 + 1e-8}) {
      Saliency saliency = explain(activations, g, 0.5, 0, 0);
      // What is left is the cell of 0.5: 0.25 / (0.5 - 0.25) 0.5.
      SaliencyAssert.assertThat(saliency).hasWeights(1e-12, 0.5);
      assertThat(saliency.measures()).containsEntry("negativeDenominators", 0.0);
    }
  }

  @Test
  void negativeDenominatorsAreCountedAndWarnedAbout() {
    // sum A = -4: 2 g^2 - 4 g^3 is negative for g > 1/2.
    Saliency saliency = explain(new double[] {-1, -1, -1, -1}, 1, 2, 0.25, -3);
    assertThat(saliency.measures()).containsEntry("negativeDenominators", 2.0);
    assertThat(saliency.warnings()).anyMatch(w -> w.contains("2.00 of 4 cells"));
    double w = 1 / -2. + 4 / (8 - 32.) * 2 + 0.0625 / (0.125 - 0.0625) * 0.25;
    SaliencyAssert.assertThat(saliency).hasWeights(1e-15, w).hasStatus(Status.FLAT);
    Saliency none = explain(new double[] {1, 1, 1, 1}, 1, 2, 0.25, -3);
    assertThat(none.measures()).containsEntry("negativeDenominators", 0.0);
    assertThat(none.warnings()).isEmpty();
  }

  @Test
  void aScaledGradientScalesTheWeightsOfGradCamAlone() {
    double[] g = {1, -2, 3, 0.5};
    double[] scaled = Arrays.stream(g).map(x -> 1024 * x).toArray();
    double[] activations = {1, 2, 3, 4};
    double one =
        new GradCam()
            .explain(
                ArrayProbe.constant(activations, g, 1, Shape.of(1, 2, 2)),
                Selection.of(ArrayProbe.LAYER),
                Options.DEFAULTS)
            .contributions()
            .get(0)
            .weight();
    Saliency larger =
        new GradCam()
            .explain(
                ArrayProbe.constant(activations, scaled, 1, Shape.of(1, 2, 2)),
                Selection.of(ArrayProbe.LAYER),
                Options.DEFAULTS);
    SaliencyAssert.assertThat(larger).hasWeights(0, 1024 * one);
  }
}
