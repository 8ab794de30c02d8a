package org.pellucid.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.ConvTranspose;

/** Transposed convolutions, with bias and without, that passes write in other operations. */
final class TransposedConvolutions {
  private TransposedConvolutions() {}

  /** Numbers from -1 to 1, the same for equal shapes. */
  static Tensor random(int... dims) {
    Shape shape = Shape.of(dims);
    SplittableRandom random = new SplittableRandom(shape.size());
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return Tensor.of(shape, values);
  }

  /** Without dilations. */
  static ConvTranspose transposed(
      List<Integer> strides,
      List<Integer> begin,
      List<Integer> end,
      List<Integer> added,
      int groups) {
    return new ConvTranspose(strides, List.of(1, 1), begin, end, added, groups);
  }

  /** y of x, w and b, and z of x and w. */
  static ModelGraph graph(ConvTranspose operation, Tensor x, Tensor weight) {
    return ModelGraph.of(
        Map.of("x", new TensorType(ElementType.FLOAT32, x.shape())),
        Map.of("w", weight, "b", random(weight.shape().dim(1) * operation.groups())),
        List.of(
            new Node("y", operation, List.of("x", "w", "b"), "y", ""),
            new Node("z", operation, List.of("x", "w"), "z", "")),
        List.of("y", "z"),
        Map.of());
  }

  /** Both are replaced, and compute the same. */
  static void assertReplaced(
      UnaryOperator<ModelGraph> pass, ConvTranspose operation, Tensor x, Tensor weight) {
    ModelGraph graph = graph(operation, x, weight);
    ModelGraph replaced = pass.apply(graph);
    assertThat(replaced.nodes()).noneMatch(node -> node.operation() instanceof ConvTranspose);
    assertThat(replaced.constants()).doesNotContainKey("w").hasSize(3);
    for (String output : graph.outputs()) {
      Map<String, Tensor> given = Map.of("x", x);
      Tensor expected = new ReferenceInterpreter(graph).run(given, Set.of(output)).get(output);
      Tensor found = new ReferenceInterpreter(replaced).run(given, Set.of(output)).get(output);
      assertThat(found.shape()).isEqualTo(expected.shape());
      // Sums of at most some hundred products below 1.
      assertThat(found.toDoubleArray())
          .usingComparatorWithPrecision(1e-13)
          .containsExactly(expected.toDoubleArray());
      assertThat(found.get(0)).isNotCloseTo(0, Offset.offset(1e-6));
    }
  }
}
