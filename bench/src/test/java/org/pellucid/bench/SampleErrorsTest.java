package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Errors of maps, and what a part of them does not exceed. */
class SampleErrorsTest {
  @Test
  void anErrorIsTheLargestDifferenceByTheLargestMagnitude() {
    assertThat(SampleErrors.relative(new double[] {1, -3, 0}, new double[] {2, -4, 0.5}))
        .isEqualTo(0.25);
    assertThatThrownBy(() -> SampleErrors.relative(new double[1], new double[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("zero everywhere");
    assertThatThrownBy(() -> SampleErrors.relative(new double[1], new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 and 2 cells");
  }

  @Test
  void aQuantileIsTheSmallestErrorThatAPartDoesNotExceed() {
    SampleErrors errors = new SampleErrors();
    for (int i = 10; i >= 1; i--) {
      errors.add(10 * i, i / 100.0);
    }
    assertThat(errors.quantile(0.5)).isEqualTo(0.05);
    assertThat(errors.quantile(0.9)).isEqualTo(0.09);
    assertThat(errors.quantile(0.91)).isEqualTo(0.1);
    assertThat(errors.quantile(1)).isEqualTo(0.1);
    assertThat(errors.quantile(0.01)).isEqualTo(0.01);
    assertThat(errors.meanSamples()).isEqualTo(55, within(1e-12));
    assertThat(errors.least()).isEqualTo(10);
    assertThat(errors.most()).isEqualTo(100);
  }

  @Test
  void mapsOfSeveralImagesComeTogether() {
    SampleErrors first = new SampleErrors();
    first.add(10, 0.0512);
    SampleErrors second = new SampleErrors();
    second.add(20, 0.004);
    first.addAll(second);
    assertThat(first).hasToString("10, 20 | 5.12, 0.40");
  }
}
