package org.pellucid.it.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.api.Saliency;
import org.pellucid.api.Status;
import org.pellucid.core.Explanation;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.image.Preset;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Transpose;
import org.pellucid.it.models.Numbers.Width;
import org.pellucid.onnx.OnnxModelBuilder;
import org.pellucid.testkit.SaliencyAssert;

/** One network in all the forms that a file may give it has one explanation. */
class ModelFormsTest {
  /** Two float64 runs that may sum in another order. */
  private static final double ROUNDING = 1e-11;

  private static final Request LAYER =
      Request.DEFAULT
          .withLayer("layer")
          .withTarget(1)
          .withOption("samples", 6)
          .withOption("noise", 0.2);

  private static final Tensor IMAGE = new Numbers(2).image(1, 3, 8, 10);

  @TempDir Path directory;

  /** The network's weights in a width, and all but its head: from {@code image} to [1, 5, 1, 1]. */
  private static OnnxModelBuilder body(OnnxModelBuilder model, Width width, String image) {
    Numbers numbers = new Numbers(1);
    weights(model, "w0", numbers.weights(4, 3, 3, 3), width);
    weights(model, "b0", numbers.weights(4), width);
    weights(model, "w1", numbers.weights(5, 4, 3, 3), width);
    weights(model, "w2", numbers.weights(3, 5, 1, 1), width);
    int[] pads = {1, 1, 1, 1};
    return model
        .node("conv0", "Conv", List.of(image, "w0", "b0"), List.of("before"), "pads", pads)
        .node("relu0", "Relu", List.of("before"), List.of("layer"))
        .node(
            "conv1",
            "Conv",
            List.of("layer", "w1"),
            List.of("deep"),
            "pads",
            pads,
            "strides",
            new int[] {2, 2})
        .node("relu1", "Relu", List.of("deep"), List.of("active"))
        .node("pool", "GlobalAveragePool", List.of("active"), List.of("pooled"));
  }

  /** Operators of mixed types are no valid ONNX: bfloat16 is cast to the float of the rest. */
  private static void weights(OnnxModelBuilder model, String name, Tensor value, Width width) {
    if (width == Width.BFLOAT16) {
      model
          .initializer(Numbers.initializer(name + "/narrow", value, width))
          .node("Cast", List.of(name + "/narrow"), List.of(name), "to", 1);
    } else {
      model.initializer(Numbers.initializer(name, value, width));
    }
  }

  private static OnnxModelBuilder plain(Width width) {
    int type = width == Width.BFLOAT16 ? Width.FLOAT.type : width.type;
    return body(new OnnxModelBuilder(13).inputOf(type, "image", 1, 3, 8, 10), width, "image")
        .node("head", "Conv", List.of("pooled", "w2"), List.of("maps"))
        .node("flatten", "Flatten", List.of("maps"), List.of("scores"))
        .outputOf(type, "scores", 2);
  }

  private Path file(OnnxModelBuilder model) throws IOException {
    return Files.write(Files.createTempFile(directory, "model", ".onnx"), model.bytes());
  }

  private static Loader loader() {
    return Pellucid.loader().precision(Precision.FLOAT64).threads(1);
  }

  private static Saliency explain(
      Loader loader, Path file, Map<String, Tensor> inputs, Request request) {
    try (Pellucid pellucid = loader.load(file)) {
      Explanation explanation = pellucid.explain("arrays", inputs, request, Progress.NONE).get(0);
      SaliencyAssert.assertThat(explanation.saliency()).hasStatus(Status.OK).isFinite();
      assertThat(explanation.target().index()).isEqualTo(1);
      return explanation.saliency();
    }
  }

  private Saliency plainAnswer() throws IOException {
    Saliency answer = explain(loader(), file(plain(Width.FLOAT)), Map.of("image", IMAGE), LAYER);
    assertThat(answer.map().shape()).isEqualTo(Shape.of(8, 10));
    assertThat(answer.contributions()).hasSize(4);
    return answer;
  }

