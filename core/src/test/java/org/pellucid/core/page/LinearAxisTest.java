package org.pellucid.core.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LinearAxisTest {
  @Test
  void equal_differences_are_equally_far_apart_and_the_ends_have_air() {
    LinearAxis axis = new LinearAxis(-2, 8, 300, 100);
    assertThat(axis.at(3)).isCloseTo(200, within(1e-9));
    assertThat(axis.at(-2) - axis.at(3)).isCloseTo(axis.at(3) - axis.at(8), within(1e-9));
    assertThat(axis.at(-2)).isLessThan(300);
    assertThat(axis.at(8)).isGreaterThan(100);
  }

  @Test
  void ticks_are_round_and_few() {
    assertThat(new LinearAxis(0, 1, 0, 100).ticks()).containsExactly(0.0, 0.2, 0.4, 0.6, 0.8, 1.0);
    assertThat(new LinearAxis(-1, 1, 0, 100).ticks()).containsExactly(-1.0, -0.5, 0.0, 0.5, 1.0);
    assertThat(new LinearAxis(0.31, 0.33, 0, 100).ticks()).hasSizeBetween(3, 8);
    assertThat(LogAxis.text(0.3)).isEqualTo("0.3");
    assertThat(LogAxis.text(1.5)).isEqualTo("1.5");
    assertThat(LogAxis.text(20)).isEqualTo("20");
  }

  @Test
  void one_number_has_an_axis_too() {
    assertThat(new LinearAxis(0, 0, 0, 100).at(0)).isEqualTo(50);
    assertThat(new LinearAxis(7, 7, 0, 100).ticks()).contains(7.0);
  }
}
