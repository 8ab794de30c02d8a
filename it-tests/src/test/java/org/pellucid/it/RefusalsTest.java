package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Progress;
import org.pellucid.core.Explanation;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.image.Preset;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;
import org.pellucid.testkit.GraphBuilder;

/** What a model cannot serve is refused with a method that it can, which then works. */
class RefusalsTest {
  @TempDir Path folder;

  private Pellucid load(ModelGraph graph) {
    Path file = folder.resolve("model.onnx");
    OnnxWriter.write(graph, file, WriteOptions.DEFAULT);
    return Pellucid.loader().preset(Preset.of("none")).backend("onnxruntime").load(file);
  }

  private static Explanation explain(Pellucid pellucid, Request request) {
    Shape shape = pellucid.graph().type(pellucid.input()).shape();
    float[] ramp = new float[(int) shape.size()];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i;
    }
    Map<String, Tensor> inputs = Map.of(pellucid.input(), Tensor.of(shape, ramp));
    return pellucid.explain("ramp", inputs, request, Progress.NONE).get(0);
  }

  private static void refused(
      Pellucid pellucid, Request request, String reason, String... instead) {
    assertThatThrownBy(() -> explain(pellucid, request))
        .as(request.method())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(reason);
    for (String method : instead) {
      assertThatThrownBy(() -> explain(pellucid, request)).hasMessageContaining(method);
      Request another = request.withMethod(method);
      assertThat(explain(pellucid, another).saliency().map().size()).as(method).isPositive();
    }
  }

  private static Request of(String method) {
    return Request.DEFAULT.withMethod(method);
  }

  private static Conv conv() {
    return new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1);
  }

  /** A convolution and a linear layer over all cells, of some classes. */
  private static ModelGraph unpooled(int classes) {
    float[] rows = new float[classes * 32];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) Math.sin(i);
    }
    return new GraphBuilder()
        .input("image", 1, 1, 4, 4)
        .constant("w", Tensor.of(Shape.of(2, 1, 1, 1), 1f, 0.5f))
        .constant("rows", Tensor.of(Shape.of(classes, 32), rows))
        .node("conv", conv(), "image", "w")
        .node("layer", new Unary.Relu(), "conv")
        .node("flat", new Reshape(Shape.of(1, 32)), "layer")
        .node("scores", new Gemm(1, 1, false, true), "flat", "rows")
        .build("scores");
  }

  @Test
  void ofALinearHeadAnAttentionMapAndOtherClasses() {
    try (Pellucid pellucid = load(unpooled(3))) {
      refused(pellucid, of("cam"), "global average pooling", "grad-cam");
      refused(
          pellucid,
          of("le-grad"),
          "attention maps",
          "gradient",
          "integrated-gradients",
          "grad-cam");
      Request rather = of("finer-cam").withTarget("contrast:0,1");
      refused(pellucid, rather, "compares a class with others", "grad-cam");
      Request residual = of("shapley-cam").withTarget("contrast:0,1");
      refused(pellucid, residual, "is of a class among others");
      assertThat(explain(pellucid, residual.withOption("utility", "score")).saliency().map().size())
          .isEqualTo(16);
    }
    try (Pellucid pellucid = load(unpooled(1))) {
      refused(pellucid, of("finer-cam"), "compares a class with others", "grad-cam");
    }
  }

  @Test
  void ofALayerWhereThereIsNone() {
    ModelGraph dense =
        new GraphBuilder()
            .input("image", 1, 1, 2, 2)
            .constant("rows", Tensor.of(Shape.of(2, 4), 1f, 0f, 0f, 1f, 0f, 1f, 1f, 0f))
            .node("flat", new Reshape(Shape.of(1, 4)), "image")
            .node("scores", new Gemm(1, 1, false, true), "flat", "rows")
            .build("scores");
    try (Pellucid pellucid = load(dense)) {
      refused(
          pellucid,
          of("grad-cam"),
          "no layer that holds feature maps",
          "gradient",
          "integrated-gradients",
          "occlusion",
          "rise");
    }
  }

  @Test
  void ofFeatureMapsWithOtherAxesThanTheInput() {
    // Frequencies are channels from the start: the layer has an axis of time alone.
    ModelGraph spectrum =
        new GraphBuilder()
            .input("image", 1, 1, 3, 6)
            .constant("w", Tensor.of(Shape.of(2, 3, 1), 1f, 0.5f, 0f, 0f, 1f, 2f))
            .constant("head", Tensor.of(Shape.of(2, 2), 1f, 0f, -1f, 1f))
            .node("signal", new Reshape(Shape.of(1, 3, 6)), "image")
            .node(
                "conv", new Conv(List.of(1), List.of(1), List.of(0), List.of(0), 1), "signal", "w")
            .node("layer", new Unary.Relu(), "conv")
            .node("means", new Reduce.ReduceMean(List.of(2), false), "layer")
            .node("scores", new Gemm(1, 1, false, true), "means", "head")
            .build("scores");
    try (Pellucid pellucid = load(spectrum)) {
      refused(pellucid, of("score-cam"), "as many axes as it has", "ablation-cam", "recipro-cam");
      refused(pellucid, of("guided-grad-cam"), "axes must be as many", "grad-cam");
      refused(pellucid, of("refine-cam"), "axes must be as many", "grad-cam++");
    }
  }
}
