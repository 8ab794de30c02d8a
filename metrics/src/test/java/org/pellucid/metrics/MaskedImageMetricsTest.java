package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Metric;
import org.pellucid.api.Options;
import org.pellucid.testkit.MetricContract;
import org.pellucid.testkit.TestTrial;

/** What the network says of the image times its map. */
class MaskedImageMetricsTest {
  /** Score 1 + 2 = 3 of the image; the map shows the first pixel, and half of the second. */
  private static TestTrial losing() {
    return LinearScene.trial(new double[] {1, 2, 0, 0}, 1, 1, 1, 1).withMap(4, 2, 0, -3);
  }

  /** Score 1 - 2 = -1; the map hides what speaks against the class. */
  private static TestTrial gaining() {
    return LinearScene.trial(new double[] {1, 2, 0, 0}, 1, -1, 1, 1).withMap(4, 0, 0, -3);
  }

  private static double value(Metric metric, TestTrial trial) {
    return metric.measure(trial, Options.DEFAULTS).value().orElseThrow();
  }

  @Test
  void knownAnswers() {
    double clean = LinearScene.sigmoid(3);
    double masked = LinearScene.sigmoid(1 + 1);
    assertThat(value(new AverageDrop(), losing()))
        .isCloseTo((clean - masked) / clean, within(1e-12));
    assertThat(value(new IncreaseInConfidence(), losing())).isZero();
    assertThat(value(new AverageGain(), losing())).isZero();
    double before = LinearScene.sigmoid(-1);
    double after = LinearScene.sigmoid(1);
    assertThat(value(new AverageDrop(), gaining())).isZero();
    assertThat(value(new IncreaseInConfidence(), gaining())).isEqualTo(1);
    assertThat(value(new AverageGain(), gaining()))
        .isCloseTo((after - before) / (1 - before), within(1e-12));
  }

  @Nested
  class AverageDropContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new AverageDrop();
    }
  }

  @Nested
  class AverageGainContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new AverageGain();
    }
  }

  @Nested
  class IncreaseInConfidenceContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new IncreaseInConfidence();
    }
  }
}
