package org.pellucid.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/** Graphs frozen at one sample run in batches exactly where samples do not mix. */
class BatchingTest {
  private static final List<Integer> ONES = List.of(1, 1);
  private static final List<Integer> ZEROS = List.of(0, 0);

  @Test
  void a_convolutional_classifier_with_frozen_reshapes_runs_in_batches() {
    ModelGraph graph =
        new GraphBuilder()
            .input("x", 1, 2, 4, 4)
            .constant("w", 3, 2, 3, 3)
            .constant("dense", 5, 12)
            .node("conv", new Conv(ONES, ONES, ZEROS, ZEROS, 1), "x", "w")
            .node("relu", new Unary.Relu(), "conv")
            .node("flat", new Reshape(Shape.of(1, 12)), "relu")
            .node("y", new Gemm(1, 1, false, true), "flat", "dense")
            .node("p", new Softmax(1), "y")
            .outputs("p");
    Batching batching = Batching.of(graph);
    assertThat(batching.obstacle()).isEmpty();
    assertThat(batching.at(4).type("p").shape()).isEqualTo(Shape.of(4, 5));
    assertThat(batching.at(4).constants()).isEqualTo(graph.constants());
    assertThat(batching.at(4)).isSameAs(batching.at(4));
    assertBatchEqualsLoop(graph, 4);
  }

  @Test
  void a_class_token_is_repeated_for_each_sample() {
    ModelGraph graph =
        new GraphBuilder()
            .input("x", 1, 3, 2, 2)
            .constant("token", 1, 1, 3)
            .constant("position", 1, 5, 3)
            .node("flat", new Reshape(Shape.of(1, 3, 4)), "x")
            .node("tokens", new Transpose(List.of(0, 2, 1)), "flat")
            .node("all", new Concat(1), "token", "tokens")
            .node("placed", new Binary.Add(), "all", "position")
            .node(
                "first", new Slice(List.of(0, 0, 0), List.of(1, 1, 3), List.of(1, 1, 1)), "placed")
            .node("y", new Reshape(Shape.of(1, 3)), "first")
            .outputs("placed", "y");
    assertThat(Batching.of(graph).obstacle()).isEmpty();
    assertBatchEqualsLoop(graph, 3);
  }

  @Test
  void an_expanded_class_token_of_shape_arithmetic_is_repeated_too() {
    ModelGraph graph =
        new GraphBuilder()
            .input("x", 1, 4, 3)
            .constant("token", 1, 1, 3)
            .node("expanded", new Expand(Shape.of(1, 1, 3)), "token")
            .node("all", new Concat(1), "expanded", "x")
            .outputs("all");
    assertThat(Batching.of(graph).obstacle()).isEmpty();
    assertBatchEqualsLoop(graph, 2);
  }

  @Test
  void windows_cut_by_reshape_and_transpose_keep_samples_apart() {
    ModelGraph graph =
        new GraphBuilder()
            .input("x", 1, 4, 4, 3)
            .constant("mask", 1, 4, 4, 4)
            .node("split", new Reshape(Shape.of(1, 2, 2, 2, 2, 3)), "x")
            .node("order", new Transpose(List.of(0, 1, 3, 2, 4, 5)), "split")
            .node("windows", new Reshape(Shape.of(4, 4, 3)), "order")
            .node("keys", new Transpose(List.of(0, 2, 1)), "windows")
            .node("attention", new MatMul(), "windows", "keys")
            .node("perSample", new Reshape(Shape.of(1, 4, 4, 4)), "attention")
            .node("masked", new Binary.Add(), "perSample", "mask")
            .node("again", new Reshape(Shape.of(4, 4, 4)), "masked")
            .node("weights", new Softmax(2), "again")
            .node("mixed", new MatMul(), "weights", "windows")
            .node("back", new Reshape(Shape.of(1, 2, 2, 2, 2, 3)), "mixed")
            .node("rows", new Transpose(List.of(0, 1, 3, 2, 4, 5)), "back")
            .node("y", new Reshape(Shape.of(1, 4, 4, 3)), "rows")
            .outputs("y");
    Batching batching = Batching.of(graph);
    assertThat(batching.obstacle()).isEmpty();
    assertThat(batching.shape("windows", 3)).isEqualTo(Shape.of(12, 4, 3));
    assertBatchEqualsLoop(graph, 3);
  }

