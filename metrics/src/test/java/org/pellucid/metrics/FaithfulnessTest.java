package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Metric;
import org.pellucid.api.Options;
import org.pellucid.metrics.Infidelity.Scale;
import org.pellucid.testkit.MetricContract;
import org.pellucid.testkit.TestTrial;

/** Infidelity and max-sensitivity, by hand. */
class FaithfulnessTest {
  private static final double[] PIXELS = {1, -2, 3, 0.5};
  private static final double[] WEIGHTS = {0.5, -1, 2, 4};

  private static double value(Metric metric, TestTrial trial, Map<String, String> options) {
    return metric.measure(trial, Options.parse(metric.options(), options)).value().orElseThrow();
  }

  @Test
  void theWeightsOfALinearNetworkAreFaithful() {
    for (String change : new String[] {"square", "gaussian"}) {
      Map<String, String> raw = Map.of("change", change, "scale", "none", "side", "0.5");
      TestTrial exact = LinearScene.trial(PIXELS, WEIGHTS).withMap(WEIGHTS);
      assertThat(value(new Infidelity(), exact, raw)).isCloseTo(0, within(1e-20));
      TestTrial scaled = LinearScene.trial(PIXELS, WEIGHTS).withMap(1, -2, 4, 8);
      assertThat(value(new Infidelity(), scaled, Map.of("change", change)))
          .isCloseTo(0, within(1e-20));
      assertThat(value(new Infidelity(), scaled, raw)).isGreaterThan(0.1);
      // A map that predicts nothing: the mean of the squared changes, or all of them.
      TestTrial nothing = LinearScene.trial(PIXELS, WEIGHTS).withMap(0, 0, 0, 0);
      assertThat(value(new Infidelity(), nothing, Map.of("change", change))).isEqualTo(1);
    }
    // Squares of one pixel take away what it adds to the score: 0.5, 2, 6 or 2.
    TestTrial nothing = LinearScene.trial(PIXELS, WEIGHTS).withMap(0, 0, 0, 0);
    assertThat(
            value(
                new Infidelity(),
                nothing,
                Map.of("scale", "none", "side", "0.5", "samples", "4000")))
        // (0.25 + 4 + 36 + 4) / 4 = 11.06, give or take 5 standard errors of 14.6 / sqrt(4000).
        .isCloseTo(11.0625, within(5 * 14.6 / Math.sqrt(4000)));
  }

  @Test
  void infidelityOfPredictions() {
    double[] predicted = {1, 2, 3};
    double[] found = {2, 2, 2};
    // (1 + 0 + 1) / 3
    assertThat(Infidelity.of(predicted, found, Scale.NONE).value().orElseThrow())
        .isCloseTo(2 / 3.0, within(1e-15));
    // beta = 12 / 14: (2 - 6/7)^2 + (2 - 12/7)^2 + (2 - 18/7)^2 = (64 + 4 + 16) / 49 = 12/7.
    assertThat(Infidelity.of(predicted, found, Scale.OPTIMAL).value().orElseThrow())
        .isCloseTo(4 / 7.0, within(1e-15));
    assertThat(Infidelity.of(predicted, found, Scale.RELATIVE).value().orElseThrow())
        .isCloseTo(1 / 7.0, within(1e-15));
    assertThat(Infidelity.of(predicted, new double[3], Scale.RELATIVE).reason()).isNotBlank();
  }

  @Test
  void sensitivityOfTheImageItself() {
    // The map is the image: it changes by as much as that does, at most 0.1 of 4 per pixel.
    TestTrial trial =
        LinearScene.trial(new double[] {0, 4, 4, 4}, WEIGHTS)
            .withMethod((probe, seed) -> probe.input().toDoubleArray());
    double found = value(new MaxSensitivity(), trial, Map.of("radius", "0.1", "samples", "500"));
    double most = Math.sqrt(4) * 0.4 / Math.sqrt(48);
    // Of 500 draws of four numbers, one comes close to a corner.
    assertThat(found).isLessThanOrEqualTo(most).isGreaterThan(0.8 * most);
    assertThat(value(new MaxSensitivity(), trial.withMap(1, 2, 3, 4), Map.of())).isZero();
  }

  @Nested
  class InfidelityContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new Infidelity();
    }
  }

  @Nested
  class MaxSensitivityContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new MaxSensitivity();
    }

    @Override
    protected double[] range() {
      return new double[] {0, Double.MAX_VALUE};
    }
  }
}
