package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.Batching;

/** Networks with large dense layers are cut before them, and no others. */
class WaistTest {
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  private void node(String output, Operation operation, String... inputs) {
    nodes.add(new Node(output, operation, List.of(inputs), output, ""));
  }

  /** A ReLU of [1, 8, side, side], flattened, and two dense layers. */
  private ModelGraph network(int side, int hidden, boolean around) {
    int flat = 8 * side * side;
    Map<String, TensorType> inputs = new LinkedHashMap<>();
    inputs.put("x", new TensorType(ElementType.FLOAT32, Shape.of(1, 8, side, side)));
    constants.put("w1", Tensor.of(Shape.of(flat, hidden), new float[flat * hidden]));
    constants.put("w2", Tensor.of(Shape.of(hidden, 10), new float[hidden * 10]));
    node("relu", new Unary.Relu(), "x");
    node("flat", new Reshape(Shape.of(1, flat)), "relu");
    node("hidden", new Gemm(1, 1, false, false), "flat", "w1");
    node("active", new Unary.Relu(), "hidden");
    if (around) {
      constants.put("w3", Tensor.of(Shape.of(flat, 10), new float[flat * 10]));
      node("past", new Gemm(1, 1, false, false), "flat", "w3");
      node("last", new Gemm(1, 1, false, false), "active", "w2");
      node("scores", new Binary.Add(), "last", "past");
    } else {
      node("scores", new Gemm(1, 1, false, false), "active", "w2");
    }
    return ModelGraph.of(inputs, constants, nodes, List.of("scores"), Map.of());
  }

  private static Optional<Tap> waist(ModelGraph graph) {
    return Waist.of(graph, Batching.of(graph), LoadOptions.DEFAULT, "scores");
  }

  @Test
  void theCutIsBeforeLargeDenseLayers() {
    // 8 x 32 x 32 by 1100: 36 MB.
    assertThat(waist(network(32, 1100, false))).contains(new Tap("flat"));
  }

  @Test
  void nothingMayPassAround() {
    assertThat(waist(network(32, 1100, true))).contains(new Tap("flat"));
    nodes.clear();
    // The scores read the input, too.
    ModelGraph graph = network(32, 1100, false);
    nodes.set(
        nodes.size() - 1,
        new Node("last", new Gemm(1, 1, false, false), List.of("active", "w2"), "last", ""));
    constants.put("w4", Tensor.of(Shape.of(8192, 10), new float[81920]));
    node("again", new Reshape(Shape.of(1, 8192)), "x");
    node("past", new Gemm(1, 1, false, false), "again", "w4");
    node("scores", new Binary.Add(), "last", "past");
    graph = ModelGraph.of(graph.inputs(), constants, nodes, List.of("scores"), Map.of());
    assertThat(waist(graph)).isEmpty();
  }

  @Test
  void smallDenseLayersAreNoReason() {
    assertThat(waist(network(32, 100, false))).isEmpty();
  }

  @Test
  void whatHasALargeTensorBehindItIsNot() {
    // 8 x 200 x 200 numbers take more than a mebibyte: sixteen of them at once cost more.
    assertThat(waist(network(200, 30, false))).isEmpty();
  }

  @Test
  void graphicsCardsAreLeftAlone() {
    ModelGraph graph = network(32, 1100, false);
    LoadOptions card = LoadOptions.DEFAULT.with(Device.of("gpu:0"));
    assertThat(Waist.of(graph, Batching.of(graph), card, "scores")).isEmpty();
  }
}
