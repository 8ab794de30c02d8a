package org.pellucid.it.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.GradientBackend;
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
import org.pellucid.core.Registry;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.it.Backends;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxModelBuilder;
import org.pellucid.testkit.SaliencyAssert;

/** What mirrored images, reordered maps and images without content do to maps, end to end. */
class SymmetryTest {
  private static final int MAPS = 4;
  private static final int WIDTH = 9;
  private static final int[] STRAIGHT = {0, 1, 2, 3};

  /** Sums in another order, in float64. */
  private static final double ROUNDING = 1e-11;

  @TempDir static Path directory;

  /** Every method that the networks here, convolutional ones, can serve. */
  static Stream<Arguments> all() {
    return where(explainer -> !explainer.needs().contains(Need.ATTENTION));
  }

  /**
   * Those whose maps turn with the image: random masks and noise on masks stay where they are, and
   * without noise, which stays too, there is no variance to show.
   */
  static Stream<Arguments> turning() {
    return where(
        explainer ->
            !explainer.needs().contains(Need.ATTENTION)
                && !Set.of("rise", "ss-cam", "var-grad").contains(explainer.id()));
  }

  /** Those of a layer, whose feature maps can be in any order. */
  static Stream<Arguments> ofLayers() {
    return where(explainer -> explainer.needs().contains(Need.LAYER));
  }

  private static Stream<Arguments> where(Predicate<Explainer> condition) {
    return Registry.ofClassPath().backends().stream()
        .flatMap(
            backend ->
                Registry.ofClassPath().explainers().stream()
                    .filter(condition)
                    .map(
                        explainer ->
                            Arguments.of(
                                Named.of(explainer.id(), explainer),
                                Named.of(backend.id(), backend))));
  }

  /**
   * A fully convolutional network whose kernels are mirror images of themselves; where the
   * explainer needs it, with a linear layer behind the means of the layer's maps.
   */
  private static OnnxModelBuilder network(int[] order, Explainer explainer) {
    Numbers numbers = new Numbers(41);
    Tensor w0 = mirrored(numbers.weights(MAPS, 3, 3, 3));
    Tensor w1 = mirrored(numbers.weights(5, MAPS, 3, 3));
    int[] pads = {1, 1, 1, 1};
    OnnxModelBuilder network =
        new OnnxModelBuilder(13)
            .input("image", 1, 3, 7, WIDTH)
            .initializer("w0", reordered(w0, 0, order))
            .node("Conv", List.of("image", "w0"), List.of("c0"), "pads", pads)
            .node("Relu", List.of("c0"), List.of("layer"));
    if (explainer.needs().contains(Need.LINEAR_HEAD)) {
      Tensor head = reordered(numbers.weights(3, MAPS, 1, 1), 1, order);
      return network
          .initializer("head", head.reshape(Shape.of(3, MAPS)))
          .node("GlobalAveragePool", List.of("layer"), List.of("means"))
          .node("Flatten", List.of("means"), List.of("flat"))
          .node("Gemm", List.of("flat", "head"), List.of("scores"), "transB", 1)
          .output("scores");
    }
    return network
        .initializer("w1", reordered(w1, 1, order))
        .initializer("w2", numbers.weights(3, 5, 1, 1))
        .node("Conv", List.of("layer", "w1"), List.of("c1"), "pads", pads)
        .node("Relu", List.of("c1"), List.of("active"))
        .node("Conv", List.of("active", "w2"), List.of("maps"))
        .node("GlobalAveragePool", List.of("maps"), List.of("scores"))
        .output("scores");
  }

  private static Tensor mirrored(Tensor kernel) {
    float[] elements = kernel.toFloatArray();
    for (int i = 0; i < elements.length; i += 3) {
      elements[i + 2] = elements[i];
    }
    return Tensor.of(kernel.shape(), elements);
  }