  /** One reshape, two readers: each of two axes of length 1 may hold the samples. */
  @Test
  void axes_that_a_reshape_leaves_open_are_decided_by_what_reads_it() {
    for (int padded = 0; padded < 2; padded++) {
      ModelGraph graph =
          new GraphBuilder()
              .input("x", 1, 3)
              .node("open", new Reshape(Shape.of(1, 1, 3)), "x")
              .node("twice", new Binary.Add(), "open", "open")
              .node(
                  "padded",
                  new Pad(
                      List.of(padded == 0 ? 2 : 0, padded == 1 ? 2 : 0, 0),
                      List.of(0, 0, 0),
                      Pad.Mode.CONSTANT,
                      0),
                  "twice")
              .node("sum", new Reduce.ReduceSum(List.of(padded), false), "padded")
              .outputs("sum");
      assertThat(Batching.of(graph).obstacle()).isEmpty();
      assertThat(Batching.of(graph).axis("open")).isEqualTo(1 - padded);
      assertBatchEqualsLoop(graph, 3);
    }
    // None of the axes is free to hold them.
    assertObstacle(
        new GraphBuilder()
            .input("x", 1, 3)
            .node("open", new Reshape(Shape.of(1, 1, 3)), "x")
            .node(
                "padded", new Pad(List.of(1, 1, 1), List.of(0, 0, 0), Pad.Mode.CONSTANT, 0), "open")
            .outputs("padded"),
        "padded");
  }

  @Test
  void operations_on_axis_zero_are_obstacles_and_are_named() {
    assertObstacle(
        new GraphBuilder().input("x", 1, 4).node("y", new Softmax(0), "x").outputs("y"), "y");
    assertObstacle(
        new GraphBuilder()
            .input("x", 1, 4)
            .node("mean", new Reduce.ReduceMean(List.of(0), true), "x")
            .outputs("mean"),
        "mean");
    assertObstacle(
        new GraphBuilder().input("x", 1, 4).node("two", new Concat(0), "x", "x").outputs("two"),
        "two");
    assertObstacle(
        new GraphBuilder()
            .input("x", 1, 4)
            .constant("zero", Tensor.scalar(0L))
            .node("sample", new Gather(0), "x", "zero")
            .outputs("sample"),
        "sample");
    assertObstacle(
        new GraphBuilder()
            .input("x", 1, 4)
            .node("flipped", new Transpose(List.of(1, 0)), "x")
            .node("gram", new MatMul(), "x", "flipped")
            .outputs("gram"),
        "gram");
  }

  @Test
  void a_constant_that_may_belong_to_one_sample_of_a_frozen_batch_is_an_obstacle() {
    assertObstacle(
        new GraphBuilder()
            .input("x", 2, 4)
            .constant("c", 2, 4)
            .node("sum", new Binary.Add(), "x", "c")
            .outputs("sum"),
        "sum");
  }

  private static void assertObstacle(ModelGraph graph, String node) {
    Batching batching = Batching.of(graph);
    assertThat(batching.obstacle().orElse("")).contains("\"" + node + "\"");
    assertThat(batching.at(batching.samples())).isSameAs(graph);
    assertThatThrownBy(() -> batching.at(5))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("\"" + node + "\"");
  }

  private static void assertBatchEqualsLoop(ModelGraph graph, int count) {
    Batching batching = Batching.of(graph);
    ModelGraph batched = batching.at(count);
    String input = graph.inputs().keySet().iterator().next();
    Shape one = graph.inputs().get(input).shape();
    int size = Math.toIntExact(one.size());
    Random random = new Random(7);
    double[] all = random.doubles((long) size * count, -1, 1).toArray();
    Set<String> outputs = Set.copyOf(graph.outputs());
    Map<String, Tensor> together =
        new ReferenceInterpreter(batched)
            .run(Map.of(input, Tensor.of(one.with(0, count), all)), outputs);
    for (int n = 0; n < count; n++) {
      double[] sample = new double[size];
      System.arraycopy(all, n * size, sample, 0, size);
      Map<String, Tensor> alone =
          new ReferenceInterpreter(graph).run(Map.of(input, Tensor.of(one, sample)), outputs);
      for (String output : outputs) {
        assertThat(batching.axis(output)).isZero();
        double[] expected = alone.get(output).toDoubleArray();
        for (int i = 0; i < expected.length; i++) {
          assertThat(together.get(output).get(n * expected.length + i))
              .isCloseTo(expected[i], within(1e-12));
        }
      }
    }
  }
}
