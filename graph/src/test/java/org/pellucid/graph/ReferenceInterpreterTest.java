package org.pellucid.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

class ReferenceInterpreterTest {
  /**
   * A 3x3 convolution of ones to two channels with biases -50 and -75, ReLU, and a linear layer: on
   * the image 0..15 its activations are [0 4; 31 40] and [0 0; 6 15] and its score is 54.
   */
  private static ModelGraph graph() {
    List<Integer> ones = List.of(1, 1);
    List<Integer> zeros = List.of(0, 0);
    float[] kernel = new float[18];
    java.util.Arrays.fill(kernel, 1);
    return ModelGraph.of(
        Map.of("image", new TensorType(ElementType.FLOAT32, Shape.of(1, 1, 4, 4))),
        Map.of(
            "kernel", Tensor.of(Shape.of(2, 1, 3, 3), kernel),
            "bias", Tensor.of(Shape.of(2), -50f, -75f),
            "rows", Tensor.of(Shape.of(1, 8), 1f, 1, 1, 1, 1, -1, -1, -1)),
        List.of(
            node(new Conv(ones, ones, zeros, zeros, 1), "conv", "image", "kernel", "bias"),
            node(new Unary.Relu(), "relu", "conv"),
            node(new Reshape(Shape.of(1, 8)), "flat", "relu"),
            node(new Gemm(1, 1, false, true), "scores", "flat", "rows"),
            node(new ArgMax(1, false, false), "class", "flat"),
            node(new Binary.Add(), "twice", "relu", "relu")),
        List.of("scores", "class"),
        Map.of());
  }

  private static Node node(Operation operation, String output, String... inputs) {
    return new Node(output, operation, List.of(inputs), output, "");
  }

  private static Tensor image() {
    float[] pixels = new float[16];
    for (int i = 0; i < 16; i++) {
      pixels[i] = i;
    }
    return Tensor.of(Shape.of(1, 1, 4, 4), pixels);
  }

  @Test
  void computesWhatIsWantedInDoublePrecision() {
    Set<String> wanted = new LinkedHashSet<>(List.of("scores", "relu", "class"));
    Map<String, Tensor> values =
        new ReferenceInterpreter(graph()).run(Map.of("image", image()), wanted);
    assertThat(values.keySet()).containsExactly("scores", "relu", "class");
    assertThat(values.get("relu").elementType()).isEqualTo(ElementType.FLOAT64);
    assertThat(values.get("relu").toDoubleArray()).containsExactly(0, 4, 31, 40, 0, 0, 6, 15);
    assertThat(values.get("scores").toDoubleArray()).containsExactly(54);
    assertThat(values.get("class").toLongArray()).containsExactly(3);
  }

  @Test
  void answersInputsAndConstantsToo() {
    Map<String, Tensor> values =
        new ReferenceInterpreter(graph()).run(Map.of("image", image()), Set.of("image", "bias"));
    assertThat(values.get("image").type())
        .isEqualTo(new TensorType(ElementType.FLOAT64, Shape.of(1, 1, 4, 4)));
    assertThat(values.get("bias").toDoubleArray()).containsExactly(-50, -75);
  }

  @Test
  void asksOnlyForInputsThatAreNeeded() {
    ReferenceInterpreter interpreter = new ReferenceInterpreter(graph());
    assertThat(interpreter.run(Map.of(), Set.of("bias"))).containsOnlyKeys("bias");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> interpreter.run(Map.of(), Set.of("scores")))
        .withMessageContaining("\"image\"")
        .withMessageContaining("float32[1, 1, 4, 4]");
  }

  @Test
  void refusesAnInputOfAnotherTypeAndANameItDoesNotKnow() {
    ReferenceInterpreter interpreter = new ReferenceInterpreter(graph());
    Tensor wrong = Tensor.of(Shape.of(1, 1, 4, 4), new long[16]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> interpreter.run(Map.of("image", wrong), Set.of("scores")))
        .withMessageContaining("found int64[1, 1, 4, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> interpreter.run(Map.of("image", image()), Set.of("logits")))
        .withMessageContaining("\"logits\"");
  }
}
