package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Need;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.SaliencyAssert;

/**
 * What every method says where there is little or nothing to show. The image is the layer where it
 * is positive; class 0 scores the weighted means of its two channels.
 */
class StatusesTest {
  private static final Shape IMAGE = Shape.of(1, 2, 4, 4);
  private static final double[] FOR = {1, 0.5, -1, 1};
  private static final double[] AGAINST = {-1, -0.5, 1, 1};
  private static final double[] WITHOUT = {0, 0, 1, 1};

  private static final Status OK = Status.OK;
  private static final Status FLAT = Status.FLAT;
  private static final Status NONE = Status.NO_POSITIVE_EVIDENCE;
  private static final Status NOTHING = Status.DEGENERATE;

  /**
   * What a method says.
   *
   * @param flat of an image that is the same everywhere
   * @param against of positive cells that lower the score
   * @param without of a score that depends on nothing
   * @param dead of a layer of zeros
   */
  private record Said(Status flat, Status against, Status without, Status dead) {}

  /** A gradient, or its product with activations, has a sign, and is there or not. */
  private static final Said SIGNED = new Said(FLAT, NONE, NOTHING, NOTHING);

  /** A magnitude is positive whatever it speaks for. */
  private static final Said MAGNITUDE = new Said(FLAT, OK, NOTHING, NOTHING);

  /** No class is looked at. */
  private static final Said ACTIVATIONS = new Said(FLAT, OK, OK, NOTHING);

  /** Weights without gradients: of 0, where the score depends on nothing. */
  private static final Said WEIGHTS = new Said(FLAT, NONE, NONE, NOTHING);

  /** A feature map that is the same everywhere hides nothing; softmax makes weights positive. */
  private static final Said MASKS = new Said(NONE, OK, OK, NOTHING);

  private static final Map<String, Said> SAID =
      Map.ofEntries(
          Map.entry("grad-cam", SIGNED),
          Map.entry("grad-cam++", SIGNED),
          Map.entry("smooth-grad-cam++", SIGNED),
          Map.entry("xgrad-cam", SIGNED),
          Map.entry("layer-cam", SIGNED),
          Map.entry("hires-cam", SIGNED),
          Map.entry("grad-cam-elementwise", SIGNED),
          Map.entry("eigen-grad-cam", SIGNED),
          Map.entry("refine-cam", SIGNED),
          Map.entry("le-grad", SIGNED),
          Map.entry("input-x-gradient", SIGNED),
          Map.entry("integrated-gradients", SIGNED),
          Map.entry("full-grad", MAGNITUDE),
          Map.entry("seg-eigen-cam", MAGNITUDE),
          Map.entry("smooth-grad", MAGNITUDE),
          Map.entry("square-grad", MAGNITUDE),
          // The network is linear: its gradient is the same at all positive pixels.
          Map.entry("gradient", new Said(FLAT, FLAT, NOTHING, NOTHING)),
          // Noise is a part of the image's range, and there is none: nothing varies.
          Map.entry("var-grad", new Said(NONE, OK, NOTHING, NOTHING)),
          // Negative gradients do not pass ReLU.
          Map.entry("guided-backpropagation", new Said(FLAT, NOTHING, NOTHING, NOTHING)),
          Map.entry("guided-grad-cam", new Said(FLAT, NOTHING, NOTHING, NOTHING)),
          Map.entry("guided-smooth-grad-cam++", new Said(FLAT, NOTHING, NOTHING, NOTHING)),
          Map.entry("eigen-cam", ACTIVATIONS),
          Map.entry("deep-feature-factorization", ACTIVATIONS),
          // Less their mean, activations that are the same everywhere are zeros.
          Map.entry("kpca-cam", new Said(NONE, OK, OK, NOTHING)),
          // No cell is two deviations above the mean.
          Map.entry("fem", new Said(NONE, NONE, NONE, NOTHING)),
          Map.entry("cam", WEIGHTS),
          Map.entry("ablation-cam", WEIGHTS),
          // Beside class 1, class 0 has a difference, even where its own score depends on nothing.
          Map.entry("finer-cam", WEIGHTS),
          Map.entry("shapley-cam", WEIGHTS),
          // Its mask reaches over the edge: corners keep less.
          Map.entry("recipro-cam", new Said(OK, NONE, NONE, NOTHING)),
          Map.entry("score-cam", MASKS),
          Map.entry("ss-cam", MASKS),
          Map.entry("is-cam", MASKS),
          // Covered with the image's mean, or seen through masks, a dead image scores the same.
          Map.entry("occlusion", new Said(NONE, OK, NONE, NONE)),
          Map.entry("rise", new Said(OK, NONE, NONE, NONE)));

