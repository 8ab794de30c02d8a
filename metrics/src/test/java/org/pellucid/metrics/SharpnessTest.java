package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Metric;
import org.pellucid.api.Options;
import org.pellucid.testkit.MetricContract;

/** How spread out maps are, by hand: four pixels. */
class SharpnessTest {
  private static double value(Metric metric, double... map) {
    return metric
        .measure(LinearScene.trial(new double[4], new double[4]).withMap(map), Options.DEFAULTS)
        .value()
        .orElseThrow();
  }

  @Test
  void entropy() {
    assertThat(value(new Entropy(), 3, 0, 0, -9)).isZero();
    assertThat(value(new Entropy(), 3, 3, 3, 3)).isCloseTo(Math.log(4), within(1e-15));
    // 1/2, 1/4, 1/4: 3/2 bits.
    assertThat(value(new Entropy(), 2, 1, 1, 0)).isCloseTo(1.5 * Math.log(2), within(1e-15));
  }

  @Test
  void gini() {
    assertThat(value(new Gini(), 3, 3, 3, 3)).isZero();
    assertThat(value(new Gini(), 0, 0, 5, 0)).isEqualTo(0.75);
    // (-3 0 - 1 1 + 1 1 + 3 2) / (4 4)
    assertThat(value(new Gini(), 2, 1, 1, 0)).isEqualTo(6 / 16.0);
  }

  @Test
  void area() {
    assertThat(value(new AreaAboveHalf(), 8, 4, 3.99, -1)).isEqualTo(0.5);
    assertThat(value(new AreaAboveHalf(), 8, 1, 1, 1)).isEqualTo(0.25);
  }

  @Nested
  class EntropyContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new Entropy();
    }

    @Override
    protected double[] range() {
      return new double[] {0, Math.log(20)};
    }
  }

  @Nested
  class GiniContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new Gini();
    }
  }

  @Nested
  class AreaAboveHalfContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new AreaAboveHalf();
    }
  }
}
