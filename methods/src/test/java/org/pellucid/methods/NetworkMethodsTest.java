package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
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
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.Networks;
import org.pellucid.testkit.SaliencyAssert;
import org.pellucid.testkit.Values;

/** Methods that ask for more of the network than a layer's numbers. */
class NetworkMethodsTest {
  private static final Selection IMAGE = Selection.of(new Tap("image"));

  /**
   * Convolution with a bias, normalisation, ReLU, constants added and taken away, a linear head.
   */
  private static ModelGraph piecewiseLinear() {
    Values values = new Values(5);
    List<Integer> one = List.of(1, 1);
    List<Integer> two = List.of(2, 2);
    List<Integer> none = List.of(0, 0);
    return new GraphBuilder()
        .input("image", 1, 2, 6, 6)
        .constant("kernel", values.signed(4, 2, 3, 3).cast(ElementType.FLOAT32))
        .constant("bias", values.signed(4).cast(ElementType.FLOAT32))
        .constant("scale", values.positive(4).cast(ElementType.FLOAT32))
        .constant("shift", values.signed(4).cast(ElementType.FLOAT32))
        .constant("mean", values.signed(4).cast(ElementType.FLOAT32))
        .constant("variance", values.positive(4).cast(ElementType.FLOAT32))
        .constant("offset", values.signed(1, 4, 1, 1).cast(ElementType.FLOAT32))
        .constant("less", Tensor.of(Shape.of(1), -0.3f))
        .constant("head", values.signed(3, 4).cast(ElementType.FLOAT32))
        .constant("head bias", values.signed(3).cast(ElementType.FLOAT32))
        .node("conv", new Conv(one, one, none, none, 1), "image", "kernel", "bias")
        .node("norm", new BatchNormalization(1e-5), "conv", "scale", "shift", "mean", "variance")
        .node("relu", new Unary.Relu(), "norm")
        .node("moved", new Binary.Add(), "offset", "relu")
        .node("taken", new Binary.Sub(), "moved", "less")
        .node("scaled", new Unary.Affine(2, 0.25), "taken")
        .node("pool", new MaxPool(two, two, one, none, none, false), "scaled")
        .node("means", new Reduce.ReduceMean(List.of(2, 3), false), "pool")
        .node("scores", new Gemm(1, 0.5, false, true), "means", "head", "head bias")
        .build("scores");
  }

