package org.pellucid.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.ArithmeticIndicators;
import org.pellucid.graph.pass.MirroredConvolutions;
import org.pellucid.onnx.Upsampling;

class BlockedLayoutTest {
  private static final Conv POINTWISE =
      new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1);

  private static Tensor ramp(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    return Tensor.of(shape, values);
  }

  private static Node node(String output, Operation operation, String... inputs) {
    return new Node(output, operation, List.of(inputs), output, "");
  }

  /** Squeeze and excitation of a convolution of two images. */
  private static ModelGraph squeezed() {
    return ModelGraph.of(
        Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(2, 2, 3, 4))),
        Map.of("w", ramp(4, 2, 1, 1), "v", ramp(4, 4, 1, 1)),
        List.of(
            node("maps", POINTWISE, "x", "w"),
            node("mean", new Reduce.ReduceMean(List.of(2, 3), true), "maps"),
            node("excited", POINTWISE, "mean", "v"),
            node("gate", new Unary.Sigmoid(), "excited"),
            node("gated", new Binary.Mul(), "maps", "gate")),
        List.of("gated"),
        Map.of());
  }

  private static List<Class<?>> operations(ModelGraph graph) {
    List<Class<?>> operations = new ArrayList<>();
    graph.nodes().forEach(node -> operations.add(node.operation().getClass()));
    return operations;
  }

  private static void assertSame(ModelGraph found, ModelGraph expected, Map<String, Tensor> given) {
    for (String output : expected.outputs()) {
      assertThat(
              new ReferenceInterpreter(found)
                  .run(given, Set.of(output))
                  .get(output)
                  .toDoubleArray())
          .usingComparatorWithPrecision(1e-13)
          .containsExactly(
              new ReferenceInterpreter(expected)
                  .run(given, Set.of(output))
                  .get(output)
                  .toDoubleArray());
    }
  }

  @Test
  void gatesAreRepeatedBeforeTheyMultiply() {
    ModelGraph blocked = BlockedLayout.of(squeezed());
    assertThat(operations(blocked)).containsOnlyOnce(Upsampling.class);
    assertThat(blocked.type("gate/over 3 by 4").shape()).isEqualTo(Shape.of(2, 4, 3, 4));
    assertSame(blocked, squeezed(), Map.of("x", ramp(2, 2, 3, 4)));
  }

  @Test
  void gradientsOfGatesStayInBlocks() {
    Differentiation gradient = Differentiation.of(squeezed(), Set.of("gated"), Set.of("maps"));
    // Convolutions that are transposed are turned before.
    ModelGraph graph = MirroredConvolutions.of(gradient.graph());
    ModelGraph blocked = BlockedLayout.of(graph);
    Tensor seed = ramp(2, 4, 3, 4);
    assertSame(blocked, graph, Map.of("x", ramp(2, 2, 3, 4), gradient.seeds().get("gated"), seed));
  }

  /** Two residual blocks of so many feature maps, and the mean of each. */
  private static ModelGraph residual(int maps) {
    return ModelGraph.of(
        Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(1, 2, 3, 4))),
        Map.of("w", ramp(maps, 2, 1, 1), "v", ramp(maps, maps, 1, 1), "u", ramp(maps, maps, 1, 1)),
        List.of(
            node("first", POINTWISE, "x", "w"),
            node("relu1", new Unary.Relu(), "first"),
            node("second", POINTWISE, "relu1", "v"),
            node("sum2", new Binary.Add(), "second", "relu1"),
            node("relu2", new Unary.Relu(), "sum2"),
            node("third", POINTWISE, "relu2", "u"),
            node("sum3", new Binary.Add(), "third", "relu2"),
            node("relu3", new Unary.Relu(), "sum3"),
            node("scores", new Reduce.ReduceMean(List.of(2, 3), true), "relu3")),
        List.of("scores"),
        Map.of());
  }

  private static ModelGraph gradient(ModelGraph graph, String at) {
    Differentiation gradient = Differentiation.of(graph, Set.of("scores"), Set.of(at));
    String found = gradient.gradients().get(at);
    ModelGraph whole = gradient.graph();
    ModelGraph alone =
        ModelGraph.of(
            whole.inputs(), whole.constants(), whole.nodes(), List.of(found), whole.metadata());
    return ArithmeticIndicators.of(MirroredConvolutions.of(alone));
  }

  /** Once there, what flows past the convolutions of a block stays: nothing else is brought. */
  @Test
  void gradientsOfResidualBlocksAreBroughtIntoBlocksOnce() {
    ModelGraph graph = gradient(residual(16), "x");
    ModelGraph blocked = BlockedLayout.of(graph);
    assertThat(operations(blocked)).containsOnlyOnce(AveragePool.class, Upsampling.class);
    assertThat(operations(blocked)).doesNotContain(Expand.class);
    Map<String, Tensor> given = new HashMap<>();
    graph.inputs().forEach((name, type) -> given.put(name, ramp(type.shape().dims())));
    assertSame(blocked, graph, given);
  }

  /** Neither what does not fill blocks, nor the gradient that nothing in blocks reads. */
  @Test
  void whatGainsNothingIsNotBroughtIntoBlocks() {
    assertThat(operations(BlockedLayout.of(gradient(residual(12), "x"))))
        .doesNotContain(AveragePool.class);
    assertThat(operations(BlockedLayout.of(gradient(residual(16), "relu3"))))
        .doesNotContain(AveragePool.class);
  }

  @Test
  void whatDoesNotComeInBlocksIsLeftAlone() {
    ModelGraph graph =
        ModelGraph.of(
            Map.of(
                "x", new TensorType(ElementType.FLOAT32, Shape.of(1, 4, 3, 3)),
                "gate", new TensorType(ElementType.FLOAT32, Shape.of(1, 4, 1, 1))),
            Map.of(),
            List.of(
                node("gated", new Binary.Mul(), "x", "gate"),
                node("sum", new Reduce.ReduceSum(List.of(2, 3), true), "gated"),
                node("whole", new Expand(Shape.of(1, 4, 3, 3)), "sum")),
            List.of("whole"),
            Map.of());
    assertThat(BlockedLayout.of(graph)).isSameAs(graph);
  }

  @Test
  void sumsOverCellsAreMeansTimesTheirNumber() {
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(1, 2, 3, 4))),
            Map.of("w", ramp(4, 2, 1, 1)),
            List.of(
                node("maps", POINTWISE, "x", "w"),
                node("sum", new Reduce.ReduceSum(List.of(2, 3), true), "maps")),
            List.of("sum"),
            Map.of());
    ModelGraph blocked = BlockedLayout.of(graph);
    assertThat(operations(blocked))
        .containsExactly(Conv.class, Reduce.ReduceMean.class, Unary.Affine.class);
    assertSame(blocked, graph, Map.of("x", ramp(1, 2, 3, 4)));
  }
}
