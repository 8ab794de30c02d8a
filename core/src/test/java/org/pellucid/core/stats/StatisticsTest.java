package org.pellucid.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Known answers from tables, and how often intervals hold the truth. */
class StatisticsTest {
  /** For sums and products of a few doubles. */
  private static final double ROUNDING = 1e-12;

  @Test
  void quartiles_are_interpolated() {
    Summary summary = Summary.of(7, 1, 3, 5);
    assertThat(summary.lower()).isEqualTo(2.5);
    assertThat(summary.median()).isEqualTo(4);
    assertThat(summary.upper()).isEqualTo(5.5);
    assertThat(Summary.of(2)).isEqualTo(new Summary(1, 2, 2, 2, java.util.Optional.empty()));
  }

  /**
   * Tables of the sign test: n = 6 gives the extremes (96.9 %), n = 10 the second ones (97.9 %).
   */
  @Test
  void the_median_lies_between_the_ranks_of_the_sign_test() {
    assertThat(Summary.of(1, 2, 3, 4, 5).ofMedian()).isEmpty();
    Interval six = Summary.of(6, 5, 4, 3, 2, 1).ofMedian().orElseThrow();
    assertThat(six.low()).isEqualTo(1);
    assertThat(six.high()).isEqualTo(6);
    assertThat(six.confidence()).isCloseTo(1 - 2.0 / 64, within(ROUNDING));
    Interval ten =
        Summary.of(IntStream.rangeClosed(1, 10).asDoubleStream().toArray())
            .ofMedian()
            .orElseThrow();
    assertThat(ten.low()).isEqualTo(2);
    assertThat(ten.high()).isEqualTo(9);
    assertThat(ten.confidence()).isCloseTo(1 - 2 * 11.0 / 1024, within(ROUNDING));
    // n = 100: ranks 40 and 61, 96.48 %.
    Interval hundred =
        Summary.of(IntStream.rangeClosed(1, 100).asDoubleStream().toArray())
            .ofMedian()
            .orElseThrow();
    assertThat(hundred.low()).isEqualTo(40);
    assertThat(hundred.high()).isEqualTo(61);
    assertThat(hundred.confidence()).isCloseTo(0.9648, within(5e-5));
  }

  @Test
  void many_measurements_do_not_underflow() {
    double[] many = IntStream.range(0, 5000).asDoubleStream().toArray();
    Interval interval = Summary.of(many).ofMedian().orElseThrow();
    // About 0.98 sqrt(n) ranks to either side: 2500 +- 69.3.
    assertThat(interval.low()).isBetween(2425.0, 2435.0);
    assertThat(interval.confidence()).isBetween(0.95, 0.953);
  }

  @Test
  void an_interval_is_tight_when_both_sides_are_near() {
    assertThat(Summary.of(98, 99, 100, 100, 101, 102).isTight(0.02)).isTrue();
    assertThat(Summary.of(98, 99, 100, 100, 101, 103).isTight(0.02)).isFalse();
    assertThat(Summary.of(97, 99, 100, 100, 101, 102).isTight(0.02)).isFalse();
    assertThat(Summary.of(100, 100, 100).isTight(0.02)).isFalse();
  }

  /** Counts of the table of Mann and Whitney 1947 for samples of 3 and 3: 1 1 2 3 3 3 3 2 1 1. */
  @Test
  void rank_sums_are_those_of_the_table() {
    assertThat(Ratio.rankSums(3, 3, 9))
        .containsExactly(
            new double[] {.05, .05, .1, .15, .15, .15, .15, .1, .05, .05}, within(ROUNDING));
    // Critical value of U for 8 and 8, two-sided 1 %: 7, so that P(U <= 7) <= 0.005 < P(U <= 8).
    double[] eight = Ratio.rankSums(8, 8, 8);
    double seven = IntStream.rangeClosed(0, 7).mapToDouble(u -> eight[u]).sum();
    assertThat(seven).isLessThanOrEqualTo(0.005);
    assertThat(seven + eight[8]).isGreaterThan(0.005);
  }

  @Test
  void the_ratio_is_the_median_of_all_ratios() {
    Ratio ratio = Ratio.of(new double[] {2, 4, 8}, new double[] {1, 2, 2});
    // 2 1 1 4 2 2 8 4 4
    assertThat(ratio.value()).isEqualTo(2);
    assertThat(ratio.interval()).hasValue(new Interval(1, 8, 0.9));
    assertThat(Ratio.of(new double[] {2, 4}, new double[] {1, 2, 2}).interval()).isEmpty();
  }

  /** U below 8 is too rare for 8 and 8 measurements, so the ends are the 8th ratios of 64. */
  @Test
  void its_ends_are_the_ranks_of_the_test() {
    double[] now = {1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07, 1.08};
    double[] ones = {1, 1, 1, 1, 1, 1, 1, 1};
    Interval interval = Ratio.of(now, ones).interval().orElseThrow();
    assertThat(interval.low()).isEqualTo(1.01);
    assertThat(interval.high()).isEqualTo(1.08);
    assertThat(interval.confidence()).isBetween(0.99, 1.0);
  }

  /** Of 2000 repetitions 95 % are 1900, with a standard deviation of 10; each is in fact surer. */
  @Test
  void intervals_hold_the_truth_as_often_as_they_say() {
    SplittableRandom random = new SplittableRandom(7);
    int median = 0;
    int ratio = 0;
    for (int i = 0; i < 2000; i++) {
      double[] a = random.doubles(12).map(u -> Math.exp(3 * u)).toArray();
      double[] b = random.doubles(9).map(u -> 2 * Math.exp(3 * u)).toArray();
      Interval where = Summary.of(a).ofMedian().orElseThrow();
      median += where.low() <= Math.exp(1.5) && Math.exp(1.5) <= where.high() ? 1 : 0;
      Interval factor = Ratio.of(b, a).interval().orElseThrow();
      ratio += factor.low() <= 2 && 2 <= factor.high() ? 1 : 0;
    }
    assertThat(median).isBetween(1900, 1975);
    assertThat(ratio).isBetween(1967, 1999);
  }

  @Test
  void what_is_no_measurement_is_refused() {
    assertThatThrownBy(() -> Summary.of()).hasMessageContaining("no measurements");
    assertThatThrownBy(() -> Summary.of(1, Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> Ratio.of(new double[] {1}, new double[] {0}))
        .hasMessageContaining("positive");
  }
}
