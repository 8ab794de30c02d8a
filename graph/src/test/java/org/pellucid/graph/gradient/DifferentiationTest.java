package org.pellucid.graph.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

class DifferentiationTest {
  /** Two feature maps of a 4x4 image, and a linear layer over them. */
  private static final ModelGraph NETWORK =
      ModelGraph.of(
          Map.of("image", new TensorType(ElementType.FLOAT32, Shape.of(1, 1, 4, 4))),
          Map.of(
              "weight", Tensor.of(Shape.of(2, 1, 3, 3), ones(18)),
              "bias", Tensor.of(Shape.of(2), -50f, -75f),
              "head",
                  Tensor.of(
                      Shape.of(2, 8),
                      1f,
                      1f,
                      1f,
                      1f,
                      1f,
                      -1f,
                      -1f,
                      -1f,
                      0f,
                      0f,
                      0f,
                      0f,
                      0f,
                      0f,
                      0f,
                      1f)),
          List.of(
              node(
                  "conv",
                  new Conv(of(1, 1), of(1, 1), of(0, 0), of(0, 0), 1),
                  "image",
                  "weight",
                  "bias"),
              node("relu", new Unary.Relu(), "conv"),
              node("flat", new Reshape(Shape.of(1, 8)), "relu"),
              node("scores", new Gemm(1, 1, false, true), "flat", "head")),
          List.of("scores"),
          Map.of());

