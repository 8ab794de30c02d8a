package org.pellucid.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Unary;

/** Rewrites keep what is computed, and what was asked to be kept. */
class PassesTest {
  private static ModelGraph normalised(boolean bias) {
    GraphBuilder builder =
        new GraphBuilder()
            .input("x", 1, 4, 5, 5)
            .constant("w", 6, 2, 3, 3)
            .constant("b", 6)
            .constant("scale", 6)
            .constant("shift", 6)
            .constant("mean", 6)
            .constant("variance", 6)
            .constant("unused", 9);
    Conv conv = new Conv(List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1), 2);
    if (bias) {
      builder.node("conv", conv, "x", "w", "b");
    } else {
      builder.node("conv", conv, "x", "w");
    }
    return builder
        .node("norm", new BatchNormalization(1e-3), "conv", "scale", "shift", "mean", "variance")
        .node("relu", new Unary.Relu(), "norm")
        .node("dead", new Unary.Exp(), "conv")
        .outputs("relu");
  }

  @Test
  void batch_normalisation_is_folded_into_the_convolution_before_it() {
    for (boolean bias : new boolean[] {false, true}) {
      ModelGraph graph = Passes.simplify(normalised(bias), Set.of());
      ModelGraph folded = Passes.foldBatchNormalization(graph, Set.of());
      assertThat(folded.nodes()).extracting(Node::output).containsExactly("norm", "relu");
      assertThat(folded.constants()).hasSize(2);
      assertSame(graph, folded, "norm", 1e-6);
    }
  }

  @Test
  void batch_normalisation_is_folded_into_a_dense_layer() {
    for (boolean transposed : new boolean[] {false, true}) {
      ModelGraph graph =
          new GraphBuilder()
              .input("x", 1, 4)
              .constant("w", transposed ? new int[] {6, 4} : new int[] {4, 6})
              .constant("b", 6)
              .constant("scale", 6)
              .constant("shift", 6)
              .constant("mean", 6)
              .constant("variance", 6)
              .node("dense", new Gemm(1, 1, false, transposed), "x", "w", "b")
              .node(
                  "norm", new BatchNormalization(0), "dense", "scale", "shift", "mean", "variance")
              .outputs("norm");
      ModelGraph folded = Passes.foldBatchNormalization(graph, Set.of());
      assertThat(folded.nodes()).hasSize(1);
      assertSame(graph, folded, "norm", 1e-5);
    }
  }

  @Test
  void batch_normalisation_is_not_folded_across_what_is_kept_or_read_elsewhere() {
    ModelGraph graph = Passes.simplify(normalised(true), Set.of());
    assertThat(Passes.foldBatchNormalization(graph, Set.of("conv")).has("conv")).isTrue();
    ModelGraph readTwice = Passes.simplify(normalised(true), Set.of("dead"));
    assertThat(Passes.foldBatchNormalization(readTwice, Set.of("dead")).has("conv")).isTrue();
  }

  @Test
  void dead_nodes_and_constants_are_dropped_unless_kept() {
    ModelGraph graph = Passes.simplify(normalised(false), Set.of());
    assertThat(graph.has("dead")).isFalse();
    assertThat(graph.constants()).doesNotContainKeys("unused", "b");
    assertThat(Passes.simplify(normalised(false), Set.of("dead")).has("dead")).isTrue();
  }

  @Test
  void what_depends_on_constants_alone_is_computed() {
    ModelGraph graph =
        Passes.simplify(
            new GraphBuilder()
                .input("x", 1, 3)
                .constant("a", 3)
                .constant("b", 3)
                .node("sum", new Binary.Add(), "a", "b")
                .node("y", new Binary.Mul(), "x", "sum")
                .outputs("y"),
            Set.of());
    assertThat(graph.nodes()).hasSize(1);
    assertThat(graph.constants()).containsOnlyKeys("sum");
    assertThat(graph.constants().get("sum").elementType()).isEqualTo(ElementType.FLOAT32);
  }

  @Test
  void a_constant_that_cannot_be_computed_is_refused_by_name() {
    ModelGraph graph =
        new GraphBuilder()
            .input("x", 1, 3)
            .constant("one", Tensor.of(Shape.of(1), 1L))
            .constant("zero", Tensor.of(Shape.of(1), 0L))
            .node("quotient", new Binary.Div(), "one", "zero")
            .outputs("quotient");
    assertThatThrownBy(() -> Passes.simplify(graph, Set.of()))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("\"quotient\"");
  }

  @Test
  void logits_are_found_before_a_trailing_softmax() {
    GraphBuilder builder =
        new GraphBuilder()
            .input("x", 1, 3, 1, 1)
            .node("flat", new Reshape(Shape.of(1, 3)), "x")
            .node("p", new Softmax(1), "flat")
            .node("out", new Unary.Identity(), "p")
            .node("sigmoid", new Unary.Sigmoid(), "flat")
            .node("plain", new Unary.Exp(), "flat");
    ModelGraph graph = builder.outputs("out", "sigmoid", "plain");
    ScoreOutput softmax = ScoreOutput.of(graph, "out");
    assertThat(softmax.logits()).isEqualTo("flat");
    assertThat(softmax.activation()).contains("Softmax");
    assertThat(ScoreOutput.of(graph, "sigmoid").logits()).isEqualTo("flat");
    assertThat(ScoreOutput.of(graph, "plain").logits()).isEqualTo("plain");
    assertThat(ScoreOutput.of(graph, "plain").activation()).isEmpty();
  }

  private static void assertSame(ModelGraph a, ModelGraph b, String tensor, double tolerance) {
    String input = a.inputs().keySet().iterator().next();
    Shape shape = a.inputs().get(input).shape();
    Tensor x = Tensor.of(shape, new Random(3).doubles(shape.size(), -1, 1).toArray());
    double[] before =
        new ReferenceInterpreter(a)
            .run(Map.of(input, x), Set.of(tensor))
            .get(tensor)
            .toDoubleArray();
    double[] after =
        new ReferenceInterpreter(b)
            .run(Map.of(input, x), Set.of(tensor))
            .get(tensor)
            .toDoubleArray();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isCloseTo(before[i], within(tolerance * (1 + Math.abs(before[i]))));
    }
  }
}
