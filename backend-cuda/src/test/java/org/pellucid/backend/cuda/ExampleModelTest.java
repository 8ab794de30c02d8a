package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.onnx.OnnxImporter;

/** The example network from file to map, beside the reference. */
class ExampleModelTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  private static ModelGraph graph;
  private static Tensor image;

  @BeforeAll
  static void read() throws IOException {
    graph = new OnnxImporter().read(EXAMPLES.resolve("shapes.onnx"), ImportOptions.DEFAULT);
    Shape shape = graph.inputs().values().iterator().next().shape();
    image = image(EXAMPLES.resolve("disc-and-cross.png"), shape);
  }

  /** Pixels from -1 to 1, the nearest ones. */
  private static Tensor image(Path file, Shape shape) throws IOException {
    BufferedImage picture = ImageIO.read(file.toFile());
    float[] elements = new float[Math.toIntExact(shape.size())];
    int height = shape.dim(2);
    int width = shape.dim(3);
    for (int i = 0; i < elements.length; i++) {
      int x = i % width * picture.getWidth() / width;
      int y = i / width % height * picture.getHeight() / height;
      int channel = i / width / height;
      elements[i] = (picture.getRGB(x, y) >> (16 - 8 * channel) & 255) / 127.5f - 1;
    }
    return Tensor.of(shape, elements);
  }

  /** The last convolution's output, and one from which pools and convolutions lie before scores. */
  static Stream<Arguments> questions() {
    return Stream.of(1, 2)
        .flatMap(
            fromLast ->
                Stream.of(
                    Arguments.of("grad-cam++", Map.of(), fromLast),
                    Arguments.of(
                        "smooth-grad-cam++", Map.of("samples", "3", "noise", "0.1"), fromLast)));
  }

  private static Tap layer(int fromLast) {
    Node[] convolutions =
        graph.nodes().stream()
            .filter(node -> node.operation() instanceof Conv)
            .toArray(Node[]::new);
    return new Tap(convolutions[convolutions.length - fromLast].output());
  }

  private static Saliency explain(
      GradientBackend backend,
      LoadOptions options,
      String method,
      Map<String, String> settings,
      Tap layer) {
    Explainer explainer =
        ServiceLoader.load(Explainer.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(candidate -> candidate.id().equals(method))
            .findFirst()
            .orElseThrow();
    try (LoadedModel model = backend.load(graph, options)) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(Map.of(graph.inputs().keySet().iterator().next(), image))
              .target(Target.top())
              .build();
      return explainer.explain(
          probe, Selection.of(layer), Options.parse(explainer.options(), settings));
    }
  }

  @ParameterizedTest
  @MethodSource("questions")
  void mapsAreTheReferences(String method, Map<String, String> settings, int fromLast) {
    Tap layer = layer(fromLast);
    Saliency expected =
        explain(
            new ReferenceBackend(),
            LoadOptions.DEFAULT.with(Precision.FLOAT64),
            method,
            settings,
            layer);
    CudaBackend backend = Cards.best();
    Saliency found =
        explain(
            backend,
            LoadOptions.DEFAULT.with(backend.devices().get(0)).with(Precision.FLOAT32),
            method,
            settings,
            layer);

    double largest = 0;
    for (int i = 0; i < expected.map().size(); i++) {
      largest = Math.max(largest, Math.abs(expected.map().get(i)));
    }
    assertThat(largest).isPositive();
    assertThat(found.map().shape()).isEqualTo(expected.map().shape());
    for (int i = 0; i < expected.map().size(); i++) {
      assertThat(Math.abs(found.map().get(i) - expected.map().get(i)))
          .as("element %s", i)
          .isLessThan(1e-4 * largest);
    }
  }
}
