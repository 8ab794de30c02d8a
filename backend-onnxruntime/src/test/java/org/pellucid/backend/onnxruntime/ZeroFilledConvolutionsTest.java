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

class ZeroFilledConvolutionsTest {
  static Stream<Arguments> replaced() {
    return Stream.of(
        // Gradients of depthwise convolutions of 3 and of 5, of even and of odd lengths.
        Arguments.of(
            transposed(List.of(2, 2), List.of(1, 1), List.of(1, 1), List.of(1, 1), 3),
            random(2, 3, 4, 5),
            random(3, 1, 3, 3)),
        Arguments.of(
            transposed(List.of(2, 2), List.of(2, 2), List.of(2, 2), List.of(1, 0), 3),
            random(1, 3, 4, 5),
            random(3, 1, 5, 5)),
        // Other strides on either axis, and nothing cut off.
        Arguments.of(
            transposed(List.of(1, 3), List.of(0, 0), List.of(0, 0), List.of(0, 2), 2),
            random(1, 2, 3, 4),
            random(2, 1, 2, 4)));
  }

  @ParameterizedTest
  @MethodSource
  void replaced(ConvTranspose operation, Tensor x, Tensor weight) {
    TransposedConvolutions.assertReplaced(ZeroFilledConvolutions::of, operation, x, weight);
  }

  @Test
  void othersAreLeftAlone() {
    List<Integer> one = List.of(1, 1);
    List<Integer> two = List.of(2, 2);
    List<Integer> none = List.of(0, 0);
    for (ModelGraph graph :
        List.of(
            // Without strides; several maps of a group; where more is cut off than the kernel adds.
            graph(transposed(one, one, one, none, 3), random(1, 3, 4, 4), random(3, 1, 3, 3)),
            graph(transposed(two, one, one, one, 1), random(1, 3, 4, 4), random(3, 8, 3, 3)),
            graph(transposed(two, none, none, none, 3), random(1, 3, 4, 4), random(3, 1, 1, 1)))) {
      assertThat(ZeroFilledConvolutions.of(graph)).isSameAs(graph);
    }
  }
}
