package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Errors of maps, and numbers for many of them. */
class SampleErrorsTest {
  private static final double[] ONE = {1};

  @Test
  void errorsArePartsOfTheLargestMagnitude() {
    double[] map = {1, -3, 0, 8};
    double[] reference = {2, -5, 2, 8};
    assertThat(MapError.LARGEST.of(map, reference)).isEqualTo(0.25);
    assertThat(MapError.OF_ALL_CELLS.of(map, reference)).isEqualTo(1.5 / 8);
    assertThatThrownBy(() -> MapError.LARGEST.of(new double[1], new double[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("zero everywhere");
    assertThatThrownBy(() -> MapError.LARGEST.of(new double[1], new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 and 2 cells");
  }

  @Test
  void manyErrorsHaveAMeanAndPartsThatAreWithin() {
    double[] errors = {4, 1, 3, 2};
    assertThat(ErrorSummary.MEDIAN.of(errors)).isEqualTo(2);
    assertThat(ErrorSummary.MEAN.of(errors)).isEqualTo(2.5);
    assertThat(ErrorSummary.ROOT_MEAN_SQUARE.of(errors)).isEqualTo(Math.sqrt(7.5), within(1e-12));
    assertThat(ErrorSummary.WORST.of(errors)).isEqualTo(4);
    double[] tens = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    assertThat(ErrorSummary.NINE_IN_TEN.of(tens)).isEqualTo(9);
    assertThat(ErrorSummary.NINETEEN_IN_TWENTY.of(tens)).isEqualTo(10);
    assertThat(ErrorSummary.NINE_IN_TEN.of(new double[] {7})).isEqualTo(7);
  }

  @Test
  void mapsOfSeveralImagesComeTogether() {
    SampleErrors first = new SampleErrors();
    first.add(10, new double[] {1.0512}, ONE);
    SampleErrors second = new SampleErrors();
    second.add(20, new double[] {0.996}, ONE);
    first.addAll(second);
    assertThat(first).hasToString("10, 20 | 5.12, 0.40");
    assertThat(first.maps()).isEqualTo(2);
    assertThat(first.beyond(0.05)).isEqualTo(1);
    assertThat(first.meanSamples()).isEqualTo(15);
    assertThat(first.least()).isEqualTo(10);
    assertThat(first.most()).isEqualTo(20);
    assertThat(first.summary(MapError.LARGEST, ErrorSummary.MEAN)).isEqualTo(0.0276, within(1e-12));
  }
}
