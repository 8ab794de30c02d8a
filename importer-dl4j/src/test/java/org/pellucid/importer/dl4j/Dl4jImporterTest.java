package org.pellucid.importer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.core.image.Preset;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Imported networks compute what DL4J computes. */
class Dl4jImporterTest {
  @TempDir Path directory;

  static Stream<String> networks() {
    return Dl4jModels.all().keySet().stream();
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

  /** The size of images of a shape in either layout, or of a series the width alone. */
  static Preset.Size size(Shape shape) {
    return switch (shape.rank()) {
      case 3 -> new Preset.Size(shape.dim(2), shape.dim(2));
      case 4 ->
          shape.dim(1) > shape.dim(3)
              ? new Preset.Size(shape.dim(1), shape.dim(2))
              : new Preset.Size(shape.dim(2), shape.dim(3));
      default -> new Preset.Size(6, 7);
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
      assertThat(found.shape().dims())
          .isEqualTo(dims(expected[i]));
      assertThat(found.toDoubleArray())
          .containsExactly(expected[i].dup('c').data().asDouble(), within(tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void computesWhatDl4jComputes(String name) throws IOException {
    assertSameOutputs(Dl4jModels.all().get(name).get(), 1e-9);
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
}
