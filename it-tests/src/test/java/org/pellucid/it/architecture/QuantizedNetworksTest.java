package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.it.architecture.ArchitectureTolerances.assertClose;
import static org.pellucid.it.architecture.ArchitectureTolerances.assertNear;

import ai.onnxruntime.OrtException;
import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.Layers;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.it.Backends;
import org.pellucid.it.operations.OnnxRuntimeOracle;
import org.pellucid.methods.GradCam;
import org.pellucid.onnx.OnnxImporter;

/**
 * A network quantised by ONNX Runtime's own quantiser, in its static formats and dynamically: the
 * scores are those of ONNX Runtime, and the gradients those of PyTorch with the straight-through
 * estimator.
 */
class QuantizedNetworksTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "quantized");

  /** What PyTorch computed of an image. */
  private record Image(
      double[] scores,
      int target,
      double[] inputGradient,
      double[] activations,
      double[] gradients) {}

  private record Network(String layer, int[] shape, List<Image> images) {}

  private record References(long seed, int[] shape, Map<String, Network> networks) {
    static References read() {
      try {
        String text = Files.readString(FOLDER.resolve("reference.json"));
        return new Gson().fromJson(text, References.class);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Tensor image(int index) {
      Shape whole = Shape.of(shape);
      SeededNumbers numbers = SeededNumbers.of(seed, "image/" + index);
      return Tensor.of(whole, numbers.floats((int) whole.size(), -2, 2));
    }
  }

  private static final References REFERENCES = References.read();

  private static Stream<String> networks() {
    return REFERENCES.networks().keySet().stream();
  }

  private static Stream<Arguments> backendsAndNetworks() {
    return Backends.available()
        .flatMap(backend -> networks().map(name -> Arguments.of(backend, name)));
  }

  private static ModelGraph graph(String name) {
    return new OnnxImporter().read(FOLDER.resolve(name + ".onnx"), ImportOptions.DEFAULT);
  }

  private static LoadedModel load(GradientBackend backend, ModelGraph graph, Precision precision) {
    return backend.load(graph, Backends.options(backend).with(precision).withThreads(1));
  }

  /** The layer in the numbers that its integers stand for, however it is asked for. */
  @ParameterizedTest
  @MethodSource("networks")
  void theLayerToLookAtHoldsNumbers(String name) {
    Layers layers = Layers.of(graph(name), "image", "scores");
    String layer = REFERENCES.networks().get(name).layer();
    assertThat(layers.byDefault().tap().tensor()).isEqualTo(layer);
    if (name.startsWith("qoperator")) {
      assertThat(layers.find("conv:-1").tap().tensor()).isEqualTo(layer);
      assertThat(layers.find("qlinearconv:-1").tap().tensor()).isEqualTo(layer);
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("backendsAndNetworks")
  void scoresAndGradientsAreThoseOfTheFrameworks(GradientBackend backend, String name)
      throws OrtException {
    ModelGraph graph = graph(name);
    Network network = REFERENCES.networks().get(name);
    for (Precision precision : backend.precisions()) {
      boolean exact = precision == Precision.FLOAT64;
      try (LoadedModel model = load(backend, graph, precision)) {
        for (int i = 0; i < network.images().size(); i++) {
          Image image = network.images().get(i);
          Map<String, Tensor> inputs = Map.of("image", REFERENCES.image(i));
          Tap layer = new Tap(network.layer());
          Tap input = new Tap("image");
          float[] seed = new float[image.scores().length];
          seed[image.target()] = 1;
          try (ForwardPass pass = model.forward(inputs, Set.of(layer, input))) {
            double[] scores = pass.outputs().get("scores").toDoubleArray();
            Map<Tap, Tensor> gradients =
                pass.backward(
                    Map.of(new Tap("scores"), Tensor.of(Shape.of(1, seed.length), seed)),
                    Set.of(layer, input));
            compare(exact, "scores", scores, image.scores());
            compare(
                exact, "activations", pass.activation(layer).toDoubleArray(), image.activations());
            compare(exact, "gradients", gradients.get(layer).toDoubleArray(), image.gradients());
            compare(
                exact,
                "gradients of the input",
                gradients.get(input).toDoubleArray(),
                image.inputGradient());
            Tensor runtime =
                OnnxRuntimeOracle.run(FOLDER.resolve(name + ".onnx"), inputs).get("scores");
            assertNear("scores of ONNX Runtime", scores, runtime.toDoubleArray());
          }
        }
      }
    }
  }

  private static void compare(boolean exact, String what, double[] found, double[] wanted) {
    if (exact) {
      assertClose(what, found, wanted);
    } else {
      assertNear(what, found, wanted);
    }
  }

  /** Each feature map weighed with the mean of its gradient. */
  @ParameterizedTest
  @MethodSource("networks")
  void gradCamIsThatOfTheNumbers(String name) {
    GradientBackend backend = Backends.of("reference");
    Network network = REFERENCES.networks().get(name);
    int maps = network.shape()[0];
    int cells = network.shape()[1] * network.shape()[2];
    try (LoadedModel model = load(backend, graph(name), Precision.FLOAT64)) {
      for (int i = 0; i < network.images().size(); i++) {
        Image image = network.images().get(i);
        StandardProbe probe =
            StandardProbe.of(model)
                .inputs(Map.of("image", REFERENCES.image(i)))
                .scores("scores")
                .target(Target.ofClass(image.target()))
                .build();
        Selection layer = Selection.of(new Tap(network.layer()));
        double[] found =
            new GradCam().explain(probe, layer, Options.DEFAULTS).map().toDoubleArray();
        double[] wanted = new double[cells];
        for (int map = 0; map < maps; map++) {
          double weight = 0;
          for (int cell = 0; cell < cells; cell++) {
            weight += image.gradients()[map * cells + cell] / cells;
          }
          for (int cell = 0; cell < cells; cell++) {
            wanted[cell] += weight * image.activations()[map * cells + cell];
          }
        }
        assertClose("map", found, wanted);
      }
    }
  }
}
