package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Classes by rank. */
class TopTargetTest {
  private static Target top(int rank, double... scores) {
    return new TopTarget(rank).resolve(Tensor.of(Shape.of(scores.length), scores));
  }

  @Test
  void ranksFollowTheScores() {
    assertThat(top(0, 0.5, 3, -1, 2)).isEqualTo(new ClassTarget(1));
    assertThat(top(1, 0.5, 3, -1, 2)).isEqualTo(new ClassTarget(3));
    assertThat(top(3, 0.5, 3, -1, 2)).isEqualTo(new ClassTarget(2));
  }

  @Test
  void equalsAreRankedByIndexAndWhatIsNoNumberComesLast() {
    double nan = Double.NaN;
    double[] scores = {nan, 1, 2, 1, nan, Double.NEGATIVE_INFINITY, 2};
    int[] expected = {2, 6, 1, 3, 5, 0, 4};
    for (int rank = 0; rank < expected.length; rank++) {
      assertThat(top(rank, scores)).isEqualTo(new ClassTarget(expected[rank]));
    }
  }

  @Test
  void everyRankIsTheSortedOne() {
    Random random = new Random(3);
    double[] scores = random.ints(200, 0, 50).mapToDouble(i -> i / 7.0).toArray();
    List<Integer> sorted =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
            .toList();
    for (int rank = 0; rank < scores.length; rank++) {
      assertThat(top(rank, scores)).isEqualTo(new ClassTarget(sorted.get(rank)));
    }
  }

  @Test
  void thereAreNoMoreRanksThanClasses() {
    assertThatThrownBy(() -> top(2, 1, 2))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("2 classes");
  }
}
