package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.graph.Shape;

class SampleAverageTest {
  private static double[] normal(Random random, int count) {
    return random.doubles(count, -1, 1).toArray();
  }

  @Test
  void averagesWholeAndWithoutEachGroup() {
    Random random = new Random(1);
    int samples = 23;
    double[][] values = new double[samples][];
    SampleAverage average = new SampleAverage(4, samples, ScoreScale.LOGIT);
    for (int m = 0; m < samples; m++) {
      values[m] = normal(random, 4);
      average.add(random.nextGaussian(), values[m]);
    }
    assertThat(average.samples()).isEqualTo(samples);
    assertThat(average.groups()).isEqualTo(10);
    assertThat(average.effectiveSamples()).isEqualTo(samples);
    close(average.mean(), mean(values, new double[samples], -1));
    for (int group = 0; group < 10; group++) {
      close(average.meanWithout(group), mean(values, new double[samples], group));
    }
  }

  @Test
  void expWeightsDoNotOverflowAndDoNotDependOnTheOrder() {
    Random random = new Random(2);
    // Far outside what exp takes, rising and falling.
    double[] scores = {1000, 1001.5, 999, 1003, 1002, 900, 1003.5};
    double[][] values = new double[scores.length][];
    SampleAverage average = new SampleAverage(3, scores.length, ScoreScale.EXP);
    SampleAverage reversed = new SampleAverage(3, scores.length, ScoreScale.EXP);
    for (int m = 0; m < scores.length; m++) {
      values[m] = normal(random, 3);
      average.add(scores[m], values[m]);
    }
    for (int m = scores.length - 1; m >= 0; m--) {
      reversed.add(scores[m], values[m]);
    }
    close(average.mean(), mean(values, scores, -1));
    close(reversed.mean(), mean(values, scores, -1));
    for (int group = 0; group < scores.length; group++) {
      close(average.meanWithout(group), mean(values, scores, group));
    }
    double sum = Arrays.stream(scores).map(s -> Math.exp(s - 1003)).sum();
    double squares = Arrays.stream(scores).map(s -> Math.exp(2 * (s - 1003))).sum();
    assertThat(average.effectiveSamples()).isCloseTo(sum * sum / squares, within(1e-12));
  }

  /** Sums that cancel, that are zero outside of a group, and that are not finite inside of one. */
  @Test
  void aGroupThatIsAllThereIsLeavesNothing() {
    double infinite = Double.POSITIVE_INFINITY;
    double[][] values = {
      {0.1, 1e20, Double.NaN, infinite, 1e308, 3},
      {0, 1, 1, 2, 1e308, -3.0000001},
      {0, 2, 3, 4, -1e308, 1e-3}
    };
    SampleAverage average = new SampleAverage(6, 3, ScoreScale.LOGIT);
    for (double[] sample : values) {
      average.add(0, sample);
    }
    assertThat(average.meanWithout(0)).containsExactly(0, 1.5, 2, 3, 0, (1e-3 - 3.0000001) / 2);
    assertThat(average.meanWithout(1)[0]).isEqualTo(0.05);
    assertThat(average.meanWithout(1)[2]).isNaN();
    assertThat(average.meanWithout(1)[3]).isEqualTo(infinite);
    // The sum of all has left the range on its way.
    assertThat(average.meanWithout(2)[4]).isEqualTo(infinite);
    assertThat(average.meanWithout(2)[5]).isCloseTo(-5e-8, within(1e-15));
  }

