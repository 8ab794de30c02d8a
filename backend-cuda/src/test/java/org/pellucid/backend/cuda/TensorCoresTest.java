package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.BackendException;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;

/** Products on tensor cores, forward and for the gradient, beside the reference. */
class TensorCoresTest {
  /** Numbers with few enough digits that neither tf32 nor bf16 rounds them. */
  private static Tensor coarse(Random random, int... dims) {
    Shape shape = Shape.of(dims);
    float[] elements = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (random.nextInt(33) - 16) / 8f;
    }
    return Tensor.of(shape, elements);
  }

  private static Tensor fine(Random random, int... dims) {
    Shape shape = Shape.of(dims);
    float[] elements = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = 2 * random.nextFloat() - 1;
    }
    return Tensor.of(shape, elements);
  }

  private static ModelGraph graph(Operation operation, Tensor x, Tensor weight) {
    return ModelGraph.of(
        Map.of("x", new TensorType(ElementType.FLOAT32, x.shape())),
        Map.of("w", weight),
        List.of(new Node("product", operation, List.of("x", "w"), "y", "")),
        List.of("y"),
        Map.of());
  }

  private record Case(Operation operation, int[] x, int[] weight) {
    @Override
    public String toString() {
      return operation.name() + " of " + Shape.of(x) + " and " + Shape.of(weight);
    }
  }

  private static Conv conv(int stride, int dilation, int pad, int groups) {
    return new Conv(
        List.of(stride, stride),
        List.of(dilation, dilation),
        List.of(pad, pad),
        List.of(pad, pad),
        groups);
  }

  private static List<Case> cases() {
    return List.of(
        // A tile with rows, columns and terms left over; the gradient has strides.
        new Case(conv(1, 1, 1, 1), new int[] {2, 20, 7, 7}, new int[] {35, 20, 3, 3}),
        new Case(conv(2, 1, 1, 1), new int[] {1, 20, 9, 9}, new int[] {33, 20, 3, 3}),
        new Case(conv(1, 2, 2, 2), new int[] {1, 34, 8, 8}, new int[] {40, 17, 3, 3}),
        // Nothing of padding, and sums in parts.
        new Case(conv(1, 1, 0, 1), new int[] {1, 300, 4, 4}, new int[] {24, 300, 1, 1}),
        // Tiles of 128 by 128.
        new Case(conv(1, 1, 0, 1), new int[] {2, 18, 12, 12}, new int[] {130, 18, 1, 1}),
        new Case(new Gemm(1, 1, false, true), new int[] {20, 50}, new int[] {70, 50}));
  }

  static Stream<Arguments> questions() {
    return Stream.of(Precision.TF32, Precision.BF16)
        .flatMap(precision -> cases().stream().map(one -> Arguments.of(precision, one)));
  }

  private static CudaBackend backend() {
    CudaBackend best = Cards.best();
    assumeThat(best.precisions()).contains(Precision.TF32, Precision.BF16);
    return best;
  }

  /** Products of coarse numbers are exact, and their sums as exact as in float32. */
  @ParameterizedTest
  @MethodSource("questions")
  void whatIsNotRoundedIsAsInFloat32(Precision precision, Case one) {
    check(precision, one, true, 2e-6);
  }

  /**
   * A product of two rounded numbers is off by 2^-11 (tf32) or 2^-9 (bf16) of itself for each; in
   * sums they partly cancel.
   */
  @ParameterizedTest
  @MethodSource("questions")
  void whatIsRoundedIsNear(Precision precision, Case one) {
    check(precision, one, false, precision == Precision.TF32 ? 1e-3 : 8e-3);
  }

  private static void check(Precision precision, Case one, boolean coarse, double tolerance) {
    Random random = new Random(7);
    Tensor x = coarse ? coarse(random, one.x()) : fine(random, one.x());
    Tensor weight = coarse ? coarse(random, one.weight()) : fine(random, one.weight());
    ModelGraph graph = graph(one.operation(), x, weight);
    CudaBackend backend = backend();
    LoadOptions options = LoadOptions.DEFAULT.with(backend.devices().get(0)).with(precision);
    Tensor expected = new ReferenceInterpreter(graph).run(Map.of("x", x), Set.of("y")).get("y");
    int[] y = expected.shape().dims();
    Tensor seed = coarse ? coarse(random, y) : fine(random, y);
    Tap input = new Tap("x");
    Tap output = new Tap("y");
    Tensor exact;
    try (LoadedModel model =
            new ReferenceBackend().load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
        ForwardPass pass = model.forward(Map.of("x", x), Set.of(input))) {
      exact = pass.backward(Map.of(output, seed), Set.of(input)).get(input);
    }
    try (LoadedModel model = backend.load(graph, options);
        ForwardPass pass = model.forward(Map.of("x", x), Set.of(input))) {
      double error = assertClose(pass.outputs().get("y"), expected, tolerance);
      // Float32 would be nearer: tensor cores were used.
      assertThat(coarse || error > 1e-5).as("error %s", error).isTrue();
      assertClose(pass.backward(Map.of(output, seed), Set.of(input)).get(input), exact, tolerance);
    }
  }

  private static double assertClose(Tensor found, Tensor expected, double tolerance) {
    double largest = 0;
    for (double element : expected.toDoubleArray()) {
      largest = Math.max(largest, Math.abs(element));
    }
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      double error = Math.abs(found.get(i) - expected.get(i)) / largest;
      assertThat(error)
          .as("element %s: %s instead of %s", i, found.get(i), expected.get(i))
          .isLessThanOrEqualTo(tolerance);
      worst = Math.max(worst, error);
    }
    return worst;
  }

  @Test
  void olderCardsHaveNone() {
    CudaBackend turing = Cards.emulated(EmulatedCard.hopper().withCapability(7, 5));
    assertThat(turing.precisions()).containsExactlyInAnyOrder(Precision.FLOAT32, Precision.FLOAT64);
    Tensor x = Tensor.of(Shape.of(1, 1, 2, 2), 1f, 2, 3, 4);
    ModelGraph graph = graph(conv(1, 1, 0, 1), x, Tensor.of(Shape.of(1, 1, 1, 1), 2f));
    LoadOptions options = LoadOptions.DEFAULT.with(turing.devices().get(0));
    assertThatThrownBy(() -> turing.load(graph, options.with(Precision.TF32)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("tf32");
    try (LoadedModel model = turing.load(graph, options);
        ForwardPass pass = model.forward(Map.of("x", x), Set.of())) {
      assertThat(pass.outputs().get("y").toFloatArray()).containsExactly(2, 4, 6, 8);
    }
  }
}
