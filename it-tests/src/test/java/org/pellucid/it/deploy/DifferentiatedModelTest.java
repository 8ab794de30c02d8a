package org.pellucid.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.ClosedFormExplainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Options;
import org.pellucid.api.Progress;
import org.pellucid.api.Saliency;
import org.pellucid.core.DifferentiatedModel;
import org.pellucid.core.DifferentiationRequest;
import org.pellucid.core.Explanation;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.image.Preprocessor;
import org.pellucid.core.image.Preset;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.io.Labels;
import org.pellucid.core.render.Upsampling;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.it.deploy.PlainOnnxRuntime.Array;
import org.pellucid.methods.ElementwiseGradCam;
import org.pellucid.methods.GradCam;
import org.pellucid.methods.GradCamPlusPlus;
import org.pellucid.methods.HiResCam;
import org.pellucid.methods.LayerCam;
import org.pellucid.methods.XGradCam;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;
import org.pellucid.testkit.GraphBuilder;

/** The example model, differentiated, written and run by ONNX Runtime alone. */
class DifferentiatedModelTest {
  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final Path MODEL = EXAMPLES.resolve("shapes.onnx");
  private static final List<String> IMAGES =
      List.of("hexagon.png", "two-stars.png", "disc-and-cross.png");
  private static final long[] CLASSES = {9, 6, 0};
  private static final int SIZE = 96;

  /** Of a map from 0 to 1, both engines in float32. */
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path folder;

  private static Tensor prepared(String image) {
    Preset preset = Preset.find(MODEL).orElseThrow();
    return new Preprocessor(preset, Shape.of(1, 3, SIZE, SIZE))
        .apply(SourceImage.read(EXAMPLES.resolve(image)))
        .tensor();
  }

  private static Array batch(List<String> images) {
    float[] values = new float[images.size() * 3 * SIZE * SIZE];
    for (int i = 0; i < images.size(); i++) {
      float[] one = prepared(images.get(i)).toFloatArray();
      System.arraycopy(one, 0, values, i * one.length, one.length);
    }
    return new Array(new long[] {images.size(), 3, SIZE, SIZE}, values);
  }

  private PlainOnnxRuntime file(DifferentiationRequest request) throws OrtException {
    return file(request, DifferentiatedModel.DEFAULT_OPSET);
  }

  private PlainOnnxRuntime file(DifferentiationRequest request, int opset) throws OrtException {
    return file(MODEL, request, opset);
  }

  private PlainOnnxRuntime file(Path model, DifferentiationRequest request, int opset)
      throws OrtException {
    Path file = folder.resolve("differentiated.onnx");
    Pellucid.loader().differentiate(model, request).write(file, opset);
    return new PlainOnnxRuntime(file);
  }

  /** The output {@code map} that a raw map becomes. */
  private static double[] shown(Tensor raw, int size) {
    double[] positive = Arrays.stream(raw.toDoubleArray()).map(x -> Math.max(0, x)).toArray();
    double peak = Arrays.stream(positive).max().orElseThrow();
    if (peak == 0) {
      return new double[size * size];
    }
    double[] unit = Arrays.stream(positive).map(x -> x / peak).toArray();
    int cells = raw.shape().dim(0);
    double[] points = IntStream.range(0, size).mapToDouble(i -> (i + 0.5) * cells / size).toArray();
    double[] large = Upsampling.BILINEAR.sample(unit, cells, cells, points, points);
    double largest = Arrays.stream(large).max().orElseThrow();
    return Arrays.stream(large).map(x -> x / largest).toArray();
  }

