package org.pellucid.importer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.core.ConvertedModel;
import org.pellucid.core.DifferentiatedModel;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.image.Preset;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxImporter;

/** What is imported, written as ONNX and run by ONNX Runtime computes what the original does. */
class ConversionTest {
  @TempDir Path directory;

  static Stream<String> networks() {
    return Dl4jModels.names().stream();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void networksOfDl4j(String name) throws IOException, OrtException {
    Dl4jModels.Example example = Dl4jModels.named(name);
    Path file = directory.resolve("model.zip");
    ModelSerializer.writeModel(example.network(), file.toFile(), false);
    ImportOptions sizes = Dl4jImporterTest.options(example);
    // Sizes that DL4J does not store come from the preset, as they do on the command line.
    Loader loader = Pellucid.loader();
    sizes.inputShapes().values().stream()
        .findFirst()
        .ifPresent(shape -> loader.preset(Preset.UNIT.withSize(Dl4jImporterTest.size(shape))));
    INDArray[] expected = Dl4jImporterTest.outputs(example);
    assertConverted(
        loader.convert(file),
        example.input().dup('c').data().asFloat(),
        Arrays.stream(expected).map(a -> a.dup('c').data().asDouble()).toArray(double[][]::new));
  }

  @ParameterizedTest
  @MethodSource("org.pellucid.importer.dl4j.KerasImporterTest#names")
  void modelsOfKeras(String name) throws IOException, OrtException {
    Path fixtures = KerasImporterTest.FIXTURES;
    assertConverted(
        Pellucid.loader()
            .preset(Preset.UNIT.withSize(new Preset.Size(12, 12)))
            .convert(fixtures.resolve(name + ".h5")),
        Npy.read(fixtures.resolve(name + ".input.npy")).toFloatArray(),
        new double[][] {Npy.read(fixtures.resolve(name + ".output.npy")).toDoubleArray()});
  }

  private void assertConverted(ConvertedModel model, float[] x, double[][] expected)
      throws IOException, OrtException {
    Path onnx = directory.resolve("model.onnx");
    model.write(onnx, DifferentiatedModel.DEFAULT_OPSET);
    ModelGraph graph = model.graph();
    String input = graph.inputs().keySet().iterator().next();
    ModelGraph again = new OnnxImporter().read(onnx, ImportOptions.DEFAULT);
    Tensor given = Tensor.of(graph.type(input).shape(), x);
    Map<String, Tensor> first = run(graph, input, given);
    Map<String, Tensor> second = run(again, input, given);
    for (int i = 0; i < expected.length; i++) {
      String output = graph.outputs().get(i);
      // Attributes are float32 in ONNX, so that a slope of 0.2 is another by 1e-8 of itself.
      assertThat(second.get(output).toDoubleArray())
          .containsExactly(first.get(output).toDoubleArray(), within(1e-6));
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = Arrays.stream(given.shape().dims()).asLongStream().toArray();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    // It makes the zeros before a largest element smaller than any number (ONNX Runtime 1.29).
    options.addConfigEntry("optimization.disable_specified_optimizers", "Pad_Fusion");
    try (OrtSession session = environment.createSession(onnx.toString(), options);
        OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), shape);
        OrtSession.Result result = session.run(Map.of(input, tensor))) {
      for (int i = 0; i < expected.length; i++) {
        OnnxValue value = result.get(graph.outputs().get(i)).orElseThrow();
        FloatBuffer found = ((OnnxTensor) value).getFloatBuffer();
        double largest = Arrays.stream(expected[i]).map(Math::abs).max().orElse(0);
        double[] numbers = new double[found.remaining()];
        for (int k = 0; k < numbers.length; k++) {
          numbers[k] = found.get(k);
        }
        // Some hundred additions in float32.
        assertThat(numbers).containsExactly(expected[i], within(2e-5 * Math.max(1, largest)));
      }
    }
  }

  private static Map<String, Tensor> run(ModelGraph graph, String input, Tensor x) {
    return new ReferenceInterpreter(graph).run(Map.of(input, x), Set.copyOf(graph.outputs()));
  }
}
