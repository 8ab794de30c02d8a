package org.pellucid.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Means and differences of values on the same cases. */
class PairedDifferenceTest {
  @Test
  void knownAnswers() {
    double[] first = {5, 3, 8, 1, 4};
    double[] second = {4, 5, 5, 1, 0};
    // Differences 1, -2, 3, 0, 4: ranks 1, 2, 3, 4 of those that are not 0, 8 above and 2 below.
    PairedDifference found = PairedDifference.of(first, second, 0);
    assertThat(found.count()).isEqualTo(5);
    assertThat(found.mean()).isCloseTo(6 / 5.0, within(1e-15));
    assertThat(found.effect()).isCloseTo((8 - 2) / 10.0, within(1e-15));
    // Of the 16 choices of signs, those with a sum of ranks of 2 or less, or 8 or more: 1, 2 below,
    // 1 of none, thus 3 on either side.
    assertThat(found.pValue()).isCloseTo(6 / 16.0, within(1e-12));
    PairedDifference reversed = PairedDifference.of(second, first, 0);
    assertThat(reversed.effect()).isCloseTo(-0.6, within(1e-15));
    assertThat(reversed.interval().low()).isCloseTo(-found.interval().high(), within(1e-12));
  }

  @Test
  void tiesShareTheirRank() {
    // Differences 1, 1, -1, 2: ranks 2, 2, 2, 4.
    PairedDifference found =
        PairedDifference.of(new double[] {1, 1, 0, 2}, new double[] {0, 0, 1, 0}, 0);
    assertThat(found.effect()).isCloseTo((2 + 2 - 2 + 4) / 10.0, within(1e-15));
  }

  @Test
  void equalValuesDoNotDiffer() {
    PairedDifference found = PairedDifference.of(new double[] {1, 2, 3}, new double[] {1, 2, 3}, 0);
    assertThat(found.pValue()).isEqualTo(1);
    assertThat(found.effect()).isZero();
    assertThat(found.interval().low()).isZero();
    assertThatThrownBy(() -> PairedDifference.of(new double[2], new double[3], 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void holm() {
    // Sorted 0.01, 0.03, 0.04: times 3, 2, 1, and none below one before it.
    assertThat(PairedDifference.holm(new double[] {0.04, 0.01, 0.03}))
        .containsExactly(new double[] {0.06, 0.03, 0.06}, within(1e-15));
    assertThat(PairedDifference.holm(new double[] {0.9, 0.8})).containsExactly(1, 1);
    assertThat(PairedDifference.holm(new double[0])).isEmpty();
  }

  @Test
  void intervalsHoldTheMeanAsOftenAsTheySay() {
    Random random = new Random(8);
    Bootstrap bootstrap = new Bootstrap(40, 0);
    int held = 0;
    int rounds = 400;
    for (int round = 0; round < rounds; round++) {
      double[] values = random.doubles(40).map(value -> -Math.log(value)).toArray();
      Interval interval = bootstrap.interval(values);
      held += interval.low() <= 1 && interval.high() >= 1 ? 1 : 0;
    }
    // 95 % at best; of 40 exponential numbers the percentile interval holds about 93 %. Five
    // standard errors of 1.3 % on either side.
    assertThat((double) held / rounds).isBetween(0.865, 0.99);
  }

  @Test
  void equalSeedsGiveEqualIntervals() {
    double[] values = new Random(1).doubles(25).toArray();
    assertThat(new Bootstrap(25, 4).interval(values))
        .isEqualTo(new Bootstrap(25, 4).interval(values))
        .isNotEqualTo(new Bootstrap(25, 5).interval(values));
    // A single case is what it is.
    assertThat(new Bootstrap(1, 0).interval(new double[] {3})).isEqualTo(new Interval(3, 3, 0.95));
    // The mean of a resample of equal values is theirs.
    double[] equal = new double[25];
    Arrays.fill(equal, 2);
    assertThat(new Bootstrap(25, 0).means(equal)).containsOnly(2);
    assertThatThrownBy(() -> new Bootstrap(0, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