  private static double[] mean(double[][] values, double[] scores, int without) {
    double[] mean = new double[values[0].length];
    double weights = 0;
    int groups = Math.min(10, values.length);
    for (int m = 0; m < values.length; m++) {
      if (m % groups == without) {
        continue;
      }
      double omega = Math.exp(scores[m] - scores[0]);
      weights += omega;
      for (int i = 0; i < mean.length; i++) {
        mean[i] += omega * values[m][i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= weights;
    }
    return mean;
  }

  private static void close(double[] actual, double[] expected) {
    assertThat(actual).containsExactly(expected, within(1e-13));
  }

  @Test
  void oneSampleHasNoGroupsAndLargeArraysHaveFewer() {
    assertThat(new SampleAverage(5, 1, ScoreScale.LOGIT).groups()).isZero();
    assertThat(new SampleAverage(5, 2, ScoreScale.LOGIT).groups()).isEqualTo(2);
    assertThat(new SampleAverage(5, 10_000, ScoreScale.LOGIT).groups()).isEqualTo(10);
    // 64 MiB an array: four of them fit.
    assertThat(new SampleAverage(8 << 20, 100, ScoreScale.LOGIT).groups()).isEqualTo(4);
  }

  private static ArrayAlgebra.Field field(int maps, double... gradients) {
    return new ArrayAlgebra.Field(maps, gradients.length / maps, gradients);
  }

  @Test
  void momentsAreScaledByAPowerOfTwoThatRises() {
    Shape shape = Shape.of(1, 1, 2);
    MomentSums sums = new MomentSums(shape, 3, ScoreScale.LOGIT);
    double tiny = 1e-200;
    sums.add(0, field(1, tiny, -tiny));
    assertThat(sums.moments().scale()).isLessThanOrEqualTo(tiny).isGreaterThan(tiny / 2);
    assertThat(sums.moments().third()[1]).isLessThan(-1);
    sums.add(0, field(1, 3 * tiny, tiny));
    sums.add(0, field(1, 0, 8 * tiny));
    GradientMoments moments = sums.moments();
    double s = moments.scale() / tiny;
    assertThat(s).isLessThanOrEqualTo(8).isGreaterThan(4);
    assertThat(moments.first())
        .containsExactly(new double[] {4 / 3. / s, 8 / 3. / s}, within(1e-15));
    assertThat(moments.second()[0]).isCloseTo(10 / 3. / (s * s), within(1e-15));
    assertThat(moments.third()[1]).isCloseTo((-1 + 1 + 512) / 3. / (s * s * s), within(1e-14));
  }

  /** Feature maps of one gradient each, in some of the samples or all, against cell by cell. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 7})
  void mapsOfOneGradientAreSummedAsCellByCell(int uniform) {
    int maps = 3;
    int cells = 4;
    MomentSums sums = new MomentSums(Shape.of(maps, 2, 2), 7, ScoreScale.EXP);
    // A shape of maps of one cell is summed element by element.
    MomentSums elements = new MomentSums(Shape.of(maps * cells, 1, 1), 7, ScoreScale.EXP);
    Random random = new Random(uniform);
    for (int sample = 0; sample < 7; sample++) {
      double[] gradients = random.doubles(12, -2 << sample, 2 << sample).toArray();
      if (sample < uniform) {
        for (int i = 0; i < gradients.length; i++) {
          gradients[i] = gradients[i / cells * cells];
        }
      }
      double score = random.nextDouble();
      sums.add(score, field(maps, gradients));
      elements.add(score, field(maps * cells, gradients));
    }
    assertEqual(sums.moments(), elements.moments());
    assertThat(sums.moments().leaveOut()).hasSize(7);
    for (int group = 0; group < 7; group++) {
      assertEqual(sums.moments().leaveOut().get(group), elements.moments().leaveOut().get(group));
    }
  }

  private static void assertEqual(GradientMoments actual, GradientMoments expected) {
    assertThat(actual.scale()).isEqualTo(expected.scale());
    assertThat(actual.effectiveSamples()).isEqualTo(expected.effectiveSamples());
    assertThat(actual.first()).isEqualTo(expected.first());
    assertThat(actual.second()).isEqualTo(expected.second());
    assertThat(actual.third()).isEqualTo(expected.third());
  }

  @Test
  void theScaleIsTheHighestPowerOfTwoThatDoesNotExceed() {
    assertThat(GradientMoments.scaleOf(1)).isEqualTo(1);
    assertThat(GradientMoments.scaleOf(7.9)).isEqualTo(4);
    assertThat(GradientMoments.scaleOf(0.3)).isEqualTo(0.25);
    assertThat(GradientMoments.scaleOf(Double.MAX_VALUE)).isEqualTo(0x1p1023);
    assertThat(GradientMoments.scaleOf(Double.MIN_VALUE)).isEqualTo(Double.MIN_NORMAL);
    assertThat(GradientMoments.scaleOf(0)).isEqualTo(1);
    assertThat(GradientMoments.scaleOf(Double.NaN)).isEqualTo(1);
    assertThat(GradientMoments.scaleOf(Double.POSITIVE_INFINITY)).isEqualTo(1);
  }
}