  private static final Tensor IMAGE =
      Tensor.of(Shape.of(1, 1, 4, 4), 0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static List<Integer> of(int... entries) {
    return IntStream.of(entries).boxed().toList();
  }

  private static Node node(String output, Operation operation, String... inputs) {
    return new Node(output, operation, List.of(inputs), output, "");
  }

  private static double[] gradient(Differentiation d, String at, Map<String, Tensor> inputs) {
    String output = d.gradients().get(at);
    return new ReferenceInterpreter(d.graph())
        .run(inputs, Set.of(output))
        .get(output)
        .toDoubleArray();
  }

  @Test
  void knownAnswer() {
    Differentiation d = Differentiation.of(NETWORK, Set.of("scores"), Set.of("relu", "image"));
    Map<String, Tensor> inputs =
        Map.of("image", IMAGE, d.seeds().get("scores"), Tensor.of(Shape.of(1, 2), 1f, 0f));
    assertThat(gradient(d, "relu", inputs)).containsExactly(1, 1, 1, 1, 1, -1, -1, -1);
    // Of the cells that are alive, the lower two of both maps cancel (1 and -1). What is left is
    // the
    // upper right one of the first map, with its window of 3x3.
    assertThat(gradient(d, "image", inputs))
        .containsExactly(0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0);
  }

  @Test
  void onlyWhatLiesBetweenIsDifferentiated() {
    Differentiation d = Differentiation.of(NETWORK, Set.of("scores"), Set.of("relu"));
    assertThat(d.residuals()).isEmpty();
    assertThat(d.backward().nodes())
        .extracting(node -> node.operation().name())
        .containsExactly("Gemm", "Reshape", "Identity");
    assertThat(Differentiation.of(NETWORK, Set.of("scores"), Set.of("image")).residuals())
        .containsExactly("relu");
  }

  @Test
  void aSeedAtATapIsPartOfItsGradient() {
    Differentiation d = Differentiation.of(NETWORK, Set.of("scores", "relu"), Set.of("relu"));
    double[] gradient =
        gradient(
            d,
            "relu",
            Map.of(
                "image",
                IMAGE,
                d.seeds().get("scores"),
                Tensor.of(Shape.of(1, 2), 1f, 0f),
                d.seeds().get("relu"),
                Tensor.of(Shape.of(1, 2, 2, 2), 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f)));
    assertThat(gradient).containsExactly(2, 3, 4, 5, 6, 5, 6, 7);
  }

  @Test
  void tensorsThatNoSeedDependsOnHaveNoGradient() {
    Differentiation d = Differentiation.of(NETWORK, Set.of("relu"), Set.of("flat", "conv"));
    assertThat(d.gradients()).containsOnlyKeys("conv");
  }

  @Test
  void theResultCanBeDifferentiatedAgain() {
    // S = x^3 by two products: dS/dx = 3 x^2, and its own gradient is 6 x.
    TensorType type = new TensorType(ElementType.FLOAT64, Shape.of(3));
    ModelGraph cube =
        ModelGraph.of(
            Map.of("x", type),
            Map.of(),
            List.of(
                node("square", new Binary.Mul(), "x", "x"),
                node("cube", new Binary.Mul(), "square", "x")),
            List.of("cube"),
            Map.of());
    Differentiation first = Differentiation.of(cube, Set.of("cube"), Set.of("x"));
    String slope = first.gradients().get("x");
    Differentiation second = Differentiation.of(first.graph(), Set.of(slope), Set.of("x"));
    Tensor one = Tensor.of(Shape.of(3), 1d, 1d, 1d);
    Map<String, Tensor> inputs =
        Map.of(
            "x",
            Tensor.of(Shape.of(3), -1d, 0.5, 2d),
            first.seeds().get("cube"),
            one,
            second.seeds().get(slope),
            one);
    assertThat(gradient(first, "x", inputs)).containsExactly(3, 0.75, 12);
    assertThat(gradient(second, "x", inputs)).containsExactly(-6, 3, 12);
  }

  @Test
  void guidedBackpropagationStopsNegativeGradientsAtARelu() {
    Differentiation d =
        Differentiation.of(
            NETWORK, Set.of("scores"), Set.of("conv"), GradientRules.GUIDED_BACKPROPAGATION);
    Map<String, Tensor> inputs =
        Map.of("image", IMAGE, d.seeds().get("scores"), Tensor.of(Shape.of(1, 2), 1f, 0f));
    assertThat(gradient(d, "conv", inputs)).containsExactly(0, 1, 1, 1, 0, 0, 0, 0);
  }

  /** An operation of somebody who gave it no gradient rule. */
  private record Unruly() implements Operation {
    @Override
    public TensorType infer(List<TensorType> inputs) {
      return inputs.get(0);
    }

    @Override
    public Tensor evaluate(List<Tensor> inputs) {
      return inputs.get(0);
    }

    @Override
    public Samples samples(List<TensorType> inputs, int[] axes, int count) {
      return Samples.along(axes[0]);
    }
  }

  @Test
  void anOperationWithoutARuleIsNamed() {
    TensorType type = new TensorType(ElementType.FLOAT32, Shape.of(3));
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", type),
            Map.of(),
            List.of(
                node("before", new Unruly(), "x"),
                node("middle", new Unary.Exp(), "before"),
                node("after", new Unruly(), "middle")),
            List.of("after"),
            Map.of());
    assertThatThrownBy(() -> Differentiation.of(graph, Set.of("after"), Set.of("middle")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("No gradient rule is known for input 0")
        .hasMessageContaining("Unruly")
        .hasMessageContaining("after");
    // What does not lie between needs none.
    assertThat(Differentiation.of(graph, Set.of("middle"), Set.of("before")).gradients())
        .containsOnlyKeys("before");
  }

  @Test
  void aTensorThatANodeReadsTwiceGetsBothParts() {
    TensorType type = new TensorType(ElementType.FLOAT64, Shape.of(2));
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", type),
            Map.of(),
            List.of(
                node("double", new Binary.Add(), "x", "x"),
                node("quotient", new Binary.Div(), "double", "double"),
                node("joined", new Concat(0), "x", "quotient", "x")),
            List.of("joined"),
            Map.of());
    Differentiation d = Differentiation.of(graph, Set.of("joined"), Set.of("x"));
    Tensor seed = Tensor.of(Shape.of(6), 1d, 10, 7, 7, 100, 1000);
    assertThat(
            gradient(
                d, "x", Map.of("x", Tensor.of(Shape.of(2), 3d, 4), d.seeds().get("joined"), seed)))
        .containsExactly(101, 1010);
  }

  /** What the network or another rule computes already is not computed again. */
  @Test
  void whatIsComputedAlreadyIsNotComputedAgain() {
    TensorType type = new TensorType(ElementType.FLOAT32, Shape.of(2));
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", type),
            Map.of(),
            List.of(node("gate", new Unary.Sigmoid(), "x"), node("swish", new Unary.Swish(1), "x")),
            List.of("gate", "swish"),
            Map.of());
    Differentiation d = Differentiation.of(graph, Set.of("swish"), Set.of("x"));
    assertThat(d.graph().nodes().stream().filter(n -> n.operation() instanceof Unary.Sigmoid))
        .hasSize(1);
    assertThat(d.residuals()).containsExactly("gate", "swish");
  }

  /** The exponent less 1 is no float32 number: it must not be rounded in a graph of float32. */
  @Test
  void rulesAreAsPreciseAsTheRun() {
    float exponent = 0.2f;
    TensorType type = new TensorType(ElementType.FLOAT32, Shape.of(1));
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", type),
            Map.of("exponent", Tensor.of(Shape.of(), exponent)),
            List.of(node("root", new Binary.Pow(), "x", "exponent")),
            List.of("root"),
            Map.of());
    Differentiation d = Differentiation.of(graph, Set.of("root"), Set.of("x"));
    double x = 1e-30;
    double[] slope =
        gradient(
            d,
            "x",
            Map.of(
                "x", Tensor.of(Shape.of(1), x), d.seeds().get("root"), Tensor.of(Shape.of(1), 1d)));
    double expected = exponent * Math.pow(x, exponent - 1d);
    assertThat(slope[0] / expected).isCloseTo(1, within(1e-12));
  }

  @Test
  void gradientsOfIntegersAreRefused() {
    ModelGraph integers =
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.INT64, Shape.of(3))),
            Map.of(),
            List.of(node("y", new Unary.Neg(), "x")),
            List.of("y"),
            Map.of());
    assertThatThrownBy(() -> Differentiation.of(integers, Set.of("y"), Set.of("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Gradients are of floating tensors");
  }
}