  @ParameterizedTest
  @EnumSource(Width.class)
  void floatsOfEveryWidth(Width width) throws IOException {
    Path file = file(plain(width));
    SaliencyAssert.assertThat(explain(loader(), file, Map.of("image", IMAGE), LAYER))
        .hasSameBitsAs(plainAnswer());
    try (Pellucid pellucid = Pellucid.loader().threads(1).load(file)) {
      assertThat(pellucid.predict(Map.of("image", IMAGE))).hasSize(3);
    }
  }

  @Test
  void scoresWithSpatialAxes() throws IOException {
    OnnxModelBuilder model =
        body(new OnnxModelBuilder(13).input("image", 1, 3, 8, 10), Width.FLOAT, "image")
            .node("head", "Conv", List.of("pooled", "w2"), List.of("scores"))
            .output("scores");
    Path file = file(model);
    SaliencyAssert.assertThat(explain(loader(), file, Map.of("image", IMAGE), LAYER))
        .isCloseTo(plainAnswer(), ROUNDING);
    try (Pellucid pellucid = loader().load(file);
        Pellucid flat = loader().load(file(plain(Width.FLOAT)))) {
      assertThat(pellucid.graph().type("scores").shape()).isEqualTo(Shape.of(1, 3, 1, 1));
      assertThat(pellucid.predict(Map.of("image", IMAGE)))
          .isEqualTo(flat.predict(Map.of("image", IMAGE)));
    }
  }

  @Test
  void openLengthsOfBatchAndImage() throws IOException {
    OnnxModelBuilder model =
        body(new OnnxModelBuilder(13).input("image", "N", 3, "H", "W"), Width.FLOAT, "image")
            .node("head", "Conv", List.of("pooled", "w2"), List.of("maps"))
            .node("Shape", List.of("maps"), List.of("shape"))
            .initializer("zero", Tensor.scalar(0L))
            .initializer("rest", Tensor.of(Shape.of(1), -1L))
            .node("Gather", List.of("shape", "zero"), List.of("batch"))
            .node("Unsqueeze", List.of("batch", "axis"), List.of("first"))
            .initializer("axis", Tensor.of(Shape.of(1), 0L))
            .node("Concat", List.of("first", "rest"), List.of("to"), "axis", 0)
            .node("Reshape", List.of("maps", "to"), List.of("scores"))
            .output("scores");
    Loader loader = loader().preset(Preset.NONE.withSize(new Preset.Size(8, 10)));
    Path file = file(model);
    SaliencyAssert.assertThat(explain(loader, file, Map.of("image", IMAGE), LAYER))
        .isCloseTo(plainAnswer(), ROUNDING);
    try (Pellucid pellucid = loader.load(file)) {
      assertThat(pellucid.batchingObstacle()).isEmpty();
      Tensor four = new Numbers(3).image(4, 3, 8, 10);
      assertThat(pellucid.run(Map.of("image", four)).get("scores").shape())
          .isEqualTo(Shape.of(4, 3));
    }
  }

