package org.pellucid.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;

class MirroredConvolutionsTest {
  private static ConvTranspose transposed(
      List<Integer> strides,
      List<Integer> dilations,
      List<Integer> begin,
      List<Integer> end,
      List<Integer> outputPadding,
      int groups) {
    return new ConvTranspose(strides, dilations, begin, end, outputPadding, groups);
  }

  private static ConvTranspose plain(int stride, int padding, int groups) {
    List<Integer> pads = List.of(padding, padding);
    return transposed(List.of(stride, stride), List.of(1, 1), pads, pads, List.of(0, 0), groups);
  }

  /** An operation on "x", the shape of x, and of the weight. */
  static Stream<Arguments> replaced() {
    return Stream.of(
        Arguments.of(plain(1, 1, 1), Shape.of(2, 3, 5, 4), Shape.of(3, 8, 3, 3)),
        Arguments.of(plain(1, 0, 1), Shape.of(1, 4, 5, 4), Shape.of(4, 9, 1, 1)),
        // Groups of several, and one for each feature map.
        Arguments.of(plain(1, 1, 2), Shape.of(1, 6, 4, 4), Shape.of(6, 5, 3, 3)),
        Arguments.of(plain(1, 1, 4), Shape.of(1, 4, 4, 4), Shape.of(4, 1, 3, 3)),
        // Not the same on both axes and both sides.
        Arguments.of(
            transposed(
                List.of(1, 1), List.of(2, 1), List.of(0, 2), List.of(2, 1), List.of(0, 0), 1),
            Shape.of(1, 2, 6, 5),
            Shape.of(2, 8, 2, 4)),
        Arguments.of(
            transposed(List.of(1), List.of(1), List.of(1), List.of(1), List.of(0), 1),
            Shape.of(2, 3, 7),
            Shape.of(3, 8, 3)));
  }

  static Stream<Arguments> kept() {
    return Stream.of(
        // With strides; few maps; more is cut off than the kernel reaches over.
        Arguments.of(plain(2, 1, 1), Shape.of(1, 3, 5, 4), Shape.of(3, 8, 3, 3)),
        Arguments.of(plain(1, 1, 1), Shape.of(1, 8, 5, 4), Shape.of(8, 3, 3, 3)),
        Arguments.of(plain(1, 1, 1), Shape.of(1, 3, 5, 4), Shape.of(3, 8, 1, 1)));
  }

  private static ModelGraph graph(ConvTranspose operation, Shape x, Shape weight) {
    int maps = weight.dim(1) * operation.groups();
    return new GraphBuilder()
        .input("x", x.dims())
        .constant("w", random(weight))
        .constant("b", random(Shape.of(maps)))
        .node("y", operation, "x", "w", "b")
        .outputs("y");
  }

  private static Tensor random(Shape shape) {
    SplittableRandom random = new SplittableRandom(shape.size());
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.of(shape, values);
  }

  @ParameterizedTest
  @MethodSource
  void replaced(ConvTranspose operation, Shape x, Shape weight) {
    ModelGraph graph = graph(operation, x, weight);
    ModelGraph mirrored = MirroredConvolutions.of(graph);

    assertThat(operations(mirrored)).allMatch(Conv.class::isInstance);
    assertThat(mirrored.constants()).doesNotContainKey("w");
    Map<String, Tensor> given = Map.of("x", random(x));
    double[] expected = run(graph, given);
    double[] found = run(mirrored, given);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], Offset.offset(1e-13));
    }
  }

  @ParameterizedTest
  @MethodSource
  void kept(ConvTranspose operation, Shape x, Shape weight) {
    ModelGraph graph = graph(operation, x, weight);
    assertThat(MirroredConvolutions.of(graph)).isSameAs(graph);
  }

  @Test
  void aKernelThatIsReadElsewhereStays() {
    ModelGraph graph =
        new GraphBuilder()
            .input("x", 1, 8, 5, 5)
            .constant("w", 8, 8, 3, 3)
            .node("a", plain(1, 1, 1), "x", "w")
            .node("b", plain(1, 0, 1), "a", "w")
            .node("c", plain(2, 1, 1), "b", "w")
            .outputs("c");
    ModelGraph mirrored = MirroredConvolutions.of(graph);
    assertThat(operations(mirrored))
        .extracting(Operation::name)
        .containsExactly("Conv", "Conv", "ConvTranspose");
    // One mirrored kernel serves both.
    assertThat(mirrored.constants()).hasSize(2).containsKey("w");
  }

  @Test
  void wideKernelsStayWide() {
    ModelGraph graph =
        new GraphBuilder()
            .input("x", 1, 2, 5, 5)
            .constant("w", random(Shape.of(2, 8, 3, 3)).cast(ElementType.FLOAT64))
            .node("wide", new Cast(ElementType.FLOAT64), "x")
            .node("y", plain(1, 1, 1), "wide", "w")
            .outputs("y");
    assertThat(MirroredConvolutions.of(graph).constants().values())
        .allMatch(tensor -> tensor.elementType() == ElementType.FLOAT64);
  }

  private static List<Operation> operations(ModelGraph graph) {
    return graph.nodes().stream().map(Node::operation).toList();
  }

  private static double[] run(ModelGraph graph, Map<String, Tensor> given) {
    return new ReferenceInterpreter(graph).run(given, Set.of("y")).get("y").toDoubleArray();
  }
}
