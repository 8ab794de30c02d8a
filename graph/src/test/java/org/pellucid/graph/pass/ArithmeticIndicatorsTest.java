package org.pellucid.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Unary;

class ArithmeticIndicatorsTest {
  private static final List<Operation> COMPARISONS =
      List.of(
          new Binary.Greater(),
          new Binary.Less(),
          new Binary.GreaterOrEqual(),
          new Binary.LessOrEqual());

  private static ModelGraph indicator(
      Operation comparison, Tensor bound, Shape shape, List<String> outputs) {
    return ModelGraph.of(
        Map.of("x", new TensorType(ElementType.FLOAT32, shape)),
        Map.of("bound", bound),
        List.of(
            new Node("compare", comparison, List.of("x", "bound"), "holds", ""),
            new Node("cast", new Cast(ElementType.FLOAT32), List.of("holds"), "y", "")),
        outputs,
        Map.of());
  }

  private static double[] y(ModelGraph graph, Tensor x) {
    return new ReferenceInterpreter(graph)
        .run(Map.of("x", x), Set.of("y"))
        .get("y")
        .toDoubleArray();
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 3, -0.1f, 1e-30f, 1e30f})
  void isTheComparisonAtAndBesideTheBound(float bound) {
    float[] x = {
      bound,
      Math.nextUp(Math.nextUp(bound)) + (bound == 0 ? 3e-39f : 0),
      Math.nextDown(Math.nextDown(bound)) - (bound == 0 ? 3e-39f : 0),
      -bound,
      1,
      -1,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY
    };
    Tensor values = Tensor.of(Shape.of(x.length), x);
    for (Operation comparison : COMPARISONS) {
      ModelGraph graph =
          indicator(
              comparison, Tensor.of(Shape.of(), new float[] {bound}), values.shape(), List.of("y"));
      ModelGraph without = ArithmeticIndicators.of(graph);
      assertThat(without.nodes())
          .noneMatch(node -> node.operation() instanceof Cast)
          .noneMatch(node -> COMPARISONS.contains(node.operation()))
          .anyMatch(node -> node.operation() instanceof Unary.HardSigmoid);
      assertThat(y(without, values)).as("%s", comparison).containsExactly(y(graph, values));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {3, 0.7f, 1e10f, 1e-30f})
  void magnitudesAreTold(float bound) {
    float[] x = {
      bound,
      -bound,
      Math.nextUp(bound),
      -Math.nextUp(bound),
      Math.nextDown(bound),
      -Math.nextDown(bound),
      0,
      1e30f,
      Float.NEGATIVE_INFINITY
    };
    Tensor values = Tensor.of(Shape.of(x.length), x);
    for (Operation comparison : COMPARISONS) {
      ModelGraph graph =
          ModelGraph.of(
              Map.of("x", new TensorType(ElementType.FLOAT32, values.shape())),
              Map.of("bound", Tensor.scalar(bound)),
              List.of(
                  new Node("abs", new Unary.Abs(), List.of("x"), "size", ""),
                  new Node("compare", comparison, List.of("size", "bound"), "holds", ""),
                  new Node("cast", new Cast(ElementType.FLOAT32), List.of("holds"), "y", "")),
              List.of("y"),
              Map.of());
      ModelGraph without = ArithmeticIndicators.of(graph);
      assertThat(without.nodes()).noneMatch(node -> COMPARISONS.contains(node.operation()));
      assertThat(y(without, values)).as("%s", comparison).containsExactly(y(graph, values));
    }
  }

  @Test
  void magnitudesAreSquaredWhereSquaresTell() {
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(2))),
            Map.of("bound", Tensor.scalar(3f)),
            List.of(
                new Node("abs", new Unary.Abs(), List.of("x"), "size", ""),
                new Node("compare", new Binary.Less(), List.of("size", "bound"), "holds", ""),
                new Node("cast", new Cast(ElementType.FLOAT32), List.of("holds"), "y", "")),
            List.of("y"),
            Map.of());
    assertThat(ArithmeticIndicators.of(graph).nodes())
        .extracting(node -> node.operation().name())
        .containsExactly("Mul", "HardSigmoid");
  }

  @Test
  void multiplesAndConjunctionsOfIndicatorsAreArithmeticToo() {
    float[] x = {-1, 0, 0.25f, 1, 2};
    Tensor values = Tensor.of(Shape.of(x.length), x);
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.FLOAT32, values.shape())),
            Map.of("zero", Tensor.scalar(0f), "one", Tensor.scalar(1f)),
            List.of(
                new Node("low", new Binary.Greater(), List.of("x", "zero"), "low", ""),
                new Node("high", new Binary.Less(), List.of("x", "one"), "high", ""),
                new Node("both", new Binary.And(), List.of("low", "high"), "both", ""),
                new Node("cast", new Cast(ElementType.FLOAT32), List.of("both"), "inside", ""),
                new Node("scale", new Unary.Affine(0.25, 0), List.of("inside"), "y", "")),
            List.of("y"),
            Map.of());
    ModelGraph without = ArithmeticIndicators.of(graph);
    assertThat(without.nodes())
        .extracting(node -> node.operation().name())
        .containsExactly("HardSigmoid", "HardSigmoid", "Mul", "HardSigmoid");
    assertThat(y(without, values)).containsExactly(0, 0, 0.25, 0, 0);
  }

  @Test
  void leavesAComparisonThatIsReadElsewhere() {
    Shape shape = Shape.of(2);
    Tensor bound = Tensor.of(Shape.of(), new float[] {0});
    ModelGraph without =
        ArithmeticIndicators.of(
            indicator(new Binary.Greater(), bound, shape, List.of("y", "holds")));
    assertThat(without.outputs()).containsExactly("y", "holds");
    assertThat(without.nodes()).anyMatch(node -> node.operation() instanceof Binary.Greater);
    assertThat(without.nodes()).noneMatch(node -> node.operation() instanceof Cast);
  }

  @Test
  void leavesWhatIsNoComparisonOfOneNumber() {
    Shape shape = Shape.of(2);
    Tensor bounds = Tensor.of(shape, new float[] {0, 1});
    ModelGraph several = indicator(new Binary.Greater(), bounds, shape, List.of("y"));
    assertThat(ArithmeticIndicators.of(several)).isSameAs(several);
    Tensor bound = Tensor.of(Shape.of(), new float[] {0});
    ModelGraph equality = indicator(new Binary.Equal(), bound, shape, List.of("y"));
    assertThat(ArithmeticIndicators.of(equality)).isSameAs(equality);
    Tensor infinite = Tensor.of(Shape.of(), new float[] {Float.POSITIVE_INFINITY});
    ModelGraph unbounded = indicator(new Binary.Less(), infinite, shape, List.of("y"));
    assertThat(ArithmeticIndicators.of(unbounded)).isSameAs(unbounded);
  }
}
