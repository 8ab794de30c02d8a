package org.pellucid.graph.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
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
