package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.api.Progress;
import org.pellucid.core.Explanation;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.image.Preset;
import org.pellucid.core.io.Labels;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/** How detectors write boxes, and when there is objectness. */
class DetectorTargetsTest {
  @TempDir Path folder;

  private Explanation explain(ModelGraph graph, Labels labels, String target) {
    Path file = folder.resolve("detector.onnx");
    OnnxWriter.write(graph, file, WriteOptions.DEFAULT);
    try (Pellucid pellucid =
        Pellucid.loader()
            .preset(Preset.of("none"))
            .labels(labels)
            .backend("onnxruntime")
            .load(file)) {
      Tensor image = Tensor.of(Shape.of(1, 1, 2, 2), 1f, 2f, 3f, 4f);
      Request request = Request.DEFAULT.withMethod("grad-cam").withTarget(target);
      return pellucid.explain("image", Map.of("image", image), request, Progress.NONE).get(0);
    }
  }

  /** Fields 4 and 5 are 1.25 each: objectness and a class, or two classes. */
  @ParameterizedTest
  @CsvSource({
    "false, 0, 0, 1.5625, 'boxes first, as YOLOv5 has it: objectness'",
    "true, 0, 0, 1.25, 'fields first, as YOLOv8 has it: none'",
    "true, 0, 1, 1.25, 'and so a second class'",
    "false, 1, 0, 1.5625, 'five fields more than labels'",
    "true, 1, 0, 1.5625, 'whatever comes first'",
    "false, 2, 0, 1.25, 'four fields more than labels'",
    "false, 2, 1, 1.25, 'and so a second class'"
  })
  void objectnessIsWhereLabelsOrAxesTell(
      boolean fieldsFirst, int labels, int target, double score, String why) {
    ModelGraph graph = TargetNetworks.detector(fieldsFirst, .75f, .75f, .5f, .5f);
    Labels named = labels == 0 ? Labels.NONE : Labels.of(List.of("a", "b").subList(0, labels));
    assertThat(explain(graph, named, "box:" + target + "@1").target().score())
        .as(why)
        .isCloseTo(score, within(1e-6));
  }

  /** Of an image of two by two pixels, the lower row. */
  @ParameterizedTest
  @CsvSource({
    "box, .5, .75, 1, .5",
    "box-cxcywh, .5, .75, 1, .5",
    "box-xyxy, 0, .5, 1, 1",
    "box-yxyx, .5, 0, 1, 1",
    "box-xywh, 0, .5, 1, .5",
    // Larger than 2: pixels.
    "box-xyxy, 0, 1, 2, 3",
  })
  void boxesAreReadAsTheyAreWritten(String kind, float a, float b, float c, float d) {
    ModelGraph graph = TargetNetworks.detector(false, a, b, c, d);
    Explanation found = explain(graph, Labels.of(List.of("thing")), kind + "@0,1,2,1");
    assertThat(found.target().score()).isCloseTo(1.5625, within(1e-6));
    String height = d == 3 ? "2" : "1";
    assertThat(found.target().name()).contains("box 1 (0,1,2," + height + ")");
  }
}
