package org.pellucid.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.backend.onnxruntime.TransposedConvolutions.graph;
import static org.pellucid.backend.onnxruntime.TransposedConvolutions.random;
import static org.pellucid.backend.onnxruntime.TransposedConvolutions.transposed;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ConvTranspose;

class PhasedConvolutionsTest {
  static Stream<Arguments> replaced() {
    return Stream.of(
        // Gradients of first convolutions of 7 and of 3, of even and of odd lengths.
        Arguments.of(
            transposed(List.of(2, 2), List.of(3, 3), List.of(3, 3), List.of(1, 1), 1),
            random(2, 12, 4, 5),
            random(12, 3, 7, 7)),
        Arguments.of(
            transposed(List.of(2, 2), List.of(1, 1), List.of(1, 1), List.of(0, 1), 1),
            random(1, 60, 4, 3),
            random(60, 3, 3, 3)),
        // Of patches, which do not overlap.
        Arguments.of(
            transposed(List.of(4, 4), List.of(0, 0), List.of(0, 0), List.of(0, 0), 1),
            random(1, 32, 2, 3),
            random(32, 2, 4, 4)),
        // Other strides, kernels and paddings on either axis, and kernels shorter than strides.
        Arguments.of(
            transposed(List.of(1, 3), List.of(0, 1), List.of(1, 0), List.of(0, 2), 1),
            random(1, 52, 3, 4),
            random(52, 2, 2, 5)),
        Arguments.of(
            transposed(List.of(3, 2), List.of(0, 0), List.of(0, 0), List.of(2, 1), 1),
            random(1, 512, 3, 4),
            random(512, 1, 1, 1)));
  }

  @ParameterizedTest
  @MethodSource
  void replaced(ConvTranspose operation, Tensor x, Tensor weight) {
    TransposedConvolutions.assertReplaced(PhasedConvolutions::of, operation, x, weight);
  }

  @Test
  void othersAreLeftAlone() {
    List<Integer> one = List.of(1, 1);
    List<Integer> two = List.of(2, 2);
    List<Integer> none = List.of(0, 0);
    for (ModelGraph graph :
        List.of(
            // Without strides; of groups; with many maps; with few products; cut off before the
            // first.
            graph(transposed(one, one, one, none, 1), random(1, 60, 4, 4), random(60, 1, 3, 3)),
            graph(transposed(two, one, one, one, 3), random(1, 60, 4, 4), random(60, 1, 3, 3)),
            graph(transposed(two, one, one, one, 1), random(1, 60, 4, 4), random(60, 17, 3, 3)),
            graph(transposed(two, one, one, one, 1), random(1, 16, 4, 4), random(16, 3, 3, 3)),
            graph(
                transposed(two, two, two, none, 1), random(1, 512, 5, 5), random(512, 1, 1, 1)))) {
      assertThat(PhasedConvolutions.of(graph)).isSameAs(graph);
    }
  }
}
