package org.pellucid.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pellucid.backend.onnxruntime.RandomTensors.random;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.pellucid.api.BackendException;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Unary;

/** What the contract for all backends does not ask: where weights lie, and what a file may hold. */
class OnnxRuntimeModelTest {
  private static final LoadOptions ONE_THREAD = LoadOptions.DEFAULT.withThreads(1);

  /** More rows than columns of it are a shared matrix. */
  private static final int WIDE = 2048;

  private static Node node(String output, Operation operation, String... inputs) {
    return new Node(output, operation, List.of(inputs), output, "");
  }

  private static ModelGraph graph(
      TensorType input, Map<String, Tensor> constants, List<Node> nodes, String output) {
    return ModelGraph.of(Map.of("image", input), constants, nodes, List.of(output), Map.of());
  }

  /** x W^T through a large matrix, which is an input of its sessions. */
  private static ModelGraph dense(Tensor matrix) {
    return graph(
        new TensorType(matrix.elementType(), Shape.of(1, WIDE)),
        Map.of("w", matrix),
        List.of(node("hidden", new Gemm(1, 1, false, true), "image", "w")),
        "hidden");
  }

  private static void assertTransposedProduct(ModelGraph graph, Tensor matrix) {
    Tap image = new Tap("image");
    Tensor x = random(2, 1, WIDE);
    int seeded = 77;
    float[] seed = new float[WIDE];
    seed[seeded] = 1;
    try (LoadedModel model = new OnnxRuntimeBackend().load(graph, ONE_THREAD);
        ForwardPass pass = model.forward(Map.of("image", x), Set.of(image))) {
      double expected = 0;
      for (int i = 0; i < WIDE; i++) {
        expected += x.get(i) * matrix.get(seeded * WIDE + i);
      }
      assertThat(pass.outputs().get("hidden").get(seeded)).isCloseTo(expected, Offset.offset(1e-4));
      Tensor gradient =
          pass.backward(
                  Map.of(new Tap("hidden"), Tensor.of(Shape.of(1, WIDE), seed)), Set.of(image))
              .get(image);
      for (int i = 0; i < WIDE; i++) {
        assertThat(gradient.get(i)).isCloseTo(matrix.get(seeded * WIDE + i), Offset.offset(1e-6));
      }
    }
  }

  @Test
  void largeMatricesAreSharedByTheSessions() {
    Tensor matrix = random(1, WIDE, WIDE);
    assertThat(SharedMatrices.of(dense(matrix))).containsExactly("w");
    assertThat(SharedMatrices.of(dense(random(1, 8, WIDE)))).isEmpty();
    assertTransposedProduct(dense(matrix), matrix);
  }

  @Test
  void wideFilesRunInSinglePrecision() {
    Tensor matrix = random(1, WIDE, WIDE);
    assertTransposedProduct(dense(matrix.cast(ElementType.FLOAT64)), matrix);
  }

  /** As those of a file that is mapped into memory. */
  @Test
  void weightsOutsideOfTheHeap() {
    Tensor matrix = random(1, WIDE, WIDE);
    FloatBuffer outside =
        ByteBuffer.allocateDirect(4 * WIDE * WIDE).order(ByteOrder.nativeOrder()).asFloatBuffer();
    outside.put(matrix.floats()).flip();
    assertTransposedProduct(dense(Tensor.of(matrix.shape(), outside)), matrix);
  }

  private static ModelGraph convolution(Tensor weight) {
    List<Integer> one = List.of(1, 1);
    return graph(
        new TensorType(ElementType.FLOAT32, Shape.of(1, 16, 8, 8)),
        Map.of("w", weight),
        List.of(
            node("conv", new Conv(one, one, one, one, 1), "image", "w"),
            node("relu", new Unary.Relu(), "conv")),
        "relu");
  }

  /**
   * A session keeps its own copy of what it is handed: the memory that was handed over may be
   * freed.
   */
  @Test
  void sessionsDoNotReadTheMemoryThatTheirConstantsCameFrom() {
    FloatBuffer handed =
        ByteBuffer.allocateDirect(4 * 16 * 16 * 9).order(ByteOrder.nativeOrder()).asFloatBuffer();
    handed.put(random(3, 16, 16, 3, 3).floats()).flip();
    ModelGraph graph = convolution(Tensor.of(Shape.of(16, 16, 3, 3), handed));
    OnnxRuntimeBackend backend = new OnnxRuntimeBackend();
    try (Engine engine = backend.open(graph, ONE_THREAD);
        Executable executable = engine.compile(graph);
        Value image = engine.value(random(4, 1, 16, 8, 8))) {
      double[] before = answer(executable, image);
      for (int i = 0; i < handed.capacity(); i++) {
        handed.put(i, Float.NaN);
      }
      assertThat(answer(executable, image)).containsExactly(before);
    }
  }