  /** As Keras's exporter writes it: channels last outside and where nothing is convolved. */
  @Test
  void channelsLast() throws IOException {
    int[] first = {0, 3, 1, 2};
    int[] last = {0, 2, 3, 1};
    Numbers numbers = new Numbers(1);
    int[] pads = {1, 1, 1, 1};
    OnnxModelBuilder model =
        new OnnxModelBuilder(13)
            .input("image", 1, 8, 10, 3)
            .initializer("w0", numbers.weights(4, 3, 3, 3))
            .initializer("b0", numbers.weights(4))
            .initializer("w1", numbers.weights(5, 4, 3, 3))
            .initializer("w2", numbers.weights(3, 5, 1, 1).reshape(Shape.of(3, 5)))
            .node("Transpose", List.of("image"), List.of("x"), "perm", first)
            .node("Conv", List.of("x", "w0", "b0"), List.of("c0"), "pads", pads)
            .node("Transpose", List.of("c0"), List.of("before"), "perm", last)
            .node("Relu", List.of("before"), List.of("layer"))
            .node("Transpose", List.of("layer"), List.of("again"), "perm", first)
            .node(
                "Conv",
                List.of("again", "w1"),
                List.of("c1"),
                "pads",
                pads,
                "strides",
                new int[] {2, 2})
            .node("Transpose", List.of("c1"), List.of("deep"), "perm", last)
            .node("Relu", List.of("deep"), List.of("active"))
            .node(
                "ReduceMean",
                List.of("active"),
                List.of("pooled"),
                "axes",
                new int[] {1, 2},
                "keepdims",
                0)
            .node("Gemm", List.of("pooled", "w2"), List.of("scores"), "transB", 1)
            .output("scores");
    Tensor image = new Transpose(List.of(0, 2, 3, 1)).evaluate(List.of(IMAGE));
    Path file = file(model);
    for (String method : List.of("grad-cam", "grad-cam++")) {
      Request request = LAYER.withMethod(method);
      Saliency found = explain(loader(), file, Map.of("image", image), request);
      Saliency expected =
          explain(loader(), file(plain(Width.FLOAT)), Map.of("image", IMAGE), request);
      SaliencyAssert.assertThat(found).isCloseTo(expected, ROUNDING);
      for (int k = 0; k < 4; k++) {
        assertThat(found.contributions().get(k).weight())
            .isCloseTo(expected.contributions().get(k).weight(), within(ROUNDING));
      }
    }
    SaliencyAssert.assertThat(explain(loader(), file, Map.of("image", image), LAYER))
        .isCloseTo(plainAnswer(), ROUNDING);
  }

  @Test
  void severalInputsAndOutputsAreNamed() throws IOException {
    OnnxModelBuilder model =
        body(
                new OnnxModelBuilder(13)
                    .input("mask", 1, 3, 8, 10)
                    .input("image", 1, 3, 8, 10)
                    .input("prior", 1, 3)
                    .node("Mul", List.of("image", "mask"), List.of("masked")),
                Width.FLOAT,
                "masked")
            .node("head", "Conv", List.of("pooled", "w2"), List.of("maps"))
            .node("Flatten", List.of("maps"), List.of("flat"))
            .node("Add", List.of("flat", "prior"), List.of("scores"))
            .node("ReduceMax", List.of("active"), List.of("largest"), "axes", new int[] {2, 3})
            .output("largest")
            .output("scores");
    Path file = file(model);
    float[] ones = new float[240];
    Arrays.fill(ones, 1);
    Map<String, Tensor> inputs =
        Map.of(
            "mask",
            Tensor.of(Shape.of(1, 3, 8, 10), ones),
            "image",
            IMAGE,
            "prior",
            Tensor.of(Shape.of(1, 3), 0f, 100f, 0f));
    Loader named = loader().input("image").output("scores");
    SaliencyAssert.assertThat(explain(named, file, inputs, LAYER))
        .isCloseTo(plainAnswer(), ROUNDING);
    try (Pellucid pellucid = named.load(file)) {
      assertThat(pellucid.run(inputs).keySet()).containsExactly("largest", "scores");
      assertThat(pellucid.predict(inputs).get(0).index()).isEqualTo(1);
      assertThat(pellucid.predict(inputs)).hasSize(3);
      assertThatThrownBy(() -> pellucid.predict(Map.of("image", IMAGE)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("mask")
          .hasMessageContaining("prior");
    }
    assertThatThrownBy(() -> loader().output("scores").load(file))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("mask")
        .hasMessageContaining("image");
    assertThatThrownBy(() -> loader().input("image").output("score").load(file))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("\"score\"")
        .hasMessageContaining("largest, scores");
  }
}
