package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Which fixed number is as good. */
class FixedNumbersTest {
  @Test
  void betweenNumbersErrorsFallAsAPower() {
    FixedNumbers numbers = new FixedNumbers();
    for (int samples : new int[] {100, 4, 25}) {
      numbers.add(samples, 1 / Math.sqrt(samples));
    }
    for (int samples : new int[] {4, 5, 24, 25, 26, 100}) {
      assertThat(numbers.asGoodAs(1 / Math.sqrt(samples))).isEqualTo(samples, within(1e-9));
    }
    assertThat(numbers.asGoodAs(0.09)).isInfinite();
    assertThat(numbers.asGoodAs(0.6)).isEqualTo(4);
  }

  @Test
  void theFirstThatIsAsGoodCounts() {
    FixedNumbers numbers = new FixedNumbers();
    numbers.add(4, 0.3);
    numbers.add(8, 0);
    numbers.add(16, 0.2);
    assertThat(numbers.asGoodAs(0.1)).isEqualTo(8);
    assertThat(numbers.asGoodAs(0.3)).isEqualTo(4);
    numbers.add(8, 0.3);
    assertThat(numbers.asGoodAs(0.2)).isEqualTo(16);
  }
}