  /** A kernel with its entries along axis 0 or 1 in another order. */
  private static Tensor reordered(Tensor kernel, int axis, int[] order) {
    int block = (int) kernel.shape().sizeOf(axis + 1, 4);
    int outer = axis == 0 ? 1 : kernel.shape().dim(0);
    float[] from = kernel.toFloatArray();
    float[] to = new float[from.length];
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < order.length; k++) {
        System.arraycopy(
            from, (o * order.length + order[k]) * block, to, (o * order.length + k) * block, block);
      }
    }
    return Tensor.of(kernel.shape(), to);
  }

  private static Tensor flipped(Tensor value) {
    double[] elements = value.toDoubleArray();
    for (int row = 0; row < elements.length; row += WIDTH) {
      for (int i = 0, j = WIDTH - 1; i < j; i++, j--) {
        double swapped = elements[row + i];
        elements[row + i] = elements[row + j];
        elements[row + j] = swapped;
      }
    }
    return Tensor.of(value.shape(), elements);
  }

  private static Saliency explain(
      Explainer explainer,
      GradientBackend backend,
      OnnxModelBuilder model,
      Tensor image,
      Map<String, String> options)
      throws IOException {
    Backends.assumeAvailable(backend);
    assumeThat(backend.precisions()).contains(Precision.FLOAT64);
    Path file = Files.write(directory.resolve("model.onnx"), model.bytes());
    try (LoadedModel loaded =
        backend.load(
            new OnnxImporter().read(file, ImportOptions.DEFAULT),
            Backends.options(backend).with(Precision.FLOAT64).withThreads(1))) {
      StandardProbe probe =
          StandardProbe.of(loaded).inputs(Map.of("image", image)).target(Target.ofClass(0)).build();
      Tap place = explainer.needs().contains(Need.LAYER) ? new Tap("layer") : probe.inputTap();
      Saliency saliency =
          explainer.explain(
              probe, Selection.of(place), Options.parse(explainer.options(), options));
      SaliencyAssert.assertThat(saliency).isFinite();
      return saliency;
    }
  }

  private static Map<String, String> withoutNoise(Explainer explainer) {
    // Noise is numbered by position and does not turn with the image. Smoothing is off anyway.
    return explainer.options().stream().anyMatch(option -> option.name().equals("samples"))
        ? Map.of("noise", "0", "samples", "3")
        : Map.of();
  }

  @ParameterizedTest
  @MethodSource("turning")
  void aMirroredImageHasTheMirroredMap(Explainer explainer, GradientBackend backend)
      throws IOException {
    Tensor image = new Numbers(42).image(1, 3, 7, WIDTH);
    Map<String, String> options = withoutNoise(explainer);
    Saliency straight = explain(explainer, backend, network(STRAIGHT, explainer), image, options);
    Saliency mirror =
        explain(explainer, backend, network(STRAIGHT, explainer), flipped(image), options);
    double[] map = flipped(straight.map()).toDoubleArray();
    assertThat(map).isNotEqualTo(straight.map().toDoubleArray());
    double largest = Arrays.stream(map).map(Math::abs).max().orElseThrow();
    SaliencyAssert.assertThat(mirror)
        .hasStatus(straight.status())
        .hasMap(Shape.of(7, WIDTH), ROUNDING * largest, map);
  }

  @ParameterizedTest
  @MethodSource("ofLayers")
  void theOrderOfFeatureMapsDoesNotMatter(Explainer explainer, GradientBackend backend)
      throws IOException {
    Tensor image = new Numbers(42).image(1, 3, 7, WIDTH);
    Saliency straight = explain(explainer, backend, network(STRAIGHT, explainer), image, Map.of());
    int[] order = {2, 0, 3, 1};
    Saliency other = explain(explainer, backend, network(order, explainer), image, Map.of());
    SaliencyAssert.assertThat(other).isCloseTo(straight, ROUNDING);
    for (int k = 0; k < straight.contributions().size(); k++) {
      double weight = straight.contributions().get(order[k]).weight();
      assertThat(Math.abs(other.contributions().get(k).weight() - weight))
          .isLessThanOrEqualTo(ROUNDING * Math.max(1, Math.abs(weight)));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void imagesWithoutContentHaveAStatus(Explainer explainer, GradientBackend backend)
      throws IOException {
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1.0 / 0}) {
      double[] one = new Numbers(42).image(1, 3, 7, WIDTH).toDoubleArray();
      one[40] = value;
      double[] every = new double[one.length];
      Arrays.fill(every, value);
      for (double[] elements : List.of(one, every)) {
        Tensor image = Tensor.of(Shape.of(1, 3, 7, WIDTH), elements);
        SaliencyAssert.assertThat(
                explain(explainer, backend, network(STRAIGHT, explainer), image, Map.of()))
            .hasStatus(Status.DEGENERATE)
            .isAllZero();
      }
    }
    for (double value : new double[] {0, 1, -3, 1e30, 1e-30}) {
      double[] every = new double[3 * 7 * WIDTH];
      Arrays.fill(every, value);
      Tensor image = Tensor.of(Shape.of(1, 3, 7, WIDTH), every);
      Saliency saliency =
          explain(explainer, backend, network(STRAIGHT, explainer), image, Map.of());
      if (value == 0) {
        // No biases: nothing is active anywhere.
        SaliencyAssert.assertThat(saliency).hasStatus(nothing(explainer)).isAllZero();
      }
    }
  }

  /** What is said where there is nothing: scores alone do not tell it from no evidence. */
  private static Status nothing(Explainer explainer) {
    return explainer.needs().equals(Set.of(Need.MANY_FORWARDS))
        ? Status.NO_POSITIVE_EVIDENCE
        : Status.DEGENERATE;
  }
}