  private static void assertClose(String what, double[] found, double[] expected) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).as("%s at %s", what, i).isCloseTo(expected[i], within(TOLERANCE));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grad-cam",
        "grad-cam++",
        "xgrad-cam",
        "layer-cam",
        "hires-cam",
        "grad-cam-elementwise"
      })
  void aBatchWithAClassPerSampleIsExplainedAsByThisSoftware(String method) throws OrtException {
    List<Explanation> expected = new ArrayList<>();
    try (Pellucid pellucid = Pellucid.loader().backend("djl").threads(1).load(MODEL)) {
      for (int i = 0; i < IMAGES.size(); i++) {
        Request request = Request.DEFAULT.withMethod(method).withTarget((int) CLASSES[i]);
        expected.addAll(pellucid.explain(EXAMPLES.resolve(IMAGES.get(i)), request, Progress.NONE));
      }
    }
    try (PlainOnnxRuntime runtime = file(DifferentiationRequest.DEFAULT.withMethod(method))) {
      assertThat(runtime.inputs()).containsExactly("image", "class");
      assertThat(runtime.outputs()).containsExactly("scores", "map");
      assertThat(runtime.metadata()).containsEntry("pellucid.method", method);
      Map<String, Array> found = runtime.run("image", batch(IMAGES), CLASSES);
      assertThat(found.get("map").shape()).containsExactly(3, 1, SIZE, SIZE);
      for (int i = 0; i < IMAGES.size(); i++) {
        Explanation explanation = expected.get(i);
        double[] map = found.get("map").row(i);
        assertClose(IMAGES.get(i), map, shown(explanation.saliency().map(), SIZE));
        double[] scores = found.get("scores").row(i);
        assertThat(scores[(int) CLASSES[i]]).isCloseTo(explanation.target().score(), within(1e-4));
        Map<String, Array> alone =
            runtime.run("image", batch(IMAGES.subList(i, i + 1)), CLASSES[i]);
        assertClose(IMAGES.get(i) + " alone", alone.get("map").row(0), map);
      }
    }
  }

  @Test
  void aFixedClassThePredictedClassAndAClassThatIsGivenAgree() throws OrtException {
    DifferentiationRequest request = DifferentiationRequest.DEFAULT.withMethod("grad-cam++");
    Map<String, Array> given;
    long[] predicted = new long[IMAGES.size()];
    try (PlainOnnxRuntime runtime = file(request)) {
      Map<String, Array> any = runtime.run("image", batch(IMAGES), CLASSES);
      for (int i = 0; i < predicted.length; i++) {
        double[] scores = any.get("scores").row(i);
        predicted[i] =
            IntStream.range(0, 10).reduce((a, b) -> scores[a] >= scores[b] ? a : b).orElseThrow();
      }
      given = runtime.run("image", batch(IMAGES), predicted);
    }
    try (PlainOnnxRuntime runtime = file(request.withTarget("top"))) {
      assertThat(runtime.inputs()).containsExactly("image");
      Map<String, Array> top = runtime.run("image", batch(IMAGES));
      for (int i = 0; i < predicted.length; i++) {
        assertClose("top " + i, top.get("map").row(i), given.get("map").row(i));
      }
    }
    try (PlainOnnxRuntime runtime = file(request.withTarget(String.valueOf(predicted[1])))) {
      assertThat(runtime.inputs()).containsExactly("image");
      Map<String, Array> fixed = runtime.run("image", batch(IMAGES));
      assertThat(fixed.get("map").shape()).containsExactly(3, 1, SIZE, SIZE);
      assertClose("fixed", fixed.get("map").row(1), given.get("map").row(1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "contrast:ringed hexagon,7",
        "sum:3=0.7,5=-0.3",
        "neuron:conv:-2@3",
        "output:4",
      })
  void otherTargetsAreExplainedAsByThisSoftware(String target) throws OrtException {
    List<Explanation> expected = new ArrayList<>();
    try (Pellucid pellucid = Pellucid.loader().backend("djl").threads(1).load(MODEL)) {
      for (String image : IMAGES) {
        Request request = Request.DEFAULT.withMethod("grad-cam").withTarget(target);
        expected.addAll(pellucid.explain(EXAMPLES.resolve(image), request, Progress.NONE));
      }
    }
    DifferentiationRequest request =
        DifferentiationRequest.DEFAULT.withMethod("grad-cam").withTarget(target);
    try (PlainOnnxRuntime runtime = file(request)) {
      assertThat(runtime.inputs()).containsExactly("image");
      Map<String, Array> found = runtime.run("image", batch(IMAGES));
      for (int i = 0; i < IMAGES.size(); i++) {
        double[] map = shown(expected.get(i).saliency().map(), SIZE);
        assertClose(IMAGES.get(i), found.get("map").row(i), map);
      }
    }
  }

  private static Tensor sines(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(7 * i + 1);
    }
    return Tensor.of(shape, values);
  }

  @ParameterizedTest
  @ValueSource(strings = {"positive", "negative", "1", "0", "ill", "healthy"})
  void sidesOfASingleLogitAreExplainedAsByThisSoftware(String target) throws OrtException {
    List<Integer> one = List.of(1, 1);
    float[] head = {1.5f, -2, 0.75f};
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 2, 4, 4)
            .constant("kernel", sines(3, 2, 3, 3))
            .constant("head", Tensor.of(Shape.of(3, 1), head))
            .node("conv", new Conv(one, one, one, one, 1), "image", "kernel")
            .node("relu", new Unary.Relu(), "conv")
            .node("means", new Reduce.ReduceMean(List.of(2, 3), false), "relu")
            .node("logit", new Gemm(1, 1, false, false), "means", "head")
            .node("probability", new Unary.Sigmoid(), "logit")
            .build("probability");
    Path single = folder.resolve("single.onnx");
    OnnxWriter.write(graph, single, WriteOptions.DEFAULT);
    Loader loader =
        Pellucid.loader()
            .preset(Preset.of("none"))
            .labels(Labels.of(List.of("healthy", "ill")))
            .backend("djl")
            .threads(1);
    Tensor image = sines(1, 2, 4, 4);
    Explanation expected;
    try (Pellucid pellucid = loader.load(single)) {
      Request request = Request.DEFAULT.withMethod("grad-cam").withTarget(target);
      expected = pellucid.explain("array", Map.of("image", image), request, Progress.NONE).get(0);
    }
    int sign = List.of("positive", "1", "ill").contains(target) ? 1 : -1;
    DifferentiationRequest asked = DifferentiationRequest.DEFAULT.withTarget(target);
    Path file = folder.resolve("differentiated.onnx");
    Array batch = new Array(new long[] {1, 2, 4, 4}, image.toFloatArray());
    loader
        .differentiate(single, asked.withMethod("grad-cam"))
        .write(file, DifferentiatedModel.DEFAULT_OPSET);
    try (PlainOnnxRuntime runtime = new PlainOnnxRuntime(file)) {
      assertThat(runtime.inputs()).containsExactly("image");
      Map<String, Array> found = runtime.run("image", batch);
      assertClose(target, found.get("map").row(0), shown(expected.saliency().map(), 4));
      assertThat(sign * found.get("scores").row(0)[0])
          .isCloseTo(expected.target().score(), within(1e-5));
    }
    loader
        .differentiate(single, asked.withLayers("relu"))
        .write(file, DifferentiatedModel.DEFAULT_OPSET);
    try (PlainOnnxRuntime runtime = new PlainOnnxRuntime(file)) {
      double[] gradients = runtime.run("image", batch).get("gradients/relu").row(0);
      // Of the mean over 16 cells.
      for (int i = 0; i < 48; i++) {
        assertThat(gradients[i]).isCloseTo(sign * head[i / 16] / 16.0, within(1e-6));
      }
    }
    assertThatThrownBy(() -> loader.differentiate(single, asked.withTarget("top")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("positive or negative is one of its sides");
  }

  @Test
  void averagedOverNoisyCopiesTheGradientsGiveSmoothGradCamPlusPlus() throws OrtException {
    // The recipe of docs/deploy-explanations.md, with copies that are not noisy.
    Explanation expected;
    try (Pellucid pellucid = Pellucid.loader().backend("djl").threads(1).load(MODEL)) {
      expected =
          pellucid
              .explain(
                  EXAMPLES.resolve(IMAGES.get(0)),
                  Request.DEFAULT.withTarget(9).withOption("samples", 2).withOption("noise", 0),
                  Progress.NONE)
              .get(0);
    }
    try (PlainOnnxRuntime runtime = file(DifferentiationRequest.DEFAULT)) {
      Map<String, Array> found =
          runtime.run("image", batch(List.of(IMAGES.get(0), IMAGES.get(0))), 9, 9);
      double[] a = found.get(runtime.outputs().get(1)).row(0);
      double[] first = found.get(runtime.outputs().get(2)).row(0);
      double[] second = found.get(runtime.outputs().get(2)).row(1);
      int cells = 144;
      double[] raw = new double[cells];
      for (int k = 0; k < a.length / cells; k++) {
        double sum = 0;
        double weight = 0;
        for (int c = k * cells; c < (k + 1) * cells; c++) {
          sum += a[c];
        }
        for (int c = k * cells; c < (k + 1) * cells; c++) {
          double d1 = (first[c] + second[c]) / 2;
          double d2 = (Math.pow(first[c], 2) + Math.pow(second[c], 2)) / 2;
          double d3 = (Math.pow(first[c], 3) + Math.pow(second[c], 3)) / 2;
          double denominator = 2 * d2 + sum * d3;
          weight += denominator == 0 ? 0 : d2 / denominator * Math.max(0, d1);
        }
        for (int c = 0; c < cells; c++) {
          raw[c] += weight * a[k * cells + c];
        }
      }
      assertClose(
          "recipe",
          shown(Tensor.of(Shape.of(12, 12), raw), SIZE),
          shown(expected.saliency().map(), SIZE));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grad-cam",
        "grad-cam++",
        "xgrad-cam",
        "layer-cam",
        "hires-cam",
        "grad-cam-elementwise"
      })
  void mapsAreZeroAndNeverNaNWhereThereIsNothingToShow(String method) throws OrtException {
    try (PlainOnnxRuntime runtime = file(DifferentiationRequest.DEFAULT.withMethod(method))) {
      Array image = batch(List.of("hexagon.png", "hexagon.png", "hexagon.png"));
      for (long none : new long[] {-1, 10, Long.MIN_VALUE}) {
        Map<String, Array> found = runtime.run("image", image, none, 9, none);
        assertThat(found.get("map").row(0)).containsOnly(0);
        assertThat(Arrays.stream(found.get("map").row(1)).max().orElseThrow()).isEqualTo(1);
        assertThat(found.get("map").row(2)).containsOnly(0);
      }
      float[] broken = image.values().clone();
      broken[77] = Float.NaN;
      broken[2 * 3 * SIZE * SIZE + 5] = Float.POSITIVE_INFINITY;
      Map<String, Array> found = runtime.run("image", new Array(image.shape(), broken), 9, 9, 9);
      assertThat(found.get("map").row(0)).containsOnly(0);
      assertThat(Arrays.stream(found.get("map").row(1)).max().orElseThrow()).isEqualTo(1);
      assertThat(found.get("map").row(2)).containsOnly(0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 18, 20, 22})
  void everyOpsetSaysTheSame(int opset) throws OrtException {
    DifferentiationRequest request = DifferentiationRequest.DEFAULT.withMethod("grad-cam++");
    double[] usual;
    try (PlainOnnxRuntime runtime = file(request)) {
      usual = runtime.run("image", batch(IMAGES), CLASSES).get("map").row(2);
    }
    try (PlainOnnxRuntime runtime = file(request, opset)) {
      assertClose(
          "opset " + opset, runtime.run("image", batch(IMAGES), CLASSES).get("map").row(2), usual);
    }
  }

  /** A convolution, ReLU and a matrix, worked out by hand; scores are scaled by a factor. */
  private Path knownAnswer(float factor) {
    float[] ones = new float[18];
    Arrays.fill(ones, 1);
    float[] rows = {1, 2, 3, 4, -1, 1, .5f, 2};
    Map<String, Tensor> constants = new HashMap<>();
    constants.put("kernel", Tensor.of(Shape.of(2, 1, 3, 3), ones));
    constants.put("bias", Tensor.of(Shape.of(2), -50f, -75f));
    float[] scaled = new float[8];
    for (int i = 0; i < 8; i++) {
      scaled[i] = rows[i] * factor;
    }
    constants.put("rows", Tensor.of(Shape.of(1, 8), scaled));
    List<Node> nodes =
        List.of(
            node(
                new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1),
                "conv",
                "x",
                "kernel",
                "bias"),
            node(new Unary.Relu(), "relu", "conv"),
            node(new Reshape(Shape.of(1, 8)), "flat", "relu"),
            node(new Gemm(1, 1, false, true), "logits", "flat", "rows"));
    Path file = folder.resolve("known.onnx");
    OnnxWriter.write(
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(1, 1, 4, 4))),
            constants,
            nodes,
            List.of("logits"),
            Map.of()),
        file,
        WriteOptions.DEFAULT.withOpset(17));
    return file;
  }

  private static Node node(Operation operation, String output, String... inputs) {
    return new Node(output, operation, List.of(inputs), output, "");
  }

  @ParameterizedTest
  @ValueSource(floats = {1, 1e-15f, 1e-30f, 1e15f})
  void powersOfGradientsNeitherVanishNorOverflow(float factor) throws OrtException {
    Field activations = new Field(2, 4, new double[] {0, 4, 31, 40, 0, 0, 6, 15});
    double[] rows = {1, 2, 3, 4, -1, 1, .5, 2};
    Field gradients = new Field(2, 4, Arrays.stream(rows).map(g -> g * factor).toArray());
    float[] image = new float[16];
    for (int i = 0; i < 16; i++) {
      image[i] = i;
    }
    List<ClosedFormExplainer> methods =
        List.of(
            new GradCam(),
            new GradCamPlusPlus(),
            new XGradCam(),
            new LayerCam(),
            new HiResCam(),
            new ElementwiseGradCam());
    for (ClosedFormExplainer method : methods) {
      double[] raw =
          method.map(ArrayAlgebra.INSTANCE, activations, gradients, Options.DEFAULTS).values();
      assertThat(Arrays.stream(raw).max().orElseThrow()).isPositive();
      try (PlainOnnxRuntime runtime =
          file(
              knownAnswer(factor),
              DifferentiationRequest.DEFAULT.withLayers("relu").withMethod(method.id()),
              17)) {
        Map<String, Array> found = runtime.run("x", new Array(new long[] {1, 1, 4, 4}, image), 0);
        assertClose(
            method.id() + " of " + factor,
            found.get("map").row(0),
            shown(Tensor.of(Shape.of(2, 2), raw), 4));
      }
    }
  }

  @Test
  void theMapOfTheKnownAnswerIsTheOneWorkedOutByHand() throws OrtException {
    float[] image = new float[16];
    for (int i = 0; i < 16; i++) {
      image[i] = i;
    }
    try (PlainOnnxRuntime runtime =
        file(
            knownAnswer(1),
            DifferentiationRequest.DEFAULT.withLayers("relu").withMethod("grad-cam++"),
            17)) {
      double[] map =
          runtime.run("x", new Array(new long[] {1, 1, 4, 4}, image), 0).get("map").row(0);
      // The corner cells reach to the corners; 0, 0.210423, 2.404377, 4.038224.
      double[] corners = {map[0], map[3], map[12], map[15]};
      assertThat(corners)
          .usingComparatorWithPrecision(1e-5)
          .containsExactly(0, 0.210423 / 4.038224, 2.404377 / 4.038224, 1);
    }
  }

  @Test
  void theMapIsZeroWhereNothingSpeaksForTheClass() throws OrtException {
    int without = 0;
    try (Pellucid pellucid = Pellucid.loader().backend("djl").threads(1).load(MODEL);
        PlainOnnxRuntime runtime = file(DifferentiationRequest.DEFAULT.withMethod("grad-cam"))) {
      for (int target = 0; target < 10; target++) {
        Saliency saliency =
            pellucid
                .explain(
                    EXAMPLES.resolve("hexagon.png"),
                    Request.DEFAULT.withMethod("grad-cam").withTarget(target),
                    Progress.NONE)
                .get(0)
                .saliency();
        double[] map =
            runtime.run("image", batch(List.of("hexagon.png")), target).get("map").row(0);
        assertClose("class " + target, map, shown(saliency.map(), SIZE));
        without += Arrays.stream(map).allMatch(x -> x == 0) ? 1 : 0;
      }
    }
    assertThat(without).isLessThan(10);
  }
}