  private static Saliency explain(
      Explainer explainer, ModelGraph graph, Selection selection, Options options, Target target) {
    try (LoadedModel model =
        new ReferenceBackend().load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64))) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(Map.of("image", Networks.images(graph, 1, 3)))
              .target(target)
              .build();
      return explainer.explain(probe, selection, options);
    }
  }

  private static Saliency explain(
      Explainer explainer, ModelGraph graph, Selection selection, Options options) {
    return explain(explainer, graph, selection, options, Target.ofClass(1));
  }

  @Test
  void inputAndBiasesAddUpToTheScoreOfAPiecewiseLinearNetwork() {
    Saliency saliency = explain(new FullGrad(), piecewiseLinear(), IMAGE, Options.DEFAULTS);
    assertThat(saliency.measures().get("completenessDelta")).isCloseTo(0, within(1e-12));
    assertThat(saliency.warnings()).isEmpty();
  }

  @Test
  void elsewhereFullGradSaysWhatIsMissing() {
    Saliency saliency = explain(new FullGrad(), Networks.residual(), IMAGE, Options.DEFAULTS);
    assertThat(Math.abs(saliency.measures().get("completenessDelta"))).isGreaterThan(1e-3);
    assertThat(saliency.warnings()).singleElement().asString().contains("not made of");
  }

  @Test
  void refineCamMultipliesTheStages() {
    ModelGraph graph = Networks.residual();
    assertThat(Stages.before(graph, new Tap("block2 out")))
        .containsExactly(new Tap("block1 out"), new Tap("block2 out"));
    Saliency product =
        explain(new RefineCam(), graph, Selection.of(new Tap("block2 out")), Options.DEFAULTS);
    double[] expected = new double[36];
    Arrays.fill(expected, 1);
    for (String layer : List.of("block1 out", "block2 out")) {
      Tensor map =
          explain(new GradCamPlusPlus(), graph, Selection.of(new Tap(layer)), Options.DEFAULTS)
              .map();
      double[] cells = map.toDoubleArray();
      double max = Arrays.stream(cells).max().orElseThrow();
      Arrays.setAll(cells, i -> Math.max(0, cells[i] / max));
      double[] pixels = new Enlargement(map.shape(), Shape.of(6, 6)).of(cells);
      Arrays.setAll(expected, i -> expected[i] * pixels[i]);
    }
    SaliencyAssert.assertThat(product).hasMap(Shape.of(6, 6), 1e-12, expected);
    assertThat(product.measures()).containsEntry("layers", 2.0);
  }

  @Test
  void finerCamAndResidualSoftmaxNeedOtherClasses() {
    ModelGraph graph = Networks.residual();
    Selection layer = Selection.of(new Tap("block2 out"));
    Target sum = new WeightedScores("all", new double[] {1, 1, 1});
    assertThatThrownBy(() -> explain(new FinerCam(), graph, layer, Options.DEFAULTS, sum))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("grad-cam");
    assertThatThrownBy(() -> explain(new ShapleyCam(), graph, layer, Options.DEFAULTS, sum))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("utility=score");
    Options score = Options.DEFAULTS.with(ShapleyCam.UTILITY, ShapleyCam.Utility.SCORE);
    SaliencyAssert.assertThat(explain(new ShapleyCam(), graph, layer, score, sum)).isFinite();
    assertThat(explain(new FinerCam(), graph, layer, Options.DEFAULTS).measures())
        .containsEntry("comparedClasses", 2.0);
  }

  @Test
  void smoothingWithoutNoiseIsTheMethodItself() {
    Options still =
        Options.DEFAULTS.with(CleanGradientMethod.SMOOTHING, 3).with(NoiseOptions.NOISE, 0.0);
    for (Explainer explainer :
        List.of(new GuidedBackpropagation(), new InputTimesGradient(), new IntegratedGradients())) {
      Saliency once = explain(explainer, piecewiseLinear(), IMAGE, Options.DEFAULTS);
      SaliencyAssert.assertThat(explain(explainer, piecewiseLinear(), IMAGE, still))
          .isCloseTo(once, 1e-14);
      Options noisy = still.with(NoiseOptions.NOISE, 0.3);
      assertThat(explain(explainer, piecewiseLinear(), IMAGE, noisy).map().toDoubleArray())
          .isNotEqualTo(once.map().toDoubleArray());
    }
  }

  @Test
  void guidanceWarnsWhereThereIsNoReLU() {
    GraphBuilder network =
        new GraphBuilder()
            .input("image", 1, 2, 4, 4)
            .constant("kernel", new Values(2).signed(3, 2, 4, 4).cast(ElementType.FLOAT32))
            .node(
                "conv",
                new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1),
                "image",
                "kernel")
            .node("active", new Unary.Gelu(false), "conv")
            .node("scores", new Reduce.ReduceMean(List.of(2, 3), false), "active");
    ModelGraph graph = network.build("scores");
    Saliency guided = explain(new GuidedBackpropagation(), graph, IMAGE, Options.DEFAULTS);
    assertThat(guided.warnings()).singleElement().asString().contains("no ReLU");
    SaliencyAssert.assertThat(guided)
        .isCloseTo(explain(new Gradient(), graph, IMAGE, Options.DEFAULTS), 1e-14);
  }

  @Test
  void kernelsCompareCellsUpToANumber() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 2, 260, 260)
            .constant("kernel", new Values(2).signed(3, 2, 1, 1).cast(ElementType.FLOAT32))
            .node(
                "conv",
                new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1),
                "image",
                "kernel")
            .node("scores", new Reduce.ReduceMean(List.of(2, 3), false), "conv")
            .build("scores");
    assertThatThrownBy(
            () -> explain(new KpcaCam(), graph, Selection.of(new Tap("conv")), Options.DEFAULTS))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("67600")
        .hasMessageContaining("eigen-cam");
  }
}
