package org.pellucid.importer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.core.Explanation;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.image.Preset;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.ScoreOutput;

/** Imported networks compute what DL4J computes. */
class Dl4jImporterTest {
  @TempDir Path directory;

  static Stream<String> networks() {
    return Dl4jModels.names().stream();
  }

  private Path saved(Dl4jModels.Example example) throws IOException {
    Path file = directory.resolve("model.zip");
    ModelSerializer.writeModel(example.network(), file.toFile(), true);
    return file;
  }

  /** The shape of the example's input, unless it is rows of pixels, which are images here. */
  static ImportOptions options(Dl4jModels.Example example) {
    String name = example.network() instanceof MultiLayerNetwork ? "input" : "image";
    int[] dims = dims(example.input());
    return dims.length == 2
        ? ImportOptions.DEFAULT
        : new ImportOptions(Map.of(name, Shape.of(dims)), 224, 224);
  }

  /** The size of images or volumes of a shape in either layout; of a series the width alone. */
  static Preset.Size size(Shape shape) {
    return switch (shape.rank()) {
      case 3 -> {
        int length = Math.max(shape.dim(1), shape.dim(2));
        yield new Preset.Size(length, length);
      }
      case 4 ->
          shape.dim(1) > shape.dim(3)
              ? new Preset.Size(shape.dim(1), shape.dim(2))
              : new Preset.Size(shape.dim(2), shape.dim(3));
      case 5 ->
          shape.dim(1) > shape.dim(4)
              ? new Preset.Size(shape.dim(1), shape.dim(3))
              : new Preset.Size(shape.dim(2), shape.dim(4));
      default -> throw new IllegalArgumentException("no images: " + shape);
    };
  }

  private static int[] dims(INDArray array) {
    return java.util.Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray();
  }

  static INDArray[] outputs(Dl4jModels.Example example) {
    return example.network() instanceof MultiLayerNetwork chain
        ? new INDArray[] {chain.output(example.input())}
        : ((ComputationGraph) example.network()).output(example.input());
  }

  static Tensor tensor(INDArray array, Shape shape) {
    return Tensor.of(shape, array.dup('c').data().asDouble());
  }

