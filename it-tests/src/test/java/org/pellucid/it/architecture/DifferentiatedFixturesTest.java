package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pellucid.it.architecture.ArchitectureTolerances.assertNear;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.ClosedFormExplainer;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.DifferentiatedModel;
import org.pellucid.core.DifferentiationRequest;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.image.Preset;
import org.pellucid.core.render.Upsampling;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.it.Backends;
import org.pellucid.it.architecture.ArchitectureFixture.Layer;
import org.pellucid.it.deploy.PlainOnnxRuntime;
import org.pellucid.it.deploy.PlainOnnxRuntime.Array;
import org.pellucid.methods.GradCam;
import org.pellucid.methods.GradCamPlusPlus;
import org.pellucid.onnx.OnnxImporter;

/**
 * Real architectures, differentiated and written as ONNX: run by ONNX Runtime in float32, they
 * compute what PyTorch's autograd does in float64.
 */
class DifferentiatedFixturesTest {
  private static final List<ClosedFormExplainer> METHODS =
      List.of(new GradCam(), new GradCamPlusPlus());

  @TempDir private Path folder;

  private ArchitectureFixture fixture;
  private Path model;
  private Loader loader;
  private Shape one;
  private int height;
  private int width;

  private static List<String> fixtures() {
    return ArchitectureFixture.names();
  }

  private void open(String name) {
    fixture = ArchitectureFixture.of(name);
    model = fixture.write(folder);
    one = Shape.of(fixture.input().shape()).with(0, 1);
    int rows = one.dim(1) <= 3 ? 2 : 1;
    height = one.dim(rows);
    width = one.dim(rows + 1);
    loader = Pellucid.loader().preset(Preset.NONE.withSize(new Preset.Size(height, width)));
  }

  /** Two images and what lies between them. */
  private List<Tensor> images() {
    float[] first = fixture.image(0).toFloatArray();
    float[] second = fixture.image(1).toFloatArray();
    float[] between = new float[first.length];
    for (int i = 0; i < between.length; i++) {
      between[i] = 0.6f * first[i] + 0.4f * second[i];
    }
    return List.of(fixture.image(0), fixture.image(1), Tensor.of(one, between));
  }

  private long[] classes() {
    int count = fixture.output().values()[0].length;
    return new long[] {fixture.targets()[0], fixture.targets()[1], count / 2};
  }

  /** What the file says of all images: at once where it takes them so, otherwise one by one. */
  private List<Map<String, Array>> run(DifferentiatedModel differentiated, long... classes)
      throws OrtException {
    Path file = folder.resolve("differentiated.onnx");
    differentiated.write(file, DifferentiatedModel.DEFAULT_OPSET);
    List<Tensor> images = images();
    List<Map<String, Array>> each = new ArrayList<>();
    try (PlainOnnxRuntime runtime = new PlainOnnxRuntime(file)) {
      for (int i = 0; i < images.size(); i++) {
        each.add(
            runtime.run(
                fixture.input().name(),
                array(images.subList(i, i + 1)),
                classes.length == 0 ? classes : new long[] {classes[i]}));
      }
      if (differentiated.batchingObstacle().isPresent()) {
        return each;
      }
      Map<String, Array> together = runtime.run(fixture.input().name(), array(images), classes);
      together.forEach(
          (output, batch) -> {
            assertThat(batch.shape()[0]).isEqualTo(images.size());
            for (int i = 0; i < images.size(); i++) {
              assertSame(output + " alone", each.get(i).get(output).row(0), batch.row(i));
            }
          });
      return IntStream.range(0, images.size()).mapToObj(i -> sample(together, i)).toList();
    }
  }

  private static Map<String, Array> sample(Map<String, Array> batch, int index) {
    Map<String, Array> one = new java.util.HashMap<>();
    batch.forEach(
        (name, array) -> {
          int size = array.values().length / (int) array.shape()[0];
          long[] shape = array.shape().clone();
          shape[0] = 1;
          one.put(
              name,
              new Array(
                  shape, Arrays.copyOfRange(array.values(), index * size, (index + 1) * size)));
        });
    return one;
  }

