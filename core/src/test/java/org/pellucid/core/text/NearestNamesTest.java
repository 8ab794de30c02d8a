package org.pellucid.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNamesTest {

  @ParameterizedTest
  @CsvSource({"kitten, sitting, 3", "'', abc, 3", "abc, '', 3", "same, same, 0", "flaw, lawn, 2"})
  void countsEdits(String a, String b, int distance) {
    assertThat(NearestNames.distance(a, b)).isEqualTo(distance);
    assertThat(NearestNames.distance(b, a)).isEqualTo(distance);
  }

  @Test
  void ranksWhatContainsTheNameFirst() {
    List<String> layers =
        List.of("conv1", "layer4.relu", "layer4.1.Relu_1", "gelu", "pool", "conv1");
    assertThat(NearestNames.of("Relu", layers, 3))
        .containsExactly("layer4.relu", "layer4.1.Relu_1", "gelu");
    assertThat(NearestNames.of("conv2", layers, 1)).containsExactly("conv1");
    assertThat(NearestNames.of("conv1", layers, 9)).hasSize(5);
  }

  @Test
  void quotesForMessages() {
    assertThat(NearestNames.quoted("a", List.of("b", "ab"))).isEqualTo("\"ab\", \"b\"");
    assertThat(NearestNames.quoted("a", List.of())).isEqualTo("none");
    assertThat(NearestNames.quoted("x".repeat(1 << 20), Collections.nCopies(9, "x")))
        .isEqualTo("\"x\"");
  }
}
