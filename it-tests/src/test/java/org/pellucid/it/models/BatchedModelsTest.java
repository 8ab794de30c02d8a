package org.pellucid.it.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.Registry;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.it.Backends;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxModelBuilder;
import org.pellucid.testkit.SaliencyAssert;

/** Models frozen at one sample, in batches on every backend where their samples stay apart. */
class BatchedModelsTest {
  private static final Tap LAYER = new Tap("layer");
  private static final Tap SCORES = new Tap("scores");

  @TempDir static Path directory;

  /** A layer of feature maps [1, 4, 4, 4]. */
  private static OnnxModelBuilder stem(Numbers numbers) {
    return new OnnxModelBuilder(13)
        .input("image", 1, 3, 8, 8)
        .initializer("w", numbers.weights(4, 3, 2, 2))
        .node("patches", "Conv", List.of("image", "w"), List.of("p"), "strides", new int[] {2, 2})
        .node("relu", "Relu", List.of("p"), List.of("layer"));
  }

  private static Tensor list(long... elements) {
    return Tensor.of(Shape.of(elements.length), elements);
  }

  /** Attention without weights: softmax(x x^T) x. */
  private static OnnxModelBuilder attention(OnnxModelBuilder model, String from, String to) {
    return model
        .node("Transpose", List.of(from), List.of("keys"), "perm", new int[] {0, 2, 1})
        .node("MatMul", List.of(from, "keys"), List.of("alike"))
        .node("Softmax", List.of("alike"), List.of("attended"), "axis", -1)
        .node("MatMul", List.of("attended", from), List.of(to));
  }

  /** A class token before the patches, read out at the end. */
  private static OnnxModelBuilder classToken() {
    Numbers numbers = new Numbers(31);
    OnnxModelBuilder model =
        stem(numbers)
            .initializer("token", numbers.weights(1, 1, 4))
            .initializer("position", numbers.weights(1, 17, 4))
            .initializer("rows", list(1, 4, 16))
            .initializer("zero", Tensor.scalar(0L))
            .initializer("head", numbers.weights(4, 3))
            .node("Reshape", List.of("layer", "rows"), List.of("flat"))
            .node("Transpose", List.of("flat"), List.of("tokens"), "perm", new int[] {0, 2, 1})
            .node("join", "Concat", List.of("token", "tokens"), List.of("all"), "axis", 1)
            .node("Add", List.of("all", "position"), List.of("placed"));
    return attention(model, "placed", "mixed")
        .node("Gather", List.of("mixed", "zero"), List.of("first"), "axis", 1)
        .node("MatMul", List.of("first", "head"), List.of("scores"))
        .output("scores");
  }

  /** Windows of two by two cells, cut by reshapes that put them beside the sample. */
  private static OnnxModelBuilder windows() {
    Numbers numbers = new Numbers(32);
    int[] swap = {0, 1, 3, 2, 4, 5};
    OnnxModelBuilder model =
        stem(numbers)
            .initializer("cut", list(1, 2, 2, 2, 2, 4))
            .initializer("window", list(4, 4, 4))
            .initializer("whole", list(1, 4, 4, 4))
            .initializer("head", numbers.weights(4, 3))
            .node("Transpose", List.of("layer"), List.of("last"), "perm", new int[] {0, 2, 3, 1})
            .node("Reshape", List.of("last", "cut"), List.of("parts"))
            .node("Transpose", List.of("parts"), List.of("ordered"), "perm", swap)
            .node("Reshape", List.of("ordered", "window"), List.of("windows"));
    return attention(model, "windows", "mixed")
        .node("Reshape", List.of("mixed", "cut"), List.of("back"))
        .node("Transpose", List.of("back"), List.of("rows"), "perm", swap)
        .node("Reshape", List.of("rows", "whole"), List.of("maps"))
        .node(
            "ReduceMean",
            List.of("maps"),
            List.of("means"),
            "axes",
            new int[] {1, 2},
            "keepdims",
            0)
        .node("MatMul", List.of("means", "head"), List.of("scores"))
        .output("scores");
  }

  /** A plain network, to which something may be done along axis 0. */
  private static OnnxModelBuilder pooled(boolean alongAxis0) {
    Numbers numbers = new Numbers(33);
    OnnxModelBuilder model =
        stem(numbers)
            .initializer("deep", numbers.weights(5, 4, 3, 3))
            .initializer("head", numbers.weights(5, 3))
            .node("Conv", List.of("layer", "deep"), List.of("c"), "pads", new int[] {1, 1, 1, 1})
            .node("Relu", List.of("c"), List.of("active"));
    String from = "active";
    if (alongAxis0) {
      // The sum over one sample: nothing for one, a mixture for several.
      model.node("total", "ReduceSum", List.of("active", "axis"), List.of("summed"), "keepdims", 1);
      model.initializer("axis", list(0));
      from = "summed";
    }
    return model
        .node("GlobalAveragePool", List.of(from), List.of("pool"))
        .node("Flatten", List.of("pool"), List.of("means"))
        .node("MatMul", List.of("means", "head"), List.of("scores"))
        .output("scores");
  }

  private static ModelGraph read(OnnxModelBuilder model) throws IOException {
    Path file = Files.write(directory.resolve("model.onnx"), model.bytes());
    return new OnnxImporter().read(file, ImportOptions.DEFAULT);
  }

  static Stream<GradientBackend> backends() {
    return Registry.ofClassPath().backends().stream();
  }

