package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.BoxChoice;
import org.pellucid.api.Detections;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Segmentation;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.SumTarget;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;

/**
 * Targets worked out by hand, on every backend and in every precision it has. The image is 1, 2, 3,
 * 4; the layer's feature maps are the image and twice the image.
 */
class KnownTargetsTest {
  private static final Tap LAYER = new Tap("layer");

  /** Numbers are small multiples of powers of two, exact in every float, unless it is said. */
  private static final double EXACT = 0;

  static Stream<Arguments> backends() {
    return KnownAnswersTest.backends();
  }

  private static void check(
      GradientBackend backend,
      Precision precision,
      ModelGraph graph,
      String reads,
      Target target,
      double tolerance,
      double score,
      double... gradient) {
    Backends.assumeAvailable(backend);
    try (LoadedModel model = backend.load(graph, Backends.options(backend).with(precision))) {
      LayerCapture capture =
          StandardProbe.of(model)
              .inputs(Map.of("image", Tensor.of(Shape.of(1, 1, 2, 2), 1f, 2f, 3f, 4f)))
              .scores(reads)
              .target(target)
              .build()
              .capture(gradient.length == 4 ? new Tap("image") : LAYER);
      assertThat(capture.score()).isCloseTo(score, within(tolerance));
      assertThat(capture.gradients()).containsExactly(gradient, within(tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void contrastOfTwoClasses(GradientBackend backend, Precision precision) {
    Target target = Target.contrast(Target.top(), Target.ofClass(0));
    check(
        backend,
        precision,
        TargetNetworks.classifier(),
        "scores",
        target,
        EXACT,
        10,
        -1,
        -1,
        -1,
        -1,
        1,
        1,
        1,
        1);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void weightedSum(GradientBackend backend, Precision precision) {
    Target target =
        Target.sum(
            new SumTarget.Term(0.5, Target.ofClass(0)), new SumTarget.Term(-2, Target.ofClass(2)));
    check(
        backend,
        precision,
        TargetNetworks.classifier(),
        "scores",
        target,
        EXACT,
        19,
        -1.5,
        0.5,
        0.5,
        0.5,
        0,
        0,
        0,
        2);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void similarity(GradientBackend backend, Precision precision) {
    // f = (10, 20, -7), |f|^2 = 549, r = (0, 1, 0).
    double length = Math.sqrt(549);
    double zero = -20 * 10 / 549.0 / length;
    double one = (1 - 20 * 20 / 549.0) / length;
    double two = 20 * 7 / 549.0 / length;
    check(
        backend,
        precision,
        TargetNetworks.classifier(),
        "scores",
        Target.similarTo(new double[] {0, 3, 0}),
        // Seeds below 0.02 are rounded to float32.
        1e-8,
        20 / length,
        zero + two,
        zero,
        zero,
        zero,
        one,
        one,
        one,
        one - two);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sidesOfASingleLogit(GradientBackend backend, Precision precision) {
    ModelGraph single = TargetNetworks.singleLogit();
    check(
        backend,
        precision,
        single,
        "scores",
        Target.positive(),
        EXACT,
        -7,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        -1);
    check(
        backend, precision, single, "scores", Target.side(true), EXACT, 7, -1, 0, 0, 0, 0, 0, 0, 1);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void outputAfterItsActivation(GradientBackend backend, Precision precision) {
    double value = 1 / (1 + Math.exp(7));
    double slope = value * (1 - value);
    check(
        backend,
        precision,
        TargetNetworks.classifier(),
        "probabilities",
        Target.output(2),
        // Engines compute it from numbers near 1, where float32 has steps of 6e-8.
        1e-7,
        value,
        slope,
        0,
        0,
        0,
        0,
        0,
        0,
        -slope);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void insideTheNetwork(GradientBackend backend, Precision precision) {
    Target map = Target.featureMap(Shape.of(1, 2, 2, 2), 1, 1);
    // In the layer itself, and in the image.
    check(
        backend,
        precision,
        TargetNetworks.classifier(),
        "layer",
        map,
        EXACT,
        5,
        0,
        0,
        0,
        0,
        .25,
        .25,
        .25,
        .25);
    check(
        backend,
        precision,
        TargetNetworks.classifier(),
        "layer",
        map,
        EXACT,
        5,
        0.5,
        0.5,
        0.5,
        0.5);
    Target neuron = Target.element("neuron 1,1,0", 6);
    check(backend, precision, TargetNetworks.classifier(), "layer", neuron, EXACT, 6, 0, 0, 2, 0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void segments(GradientBackend backend, Precision precision) {
    ModelGraph graph = TargetNetworks.segmentation();
    Segmentation layout = new Segmentation(Shape.of(1, 2, 2, 2), 1);
    check(
        backend,
        precision,
        graph,
        "scores",
        Target.segment(layout, 1),
        EXACT,
        5,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1);
    check(
        backend,
        precision,
        graph,
        "scores",
        Target.topSegment(layout, 0),
        EXACT,
        6,
        1,
        1,
        1,
        0,
        0,
        0,
        0,
        0);
    boolean[] bottom = {false, false, true, true};
    check(
        backend,
        precision,
        graph,
        "scores",
        Target.segment(layout, 0, bottom),
        EXACT,
        7,
        0,
        0,
        1,
        1,
        0,
        0,
        0,
        0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void boxes(GradientBackend backend, Precision precision) {
    // Box 0 stands still; box 1 has objectness sum(A0) / 8 and a class's score of sum(A1) / 16.
    float[] rows = new float[12 * 8];
    for (int i = 0; i < 4; i++) {
      rows[10 * 8 + i] = 1 / 8f;
      rows[11 * 8 + 4 + i] = 1 / 16f;
    }
    float[] still = {1, 1, 2, 2, .5f, .5f, 1.5f, 1.5f, 1, 1, 0, 0};
    ModelGraph graph =
        TargetNetworks.beginning()
            .constant("rows", Tensor.of(Shape.of(12, 8), rows))
            .constant("still", Tensor.of(Shape.of(1, 12), still))
            .node("flat", new Reshape(Shape.of(1, 8)), "layer")
            .node("moving", new Gemm(1, 1, false, true), "flat", "rows")
            .node("all", new Binary.Add(), "moving", "still")
            .node("boxes", new Reshape(Shape.of(1, 2, 6)), "all")
            .build("boxes");
    Detections layout =
        new Detections(
            Shape.of(1, 2, 6),
            1,
            2,
            5,
            OptionalInt.of(4),
            Detections.Form.CXCYWH,
            Optional.empty(),
            // Of one pixel, so that the coordinates, which are below 2, are pixels.
            1,
            1);
    double[] gradient = {.15625, .15625, .15625, .15625, .078125, .078125, .078125, .078125};
    check(
        backend,
        precision,
        graph,
        "boxes",
        Target.box(layout, BoxChoice.of(1)),
        EXACT,
        1.5625,
        gradient);
    BoxChoice near = BoxChoice.overlapping(new Detections.Box(1, 1, 2, 2));
    check(backend, precision, graph, "boxes", Target.box(layout, near), EXACT, 1.5625, gradient);
  }
}