  static Stream<Explainer> methods() {
    return ServiceLoader.load(Explainer.class).stream().map(ServiceLoader.Provider::get);
  }

  @Test
  void everyMethodIsTried() {
    Set<String> ids = methods().map(Explainer::id).collect(Collectors.toSet());
    assertThat(SAID.keySet()).isEqualTo(ids);
  }

  private static double[] filled(double value) {
    double[] pixels = new double[32];
    Arrays.fill(pixels, value);
    return pixels;
  }

  /** Positive numbers, in the two channels not the same. */
  private static double[] various() {
    return IntStream.range(0, 32).mapToDouble(i -> 1 + i % 16 + i / 16 * (i % 3)).toArray();
  }

  /** The layer's cells attend to each other where a method looks at that, or are pooled at once. */
  private static ModelGraph network(Explainer method, double[] head) {
    List<Integer> one = List.of(1, 1);
    List<Integer> none = List.of(0, 0);
    GraphBuilder network =
        new GraphBuilder()
            .input("image", new TensorType(ElementType.FLOAT64, IMAGE))
            .constant("same", Tensor.of(Shape.of(2, 2, 1, 1), 1.0, 0.0, 0.0, 1.0))
            .constant("head", Tensor.of(Shape.of(2, 2), head))
            .node("conv", new Conv(one, one, none, none, 1), "image", "same")
            .node("layer", new Unary.Relu(), "conv");
    if (method.needs().contains(Need.ATTENTION)) {
      network
          .node("patches", new Conv(one, one, none, none, 1), "layer", "same")
          .node("rows", new Reshape(Shape.of(1, 2, 16)), "patches")
          .node("tokens", new Transpose(List.of(0, 2, 1)), "rows")
          .node("products", new MatMul(), "tokens", "rows")
          .node("attention", new Softmax(2), "products")
          .node("attended", new MatMul(), "attention", "tokens")
          .node("sum", new Binary.Add(), "tokens", "attended")
          .node("means", new Reduce.ReduceMean(List.of(1), false), "sum");
    } else {
      network.node("means", new Reduce.ReduceMean(List.of(2, 3), false), "layer");
    }
    return network.node("scores", new Gemm(1, 1, false, true), "means", "head").build("scores");
  }

  private static Saliency explain(Explainer method, double[] head, double[] image) {
    try (LoadedModel model =
        new ReferenceBackend()
            .load(network(method, head), LoadOptions.DEFAULT.with(Precision.FLOAT64))) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(Map.of("image", Tensor.of(IMAGE, image)))
              .target(Target.ofClass(0))
              .build();
      boolean ofLayer = method.needs().contains(Need.LAYER);
      Selection place = Selection.of(ofLayer ? new Tap("layer") : probe.inputTap());
      Options options =
          method.id().equals("rise") ? Options.DEFAULTS.with(Rise.MASKS, 50) : Options.DEFAULTS;
      return method.explain(probe, place, options);
    }
  }

  private static void check(String what, Saliency saliency, Status status) {
    assertThat(saliency.status()).as(what).isEqualTo(status);
    SaliencyAssert.assertThat(saliency).isFinite();
    if (status == NOTHING) {
      SaliencyAssert.assertThat(saliency).isAllZero();
      assertThat(saliency.warnings()).as(what).anyMatch(line -> line.contains("nothing to show"));
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void littleOrNothingIsSaidToBeThat(Explainer method) {
    Said said = SAID.get(method.id());
    check("flat", explain(method, FOR, filled(2)), said.flat());
    check("against", explain(method, AGAINST, various()), said.against());
    check("without", explain(method, WITHOUT, various()), said.without());
    check("dead", explain(method, FOR, filled(-1)), said.dead());
    for (double broken : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] image = various();
      image[5] = broken;
      check("broken", explain(method, FOR, image), NOTHING);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void somethingIsShownWhereThereIsSomething(Explainer method) {
    Saliency saliency = explain(method, FOR, various());
    double largest = Arrays.stream(saliency.map().toDoubleArray()).max().orElseThrow();
    // See above for those that have nothing of it.
    assertThat(saliency.status())
        .isEqualTo(
            switch (method.id()) {
              case "fem" -> NONE;
              case "gradient", "guided-backpropagation" -> FLAT;
              default -> OK;
            });
    assertThat(largest > 0).isEqualTo(!method.id().equals("fem"));
  }
}
