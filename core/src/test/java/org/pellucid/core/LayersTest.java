package org.pellucid.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;

/** What counts as a layer, which one is the default, and how users name them. */
class LayersTest {
  private static final List<Integer> ONE = List.of(1, 1);
  private static final List<Integer> TWO = List.of(2, 2);
  private static final List<Integer> ZERO = List.of(0, 0);
  private static final Conv CONV = new Conv(ONE, ONE, ZERO, ZERO, 1);

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();

  private LayersTest node(String output, Operation operation, String... inputs) {
    nodes.add(
        new Node(output + "_node", operation, List.of(inputs), output, operation.name() + "-13"));
    return this;
  }

  private Layers layers(String scores) {
    constants.put("w", Tensor.of(Shape.of(4, 4, 1, 1), new float[16]));
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(1, 4, 8, 8))),
            constants,
            nodes,
            List.of(scores),
            Map.of());
    return Layers.of(graph, "x", scores);
  }

  /** conv, relu, a residual block, pool, mean: as the end of a residual network. */
  private Layers residual() {
    return node("block/conv1", CONV, "x", "w")
        .node("block/relu1", new Unary.Relu(), "block/conv1")
        .node("tail/conv2", CONV, "block/relu1", "w")
        .node("sum", new Binary.Add(), "block/relu1", "tail/conv2")
        .node("tail/relu2", new Unary.Relu(), "sum")
        .node("pool", new MaxPool(TWO, TWO, ONE, ZERO, ZERO, false), "tail/relu2")
        .node("mean", new Reduce.ReduceMean(List.of(2, 3), true), "pool")
        .node("scores", new Reduce.ReduceSum(List.of(2, 3), false), "mean")
        .layers("scores");
  }

  @Test
  void the_default_is_the_last_activation_before_pooling() {
    assertThat(residual().byDefault().tap().tensor()).isEqualTo("tail/relu2");
  }

  /** As a model of Keras calls it, or as the graph does where the model does not know the word. */
  @Test
  void operations_go_by_the_models_words_and_else_by_the_graphs() {
    nodes.add(new Node("a", CONV, List.of("x", "w"), "a", "Conv2D"));
    nodes.add(new Node("b", CONV, List.of("a", "w"), "b", "SeparableConv2D"));
    Layers layers =
        node("scores", new Reduce.ReduceSum(List.of(2, 3), false), "b").layers("scores");
    assertThat(layers.find("conv2d:-1").tap().tensor()).isEqualTo("a");
    assertThat(layers.find("conv:-1").tap().tensor()).isEqualTo("b");
    assertThat(layers.find("conv:0").tap().tensor()).isEqualTo("a");
  }

  @Test
  void every_tensor_of_more_than_one_cell_is_listed_with_its_stage() {
    Layers layers = residual();
    assertThat(layers.all())
        .extracting(layer -> layer.tap().tensor() + " " + layer.stage())
        .containsExactly(
            "block/conv1 BEFORE_ACTIVATION",
            "block/relu1 AFTER_ACTIVATION",
            "tail/conv2 BEFORE_ACTIVATION",
            "sum BEFORE_ACTIVATION",
            "tail/relu2 AFTER_ACTIVATION",
            "pool AFTER_ACTIVATION");
    assertThat(layers.all().get(0).shape()).isEqualTo(Shape.of(4, 8, 8));
  }

  @Test
  void what_reaches_an_activation_through_affine_nodes_is_before_it() {
    constants.put("scale", Tensor.of(Shape.of(1, 4, 1, 1), new float[4]));
    Layers layers =
        node("conv", CONV, "x", "w")
            .node("scaled", new Binary.Mul(), "conv", "scale")
            .node("shifted", new Binary.Add(), "scaled", "scale")
            .node("same", new Unary.Identity(), "shifted")
            .node("sum", new Binary.Add(), "same", "x")
            .node("relu", new Unary.Relu(), "sum")
            .node("last", CONV, "relu", "w")
            .node("scores", new Reduce.ReduceMean(List.of(2, 3), false), "last")
            .layers("scores");
    assertThat(layers.all())
        .extracting(layer -> layer.tap().tensor() + " " + layer.stage())
        .containsExactly(
            "conv BEFORE_ACTIVATION",
            "scaled BEFORE_ACTIVATION",
            "shifted BEFORE_ACTIVATION",
            "same BEFORE_ACTIVATION",
            "sum BEFORE_ACTIVATION",
            "relu AFTER_ACTIVATION",
            "last LINEAR");
  }

  @Test
  void an_activation_written_as_a_gate_is_one() {
    Layers layers =
        node("conv", CONV, "x", "w")
            .node("gate", new Unary.Sigmoid(), "conv")
            .node("silu", new Binary.Mul(), "conv", "gate")
            .node("scores", new Reduce.ReduceMean(List.of(2, 3), false), "silu")
            .layers("scores");
    assertThat(layers.byDefault().tap().tensor()).isEqualTo("silu");
    assertThat(layers.byDefault().stage()).isEqualTo(Layer.Stage.AFTER_ACTIVATION);
  }

  @Test
  void steps_on_the_way_to_a_tensor_of_the_model_are_no_layers() {
    nodes.add(
        new Node("norm/scaled", new Unary.Relu(), List.of("x"), "norm_out/scaled", "LayerNorm-17"));
    nodes.add(
        new Node("norm", new Unary.Relu(), List.of("norm_out/scaled"), "norm_out", "LayerNorm-17"));
    Layers layers =
        node("scores", new Reduce.ReduceMean(List.of(2, 3), false), "norm_out").layers("scores");
    assertThat(layers.all()).extracting(Layer::node).containsExactly("norm");
  }

  @Test
  void layers_are_found_by_name_suffix_operation_and_position() {
    Layers layers = residual();
    assertThat(layers.find("sum").position()).isEqualTo(3);
    assertThat(layers.find("sum_node").position()).isEqualTo(3);
    assertThat(layers.find("conv2").tap().tensor()).isEqualTo("tail/conv2");
    assertThat(layers.find("conv:-1").tap().tensor()).isEqualTo("tail/conv2");
    assertThat(layers.find("Conv:0").tap().tensor()).isEqualTo("block/conv1");
    assertThat(layers.find("4").tap().tensor()).isEqualTo("tail/relu2");
  }

  @Test
  void unknown_and_ambiguous_layers_are_refused_with_what_there_is() {
    Layers layers = residual();
    assertThatThrownBy(() -> layers.find("tail/relu3"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("tail/relu2")
        .hasMessageContaining("pellucid layers");
    assertThatThrownBy(() -> layers.find("_node"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("could be any of 6");
    assertThatThrownBy(() -> layers.find("conv:2"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("2 layers of operation conv");
    assertThatThrownBy(() -> layers.find("6"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("layers 0 to 5");
  }

  @Test
  void a_model_without_feature_maps_has_no_default() {
    Layers layers =
        node("scores", new Reduce.ReduceMean(List.of(2, 3), false), "x").layers("scores");
    assertThat(layers.all()).isEmpty();
    assertThatThrownBy(layers::byDefault).isInstanceOf(InvalidRequestException.class);
  }
}