  static Stream<Arguments> models() throws IOException {
    ModelGraph token = read(classToken());
    ModelGraph windows = read(windows());
    ModelGraph pooled = read(pooled(false));
    return backends()
        .flatMap(
            backend ->
                Stream.of(
                    Arguments.of(Named.of(backend.id(), backend), Named.of("class token", token)),
                    Arguments.of(Named.of(backend.id(), backend), Named.of("windows", windows)),
                    Arguments.of(Named.of(backend.id(), backend), Named.of("pooled", pooled))));
  }

  private static LoadedModel load(
      GradientBackend backend, ModelGraph graph, Precision precision, int threads) {
    Backends.assumeAvailable(backend);
    assumeThat(backend.precisions()).contains(precision);
    return backend.load(graph, Backends.options(backend).with(precision).withThreads(threads));
  }

  @ParameterizedTest
  @MethodSource("models")
  void aBatchAnswersAsALoop(GradientBackend backend, ModelGraph graph) {
    Tensor images = new Numbers(7).image(3, 3, 8, 8);
    Tensor seeds = new Numbers(8).image(3, 3);
    Set<Tap> taps = Set.of(LAYER, SCORES);
    Precision precision = finest(backend);
    try (LoadedModel model = load(backend, graph, precision, 1)) {
      assertThat(model.batching().obstacle()).isEmpty();
      try (ForwardPass batch = model.forward(Map.of("image", images), taps)) {
        Tensor gradient = batch.backward(Map.of(SCORES, seeds), Set.of(LAYER)).get(LAYER);
        for (int i = 0; i < 3; i++) {
          try (ForwardPass one = model.forward(Map.of("image", sample(images, i)), taps)) {
            same(precision, batch.activation(SCORES), i, one.activation(SCORES));
            same(precision, batch.activation(LAYER), i, one.activation(LAYER));
            same(
                precision,
                gradient,
                i,
                one.backward(Map.of(SCORES, sample(seeds, i)), Set.of(LAYER)).get(LAYER));
          }
        }
      }
    }
  }

  private static Tensor sample(Tensor batch, int index) {
    int size = batch.size() / batch.shape().dim(0);
    double[] part = Arrays.copyOfRange(batch.toDoubleArray(), index * size, (index + 1) * size);
    return Tensor.of(batch.shape().with(0, 1), part);
  }

  /** float64 where the backend has it. */
  private static Precision finest(GradientBackend backend) {
    return backend.precisions().contains(Precision.FLOAT64) ? Precision.FLOAT64 : Precision.FLOAT32;
  }

  private static void same(Precision precision, Tensor batch, int index, Tensor alone) {
    assertThat(sample(batch, index).toDoubleArray())
        .containsExactly(
            alone.toDoubleArray(), within(precision == Precision.FLOAT64 ? 1e-12 : 1e-5));
    assertThat(alone.toDoubleArray())
        .as("something to compare")
        .isNotEqualTo(new double[alone.size()]);
  }

  @ParameterizedTest
  @MethodSource("models")
  void neitherChunksNorThreadsMatter(GradientBackend backend, ModelGraph graph) {
    for (Precision precision : List.of(Precision.FLOAT64, Precision.FLOAT32)) {
      if (!backend.precisions().contains(precision)) {
        continue;
      }
      // float32: 24 bits, some dozens of terms, and a division by sums that may cancel.
      double fraction = precision == Precision.FLOAT64 ? 1e-10 : 1e-4;
      Saliency expected = null;
      for (int threads = 1; threads <= 2; threads++) {
        try (LoadedModel model = load(backend, graph, precision, threads)) {
          for (int chunk : new int[] {1, 3, 8}) {
            Saliency found = smooth(model, chunk);
            expected = expected == null ? found : expected;
            SaliencyAssert.assertThat(found).isCloseTo(expected, fraction);
          }
        }
      }
    }
  }

  private static Saliency smooth(LoadedModel model, int chunk) {
    StandardProbe probe =
        StandardProbe.of(model)
            .inputs(Map.of("image", new Numbers(9).image(1, 3, 8, 8)))
            .target(Target.ofClass(2))
            .chunk(chunk)
            .build();
    var explainer = Registry.ofClassPath().explainer("smooth-grad-cam++");
    Saliency saliency =
        explainer.explain(
            probe,
            Selection.of(LAYER),
            Options.parse(explainer.options(), Map.of("samples", "13", "seed", "4")));
    SaliencyAssert.assertThat(saliency).isFinite();
    assertThat(saliency.status()).isIn(Status.OK, Status.NO_POSITIVE_EVIDENCE);
    return saliency;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void whatMixesAlongAxis0RunsOneByOne(GradientBackend backend) throws IOException {
    Precision precision = finest(backend);
    try (LoadedModel mixing = load(backend, read(pooled(true)), precision, 1);
        LoadedModel apart = load(backend, read(pooled(false)), precision, 1)) {
      assertThat(mixing.batching().obstacle().orElse("")).contains("total");
      Tensor two = new Numbers(7).image(2, 3, 8, 8);
      assertThatThrownBy(() -> mixing.forward(Map.of("image", two), Set.of()))
          .isInstanceOf(PellucidException.class)
          .hasMessageContaining("total");
      SaliencyAssert.assertThat(smooth(mixing, 8))
          .isCloseTo(smooth(apart, 8), precision == Precision.FLOAT64 ? 1e-10 : 1e-4);
    }
  }
}