  private Array array(List<Tensor> images) {
    float[] values = new float[(int) one.size() * images.size()];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(
          images.get(i).toFloatArray(), 0, values, i * (int) one.size(), (int) one.size());
    }
    long[] shape = Arrays.stream(one.dims()).asLongStream().toArray();
    shape[0] = images.size();
    return new Array(shape, values);
  }

  private LoadedModel autograd() {
    GradientBackend djl = Backends.of("djl");
    return djl.load(
        fixture.read(folder.resolve("again")),
        Backends.options(djl).with(Precision.FLOAT64).withThreads(1));
  }

  /**
   * Whether there is a score per class and cell, rather than scores that are classes by position.
   */
  private boolean segments() {
    ModelGraph graph = new OnnxImporter().read(model, ImportOptions.DEFAULT);
    return graph.type(fixture.output().logits()).shape().rank() == 4;
  }

  private StandardProbe probe(LoadedModel exact, Tensor image, long target) {
    return StandardProbe.of(exact)
        .inputs(Map.of(fixture.input().name(), image))
        .scores(fixture.output().logits())
        .target(Target.ofClass((int) target))
        .build();
  }

  @BeforeEach
  void makeFolder() throws java.io.IOException {
    java.nio.file.Files.createDirectories(folder.resolve("again"));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void activationsAndGradientsAreThoseOfAutograd(String name) throws OrtException {
    open(name);
    List<String> layers =
        fixture.layers().stream()
            .filter(Layer::isSpatial)
            .filter(layer -> layer.shape()[1] * layer.shape()[2] > 1)
            .map(Layer::tensor)
            .toList();
    assertThat(layers).contains(fixture.mapsLayer());
    DifferentiationRequest request =
        DifferentiationRequest.DEFAULT.withLayers(layers.toArray(String[]::new));
    List<Map<String, Array>> found = run(loader.differentiate(model, request), classes());
    // In a segmentation a class is meant where it is seen; one number of the output can be meant.
    String one = (segments() ? "output:" : "") + (int) classes()[0];
    if (segments()) {
      assertThatThrownBy(() -> loader.differentiate(model, request.withTarget("0")))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Target \"0\" was asked for, which depends on the image")
          .hasMessageContaining("output[:NAME][:I]");
      int scores = found.get(0).get("scores").row(0).length;
      assertThatThrownBy(() -> loader.differentiate(model, request.withTarget("" + scores)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Class " + scores)
          .hasMessageContaining("the model has classes 0 to 2");
    }
    List<Map<String, Array>> fixed = run(loader.differentiate(model, request.withTarget(one)));
    try (LoadedModel exact = autograd()) {
      for (int i = 0; i < found.size(); i++) {
        StandardProbe probe = probe(exact, images().get(i), classes()[i]);
        StandardProbe other = probe(exact, images().get(i), classes()[0]);
        assertNear("scores", found.get(i).get("scores").row(0), probe.scores().toDoubleArray());
        for (String layer : layers) {
          LayerCapture capture = probe.capture(new Tap(layer));
          Array activations = found.get(i).get("activations/" + layer);
          assertThat(activations.shape())
              .containsExactly(
                  1, capture.shape().dim(0), capture.shape().dim(1), capture.shape().dim(2));
          assertNear("activations of " + layer, activations.row(0), capture.activations());
          assertSame(
              "gradients of " + layer,
              found.get(i).get("gradients/" + layer).row(0),
              capture.gradients());
          assertSame(
              "gradients of one class at " + layer,
              fixed.get(i).get("gradients/" + layer).row(0),
              other.capture(new Tap(layer)).gradients());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void mapsAreThoseOfTheExplainers(String name) throws OrtException {
    open(name);
    try (LoadedModel exact = autograd()) {
      for (ClosedFormExplainer method : METHODS) {
        DifferentiationRequest request =
            DifferentiationRequest.DEFAULT.withLayers(fixture.mapsLayer()).withMethod(method.id());
        List<Map<String, Array>> found = run(loader.differentiate(model, request), classes());
        for (int i = 0; i < found.size(); i++) {
          StandardProbe probe = probe(exact, images().get(i), classes()[i]);
          Tensor raw =
              method
                  .explain(probe, Selection.of(new Tap(fixture.mapsLayer())), Options.DEFAULTS)
                  .map();
          Array map = found.get(i).get("map");
          assertThat(map.shape()).containsExactly(1, 1, height, width);
          assertSame(method.id() + " of image " + i, map.row(0), shown(raw));
          assertThat(Arrays.stream(map.row(0)).min().orElseThrow()).isNotNegative();
          assertThat(Arrays.stream(map.row(0)).max().orElseThrow()).isIn(0.0, 1.0);
        }
      }
    }
  }

  /** The same numbers: also where there is nothing but zeros, as of a box elsewhere. */
  private static void assertSame(String what, double[] found, double[] expected) {
    if (Arrays.stream(expected).allMatch(x -> x == 0)) {
      assertThat(found).as(what).containsOnly(0);
    } else {
      assertNear(what, found, expected);
    }
  }

  /** ReLU, bilinear upsampling as in pictures, division by the largest value. */
  private double[] shown(Tensor raw) {
    double[] positive = Arrays.stream(raw.toDoubleArray()).map(x -> Math.max(0, x)).toArray();
    double peak = Arrays.stream(positive).max().orElseThrow();
    if (peak == 0) {
      return new double[height * width];
    }
    // Upsampling clamps to 1.
    double[] unit = Arrays.stream(positive).map(x -> x / peak).toArray();
    int h = raw.shape().dim(0);
    int w = raw.shape().dim(1);
    double[] large = Upsampling.BILINEAR.sample(unit, h, w, points(h, height), points(w, width));
    double largest = Arrays.stream(large).max().orElseThrow();
    return Arrays.stream(large).map(x -> x / largest).toArray();
  }

  private static double[] points(int cells, int count) {
    return IntStream.range(0, count).mapToDouble(i -> (i + 0.5) * cells / count).toArray();
  }
}
