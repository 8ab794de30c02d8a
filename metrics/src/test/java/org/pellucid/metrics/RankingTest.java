package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankingTest {
  @Test
  void theHighestComesFirst() {
    Random random = new Random(1);
    double[] map = random.doubles(5000, -1e3, 1e3).toArray();
    map[17] = Double.POSITIVE_INFINITY;
    map[18] = Double.NEGATIVE_INFINITY;
    map[19] = Double.MIN_VALUE;
    map[20] = -Double.MIN_VALUE;
    map[21] = 0;
    int[] expected =
        IntStream.range(0, map.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -map[i]))
            .mapToInt(i -> i)
            .toArray();
    Ranking ranking = Ranking.of(map, 3);
    assertThat(ranking.order()).isEqualTo(expected);
    int[] places = ranking.places();
    assertThat(places[17]).isZero();
    assertThat(places[18]).isEqualTo(map.length - 1);
    assertThat(ranking.reversed()[0]).isEqualTo(18);
  }

  /** Numbers that differ in their last bits alone, few of them and many. */
  @Test
  void theLastBitsCount() {
    for (int several : new int[] {3, 4000}) {
      Random random = new Random(2);
      double[] map = random.doubles(5000).toArray();
      for (int i = 0; i < several; i++) {
        map[i] = 0.5 + random.nextInt(several) * Math.ulp(0.5);
      }
      int[] order = Ranking.of(map, 3).order();
      for (int i = 1; i < order.length; i++) {
        assertThat(map[order[i - 1]]).isGreaterThanOrEqualTo(map[order[i]]);
      }
      // Equal ones come as they were drawn.
      int[] drawn = Ranking.of(new double[map.length], 3).places();
      for (int i = 1; i < order.length; i++) {
        if (map[order[i - 1]] == map[order[i]]) {
          assertThat(drawn[order[i - 1]]).isLessThan(drawn[order[i]]);
        }
      }
    }
  }

  /** Among equal pixels, zeros of either sign, each comes anywhere. */
  @Test
  void equalPixelsComeInAnyOrder() {
    double[] map = new double[40];
    Arrays.fill(map, 20, 40, -0.0);
    map[5] = 1;
    map[6] = -1;
    int sum = 0;
    for (int seed = 0; seed < 500; seed++) {
      int[] places = Ranking.of(map, seed).places();
      assertThat(places[5]).isZero();
      assertThat(places[6]).isEqualTo(39);
      assertThat(Arrays.stream(places).sorted()).containsExactly(range());
      sum += places[30];
    }
    // The mean of 1 to 38, within four standard errors.
    assertThat(sum / 500.0).isBetween(19.5 - 2, 19.5 + 2);
    assertThat(Ranking.of(map, 7)).isEqualTo(Ranking.of(map, 7));
    assertThat(Ranking.of(new double[0], 1).order()).isEmpty();
    assertThat(Ranking.of(new double[] {2}, 1).order()).containsExactly(0);
  }

  private static Integer[] range() {
    return IntStream.range(0, 40).boxed().toArray(Integer[]::new);
  }
}