  private static double[] answer(Executable executable, Value image) {
    Map<String, Value> outputs = executable.run(Map.of("image", image));
    try (Value relu = outputs.get("relu")) {
      return relu.toTensor().toDoubleArray();
    }
  }

  @Test
  void valuesOutliveWhatMadeThem() {
    ModelGraph graph = convolution(random(3, 16, 16, 3, 3));
    OnnxRuntimeBackend backend = new OnnxRuntimeBackend();
    Value relu;
    double[] before;
    try (Engine engine = backend.open(graph, ONE_THREAD)) {
      try (Executable executable = engine.compile(graph);
          Value image = engine.value(random(4, 1, 16, 8, 8))) {
        relu = executable.run(Map.of("image", image)).get("relu");
        before = relu.toTensor().toDoubleArray();
      }
      try (relu) {
        assertThat(relu.toTensor().toDoubleArray()).containsExactly(before);
      }
    }
  }

  @Test
  void nodesMayShareAName() {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    ModelGraph graph =
        graph(
            new TensorType(ElementType.FLOAT32, Shape.of(1, 2)),
            constants,
            List.of(
                new Node("twin", new Unary.Relu(), List.of("image"), "a", ""),
                new Node("twin", new Unary.Neg(), List.of("a"), "b", "")),
            "b");
    try (LoadedModel model = new OnnxRuntimeBackend().load(graph, ONE_THREAD);
        ForwardPass pass =
            model.forward(Map.of("image", Tensor.of(Shape.of(1, 2), 3f, -4f)), Set.of())) {
      assertThat(pass.outputs().get("b").toDoubleArray()).containsExactly(-3, -0.0);
    }
  }

  /** ONNX Runtime would let the pool leave out the zeros, as it does with its own padding. */
  @Test
  void zerosBeforeAMaxPoolCount() {
    List<Integer> none = List.of(0, 0, 0, 0);
    Pad zero = new Pad(List.of(0, 0, 1, 1), none, Pad.Mode.CONSTANT, 0);
    MaxPool pool =
        new MaxPool(
            List.of(2, 2), List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), false);
    ModelGraph graph =
        graph(
            new TensorType(ElementType.FLOAT32, Shape.of(1, 1, 2, 2)),
            Map.of(),
            List.of(node("padded", zero, "image"), node("largest", pool, "padded")),
            "largest");
    Tensor image = Tensor.of(Shape.of(1, 1, 2, 2), -1f, -2f, -3f, -4f);
    try (LoadedModel model = new OnnxRuntimeBackend().load(graph, ONE_THREAD);
        ForwardPass pass = model.forward(Map.of("image", image), Set.of())) {
      assertThat(pass.outputs().get("largest").toDoubleArray()).containsExactly(0, 0, 0, -1);
    }
  }

  @Test
  void otherPrecisionsAreRefused() {
    ModelGraph graph = convolution(random(3, 16, 16, 3, 3));
    LoadOptions precise = ONE_THREAD.with(Precision.FLOAT64);
    assertThatThrownBy(() -> new OnnxRuntimeBackend().load(graph, precise))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("float32")
        .hasMessageContaining("float64");
  }

  /** Samples beside each other run on one thread each, a single one on all: the same numbers. */
  @Test
  void samplesAreTheSameBesideEachOtherAndAlone() {
    List<Integer> two = List.of(2, 2);
    List<Integer> one = List.of(1, 1);
    ModelGraph graph =
        graph(
            new TensorType(ElementType.FLOAT32, Shape.of(1, 3, 64, 64)),
            Map.of("w", random(5, 32, 3, 3, 3), "v", random(6, 48, 32, 3, 3)),
            List.of(
                node("first", new Conv(two, one, one, one, 1), "image", "w"),
                node("relu", new Unary.Relu(), "first"),
                node("second", new Conv(one, one, one, one, 1), "relu", "v")),
            "second");
    Set<Tap> taps = Set.of(new Tap("second"));
    Tensor images = random(7, 5, 3, 64, 64);
    int size = images.size() / 5;
    try (LoadedModel model =
            new OnnxRuntimeBackend().load(graph, LoadOptions.DEFAULT.withThreads(2));
        ForwardPass together = model.forward(Map.of("image", images), taps)) {
      double[] all = together.activation(new Tap("second")).toDoubleArray();
      for (int i = 0; i < 5; i++) {
        float[] image = new float[size];
        images.floats().get(i * size, image);
        Tensor single = Tensor.of(Shape.of(1, 3, 64, 64), image);
        try (ForwardPass alone = model.forward(Map.of("image", single), taps)) {
          double[] expected = alone.activation(new Tap("second")).toDoubleArray();
          int from = i * expected.length;
          assertThat(Arrays.copyOfRange(all, from, from + expected.length))
              .containsExactly(expected, Offset.offset(1e-6));
        }
      }
    }
  }
}
