package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.metrics.LinearScene.mask;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Options;
import org.pellucid.testkit.MetricContract;
import org.pellucid.testkit.TestTrial;

/** Where maps lie, by hand: two rows of five pixels. */
class LocalisationTest {
  /**
   *
   *
   * <pre>
   * 8 4 0 0 6
   * 2 0 0 0 4
   * </pre>
   */
  private static TestTrial trial() {
    return LinearScene.trial(new double[10], new double[10]).withMap(8, 4, -5, 0, 6, 2, 0, 0, 0, 4);
  }

  private static double value(Metric metric, TestTrial trial, String... options) {
    return metric
        .measure(
            trial,
            Options.parse(
                metric.options(), options.length == 0 ? Map.of() : Map.of(options[0], options[1])))
        .value()
        .orElseThrow();
  }

  @Test
  void massAndEnergy() {
    // Pixels of 8 and 0, whose box has 8, 4, 2 and 0.
    TestTrial trial = trial().withObjects(mask(5, 0, 6));
    assertThat(value(new MassAccuracy(), trial)).isCloseTo(8 / 24.0, within(1e-15));
    assertThat(value(new EnergyInside(), trial)).isCloseTo(14 / 24.0, within(1e-15));
    // Two objects whose boxes overlap: what they share counts once.
    TestTrial two = trial().withObjects(mask(5, 0, 6), mask(5, 1, 5));
    assertThat(value(new EnergyInside(), two)).isCloseTo(14 / 24.0, within(1e-15));
    assertThat(value(new MassAccuracy(), two)).isCloseTo(14 / 24.0, within(1e-15));
  }

  @Test
  void rank() {
    // The four highest are 0, 4, 1 and 9.
    assertThat(value(new RankAccuracy(), trial().withObjects(mask(5, 0, 1, 2, 3)))).isEqualTo(0.5);
    assertThat(value(new RankAccuracy(), trial().withObjects(mask(5, 0)))).isEqualTo(1);
    assertThat(value(new RankAccuracy(), trial().withObjects(mask(5, 4)))).isZero();
  }

  @Test
  void pointing() {
    assertThat(value(new PointingGame(), trial().withObjects(mask(5, 0, 7)))).isEqualTo(1);
    TestTrial beside = trial().withObjects(mask(5, 2, 7));
    assertThat(value(new PointingGame(), beside)).isZero();
    assertThat(value(new PointingGame(), beside, "tolerance", "1.9")).isZero();
    assertThat(value(new PointingGame(), beside, "tolerance", "2")).isEqualTo(1);
    assertThat(value(new PointingGame(), trial().withObjects(ObjectMask.box(2, 5, 0, 0, 1, 1))))
        .isEqualTo(1);
  }

  @Test
  void iou() {
    // Half of 8 and more: 0, 1, 4 and 9.
    TestTrial trial = trial().withObjects(mask(5, 0, 1, 5));
    assertThat(value(new Iou(), trial)).isEqualTo(2 / 5.0);
    assertThat(value(new Iou(), trial, "threshold", "0.2")).isEqualTo(3 / 5.0);
    // At 1/4: all of 2 and more. At 3/4: 0 and 4.
    assertThat(value(new IouCurve(), trial, "thresholds", "2"))
        .isCloseTo((3 / 5.0 + 1 / 4.0) / 2, within(1e-15));
  }

  @Test
  void recall() {
    // Peaks at 0 and 4; 9 is beside 4, and 1 beside 0.
    assertThat(value(new MultiObjectRecall(), trial().withObjects(mask(5, 0), mask(5, 4))))
        .isEqualTo(1);
    assertThat(value(new MultiObjectRecall(), trial().withObjects(mask(5, 0), mask(5, 9))))
        .isEqualTo(0.5);
    // One object, one peak: the pointing game.
    assertThat(value(new MultiObjectRecall(), trial().withObjects(mask(5, 4)))).isZero();
    // A map that is high everywhere may point twice, not everywhere: here at pixels in the same
    // object at least, as the third is one of five.
    double[] flat = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    TestTrial everywhere =
        trial().withMap(flat).withObjects(mask(5, 0), mask(5, 2), mask(5, 4), mask(5, 7));
    assertThat(value(new MultiObjectRecall(), everywhere, "distance", "1"))
        .isLessThanOrEqualTo(0.5);
    // Peaks that are too close are one.
    TestTrial close =
        trial().withMap(5, 0, 4, 0, 3, 0, 0, 0, 0, 0).withObjects(mask(5, 0), mask(5, 2));
    assertThat(value(new MultiObjectRecall(), close, "distance", "0.4")).isEqualTo(1);
    assertThat(value(new MultiObjectRecall(), close, "distance", "0.5")).isEqualTo(0.5);
  }

  @Nested
  class EnergyInsideContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new EnergyInside();
    }
  }

  @Nested
  class MassAccuracyContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new MassAccuracy();
    }
  }

  @Nested
  class RankAccuracyContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new RankAccuracy();
    }
  }

  @Nested
  class PointingGameContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new PointingGame();
    }
  }

  @Nested
  class IouContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new Iou();
    }
  }

  @Nested
  class IouCurveContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new IouCurve();
    }
  }

  @Nested
  class MultiObjectRecallContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new MultiObjectRecall();
    }
  }
}
