package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.metrics.LinearScene.sigmoid;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.Options;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.MetricContract;
import org.pellucid.testkit.TestTrial;

/** Pixels that come and go one by one. */
class PixelCurveTest {
  /** Pixels that add 1, 2, 3 and 4 to the score, ranked 3, 0, 2, 1 by the map. */
  private static TestTrial trial() {
    return LinearScene.trial(new double[] {1, 1, 1, 1}, 1, 2, 3, 4).withMap(3, 1, 2, 4);
  }

  private static Measurement measure(Metric metric, String... options) {
    Map<String, String> texts = new java.util.HashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      texts.put(options[i], options[i + 1]);
    }
    return metric.measure(trial(), Options.parse(metric.options(), texts));
  }

  private static void check(Measurement found, double... scores) {
    double[] curve = Arrays.stream(scores).map(LinearScene::sigmoid).toArray();
    for (int i = 0; i < curve.length; i++) {
      assertThat(found.curve().get(i)).isCloseTo(curve[i], within(1e-12));
    }
    assertThat(found.curve()).hasSize(curve.length);
    double area = Arrays.stream(curve).sum() - curve[0] / 2 - curve[curve.length - 1] / 2;
    assertThat(found.value().orElseThrow()).isCloseTo(area / (curve.length - 1), within(1e-12));
  }

  @Test
  void knownAnswers() {
    check(measure(new Deletion(), "steps", "4"), 10, 6, 5, 2, 0);
    check(measure(new Deletion(), "steps", "2"), 10, 5, 0);
    check(measure(new Insertion(), "steps", "4", "fill", "zero"), 0, 4, 5, 8, 10);
    // A uniform image is its own blurred one, and its own mean.
    assertThat(measure(new Insertion(), "steps", "4").value().orElseThrow())
        .isCloseTo(sigmoid(10), within(1e-12));
    assertThat(measure(new Deletion(), "steps", "4", "fill", "mean").value().orElseThrow())
        .isCloseTo(sigmoid(10), within(1e-12));
  }

  @Test
  void blurringKeepsTheSumAwayFromEdges() {
    double[] pixels = new double[2 * 40 * 60];
    pixels[2400 + 20 * 60 + 30] = 1;
    double[] blurred = Fill.BLUR.of(Tensor.of(Shape.of(2, 40, 60), pixels));
    assertThat(Arrays.stream(blurred, 0, 2400).sum()).isZero();
    assertThat(Arrays.stream(blurred, 2400, 4800).sum()).isCloseTo(1, within(1e-12));
    // A Gaussian: what one and two pixels away is left, by the first power and the fourth.
    double sigma = 5.0 / 224 * 40;
    double middle = blurred[2400 + 20 * 60 + 30];
    assertThat(blurred[2400 + 20 * 60 + 31] / middle)
        .isCloseTo(Math.exp(-1 / (2 * sigma * sigma)), within(1e-12));
    assertThat(blurred[2400 + 22 * 60 + 30] / middle)
        .isCloseTo(Math.exp(-4 / (2 * sigma * sigma)), within(1e-12));
  }

  @Test
  void equalPixelsAreDrawn() {
    double[] flat = new double[1000];
    int[] one = Ranking.of(flat, 1).order();
    assertThat(one)
        .isEqualTo(Ranking.of(flat, 1).order())
        .isNotEqualTo(Ranking.of(flat, 2).order());
    assertThat(Arrays.stream(one).sorted()).startsWith(0, 1, 2).hasSize(1000);
    // In neither half are there many more of the first ones than chance leaves: 500 +- 5 times 16.
    assertThat(Arrays.stream(one).limit(500).sum() / 500.0).isBetween(420.0, 580.0);
    Ranking ranking = Ranking.of(new double[] {2, 5, 1, 9}, 3);
    assertThat(ranking.order()).containsExactly(3, 1, 0, 2);
    assertThat(ranking.reversed()).containsExactly(2, 0, 1, 3);
    assertThat(ranking.places()).containsExactly(2, 1, 3, 0);
  }

  @Nested
  class DeletionContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new Deletion();
    }
  }

  @Nested
  class InsertionContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new Insertion();
    }
  }
}