  private void assertSameOutputs(Dl4jModels.Example example, double tolerance) throws IOException {
    ModelGraph graph = new Dl4jImporter().read(saved(example), options(example));
    String input = graph.inputs().keySet().iterator().next();
    Shape shape = graph.type(input).shape();
    Map<String, Tensor> values =
        new ReferenceInterpreter(graph)
            .run(Map.of(input, tensor(example.input(), shape)), Set.copyOf(graph.outputs()));
    INDArray[] expected = outputs(example);
    assertThat(graph.outputs()).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      Tensor found = values.get(graph.outputs().get(i));
      assertThat(found.shape().dims()).isEqualTo(dims(expected[i]));
      assertThat(found.toDoubleArray())
          .containsExactly(expected[i].dup('c').data().asDouble(), within(tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void computesWhatDl4jComputes(String name) throws IOException {
    assertSameOutputs(Dl4jModels.named(name), 1e-9);
  }

  /** DL4J stores log10 of the deviation, whose variance is rounded to float32 here. */
  @Test
  void batchNormalizationByLogarithmOfDeviation() throws IOException {
    assertSameOutputs(
        Dl4jModels.chain(
            InputType.convolutional(6, 6, 2),
            new long[] {2, 6, 6},
            Dl4jModels.conv(4, 3, 3).build(),
            new BatchNormalization.Builder().build(),
            new DenseLayer.Builder().nOut(5).build(),
            Dl4jModels.scores(3)),
        1e-6);
  }

  /** What DL4J computes in fewer bits is as exact as they are. */
  @ParameterizedTest
  @CsvSource({"FLOAT, 1e-6", "HALF, 5e-3", "BFLOAT16, 5e-2"})
  void weightsOfOtherTypes(DataType type, double tolerance) throws IOException {
    Dl4jModels.Example wide = Dl4jModels.named("windows-Same-NCHW");
    MultiLayerNetwork narrow = ((MultiLayerNetwork) wide.network()).convertDataType(type);
    assertSameOutputs(new Dl4jModels.Example(narrow, wide.input().castTo(type)), tolerance);
  }

  @Test
  void whatIsNotSupportedIsRefusedByNameWithItsSettings() throws IOException {
    Dl4jModels.Example example =
        Dl4jModels.chain(
            InputType.recurrent(3, 5),
            new long[] {3, 5},
            new LSTM.Builder().name("memory").nOut(4).build(),
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build());
    Path file = saved(example);
    ImportOptions options = new ImportOptions(Map.of("input", Shape.of(1, 3, 5)), 5, 5);
    assertThatThrownBy(() -> new Dl4jImporter().read(file, options))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("Layer \"memory\" (LSTM)")
        .hasMessageContaining("nout 4");
    Path other = saved(Dl4jModels.activation(new ActivationRReLU()));
    assertThatThrownBy(() -> new Dl4jImporter().read(other, ImportOptions.DEFAULT))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("ActivationRReLU");
  }

  @Test
  void aNetworkOfDl4jIsExplained() throws IOException {
    Path file = saved(Dl4jModels.lenet());
    try (Pellucid pellucid =
        Pellucid.loader()
            .preset(Preset.UNIT)
            .backend("reference")
            .precision(Precision.FLOAT64)
            .load(file)) {
      Path image = Path.of("..", "examples", "hexagon.png");
      Request request = Request.DEFAULT.withMethod("grad-cam").withLayer("first");
      Explanation explanation = pellucid.explain(image, request, Progress.NONE).get(0);
      assertThat(explanation.saliency().map().shape()).isEqualTo(Shape.of(12, 12));
      assertThat(pellucid.batchingObstacle()).isEmpty();
    }
  }

  static Stream<IActivation> activations() {
    return Dl4jModels.activations().stream();
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activationFunctions(IActivation function) throws IOException {
    // ND4J has the constants of some functions in float32.
    assertSameOutputs(Dl4jModels.activation(function), 1e-7);
  }

  @Test
  void sizesOfInputsFollowFromWhereTheyAreFlattened() throws IOException {
    // Rows of pixels are images here.
    assertThat(inputShape(Dl4jModels.lenet(), 224)).isEqualTo(Shape.of(1, 1, 14, 14));
    // 11 x 9 in mode Same: ceil(9 / 2) is 5, as is ceil(10 / 2), which drops nothing.
    assertThat(inputShape(Dl4jModels.named("windows-Strict-NCHW"), 224))
        .isEqualTo(Shape.of(1, 2, 11, 9));
    Dl4jModels.Example same = Dl4jModels.named("windows-Same-NHWC");
    assertThat(inputShape(same, 224)).isEqualTo(Shape.of(1, 12, 10, 2));
    assertThat(inputShape(same, 11)).isEqualTo(Shape.of(1, 11, 10, 2));
    // Nothing is flattened: any size will do.
    assertThat(inputShape(Dl4jModels.residual(), 33)).isEqualTo(Shape.of(1, 2, 33, 33));
  }

  private Shape inputShape(Dl4jModels.Example example, int asked) throws IOException {
    ModelGraph graph =
        new Dl4jImporter().read(saved(example), new ImportOptions(Map.of(), asked, asked));
    return graph.inputs().values().iterator().next().shape();
  }

  @Test
  void layersKeepTheirNames() throws IOException {
    ModelGraph graph = new Dl4jImporter().read(saved(Dl4jModels.residual()), ImportOptions.DEFAULT);
    assertThat(graph.nodes().stream().map(Node::name))
        .containsExactly(
            "stem/linear",
            "stem",
            "branch/conv",
            "branch/norm",
            "add",
            "relu",
            "average",
            "scores/linear",
            "scores");
    assertThat(graph.inputs()).containsOnlyKeys("image");
    assertThat(graph.outputs()).containsExactly("scores");
    ScoreOutput scores = ScoreOutput.of(graph, "scores");
    assertThat(scores.logits()).isEqualTo("scores/linear");
    assertThat(scores.activation()).contains("Softmax");
    assertThat(graph.metadata())
        .containsEntry("format", "dl4j")
        .containsEntry("network", "ComputationGraph")
        .containsEntry("weights", "double");
    assertThat(Batching.of(graph).obstacle()).isEmpty();
  }

  /** Networks that compute in training, in which DL4J differentiates them, as they do otherwise. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "windows-Same-NHWC",
        "windows-Truncate-NCHW",
        "pool-MAX",
        "pool-AVG",
        "separable",
        "transposed-Same"
      })
  void gradientsAreThoseOfDl4j(String name) throws IOException {
    Dl4jModels.Example example = Dl4jModels.named(name);
    MultiLayerNetwork network = (MultiLayerNetwork) example.network();
    INDArray label = Nd4j.createFromArray(new double[][] {{0, 1, 0}});
    INDArray expected = network.calculateGradients(example.input(), label, null, null).getSecond();
    ModelGraph graph = new Dl4jImporter().read(saved(example), options(example));
    Tensor x = tensor(example.input(), graph.inputs().get("input").shape());
    String scores = graph.outputs().get(0);
    String logits = ScoreOutput.of(graph, scores).logits();
    // The loss is -log p of class 1; its gradient with respect to the logits is p less 1 there.
    double[] seed =
        new ReferenceInterpreter(graph)
            .run(Map.of("input", x), Set.of(scores))
            .get(scores)
            .toDoubleArray();
    seed[1] -= 1;
    Differentiation differentiation = Differentiation.of(graph, Set.of(logits), Set.of("input"));
    String gradient = differentiation.gradients().get("input");
    Tensor found =
        new ReferenceInterpreter(differentiation.graph())
            .run(
                Map.of(
                    "input",
                    x,
                    differentiation.seeds().get(logits),
                    Tensor.of(graph.type(logits).shape(), seed)),
                Set.of(gradient))
            .get(gradient);
    assertThat(found.toDoubleArray())
        .containsExactly(expected.dup('c').data().asDouble(), within(1e-9));
  }
}
