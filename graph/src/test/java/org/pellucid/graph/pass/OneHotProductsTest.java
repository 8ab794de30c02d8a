package org.pellucid.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.pellucid.graph.gradient.GraphRecorder;
import org.pellucid.graph.gradient.OneHotSeeds;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;

class OneHotProductsTest {
  private static final Tensor WEIGHTS = Tensor.of(Shape.of(3, 2), 1f, 2, 3, 4, 5, 6);
  private static final Tensor SCORES = Tensor.of(Shape.of(2, 3), 1f, 7, 7, 9, -1, 0);

  /** A product with the seed of the largest scores, or of scores that an input names. */
  private static ModelGraph product(Operation operation, boolean top) {
    ModelGraph start =
        ModelGraph.of(
            Map.of("scores", new TensorType(ElementType.FLOAT32, SCORES.shape())),
            Map.of("weights", WEIGHTS),
            List.of(),
            List.of(),
            Map.of());
    GraphRecorder recorder = new GraphRecorder(start, "seed");
    String seed =
        top
            ? OneHotSeeds.top(recorder, "scores", 2)
            : OneHotSeeds.of(
                recorder,
                "scores",
                recorder.input("chosen", new TensorType(ElementType.INT64, Shape.of(2, 1))),
                2);
    recorder.output("y", recorder.node(operation, seed, "weights"));
    return recorder.graph();
  }

  private static List<String> operations(ModelGraph graph) {
    return Passes.simplify(graph, Set.of()).nodes().stream()
        .map(Node::operation)
        .map(Operation::name)
        .toList();
  }

  private static double[] y(ModelGraph graph) {
    return new ReferenceInterpreter(graph)
        .run(Map.of("scores", SCORES), Set.of("y"))
        .get("y")
        .toDoubleArray();
  }

  @Test
  void rowsOfTheLargestScoresAreRead() {
    for (Operation operation : List.of(new MatMul(), new Gemm(1, 1, false, false))) {
      ModelGraph graph = product(operation, true);
      ModelGraph without = OneHotProducts.of(graph);
      assertThat(operations(without)).contains("Gather").doesNotContain(operation.name(), "Equal");
      assertThat(y(graph)).containsExactly(3, 4, 1, 2);
      assertThat(y(without)).containsExactly(3, 4, 1, 2);
    }
  }

  @Test
  void otherProductsStay() {
    // A class that an input names may be one that there is not, and has no row then.
    for (ModelGraph graph :
        List.of(product(new MatMul(), false), product(new Gemm(2, 1, false, false), true))) {
      assertThat(OneHotProducts.of(graph)).isSameAs(graph);
    }
  }

  @Test
  void transposedMatricesStay() {
    ModelGraph start =
        ModelGraph.of(
            Map.of("scores", new TensorType(ElementType.FLOAT32, SCORES.shape())),
            Map.of("weights", Tensor.of(Shape.of(2, 3), 1f, 2, 3, 4, 5, 6)),
            List.of(),
            List.of(),
            Map.of());
    GraphRecorder recorder = new GraphRecorder(start, "seed");
    String seed = OneHotSeeds.top(recorder, "scores", 2);
    recorder.output("y", recorder.node(new Gemm(1, 1, false, true), seed, "weights"));
    ModelGraph graph = recorder.graph();
    assertThat(OneHotProducts.of(graph)).isSameAs(graph);
  }
}
