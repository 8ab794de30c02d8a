package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.core.Pellucid;
import org.pellucid.core.compare.Comparison;
import org.pellucid.core.compare.ComparisonRequest;
import org.pellucid.core.compare.LayerComparison;
import org.pellucid.core.compare.LayerComparison.BackendAgreement;
import org.pellucid.core.compare.Verdict;
import org.pellucid.core.image.Preset;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.op.Conv;
import org.pellucid.onnx.OnnxImporter;

/** All methods on all backends, on networks of several families and on the example model. */
class ComparedArchitecturesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final ComparisonRequest REQUEST =
      ComparisonRequest.DEFAULT.withOptions(Map.of("samples", "3", "noise", "0.05"));

  /**
   * All methods in both precisions take seconds on each network; of those made of the same parts,
   * some stand for the others.
   */
  private static final Set<String> LIKE_OTHERS =
      Set.of(
          "coatnet",
          "convmixer",
          "deeplab-v3",
          "deit",
          "dla",
          "dpn",
          "edgenext",
          "efficientnet-v2",
          "fastvit",
          "fcn",
          "focalnet",
          "ghostnet",
          "hrnet",
          "inception-next",
          "keras-efficientnet-v2",
          "keras-nasnet",
          "maxvit",
          "mlp-mixer",
          "mnasnet",
          "mobilevit",
          "poolformer",
          "pvt-v2",
          "repvgg",
          "repvit",
          "resnest",
          "retinanet",
          "rexnet",
          "swin-dynamo",
          "unet",
          "vit-dynamo",
          "vovnet",
          "xception",
          "yolo-dynamo");

  @TempDir private Path folder;

  static Stream<Arguments> architectures() {
    return ArchitectureFixture.names().stream()
        .filter(name -> !LIKE_OTHERS.contains(name))
        .flatMap(
            name ->
                Stream.of(Precision.FLOAT32, Precision.FLOAT64)
                    .map(precision -> Arguments.of(name, precision)));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void backendsAgree(String name, Precision precision) {
    ArchitectureFixture fixture = ArchitectureFixture.of(name);
    int[] shape = fixture.input().shape();
    boolean channelsLast = shape[3] <= 4;
    Preset preset =
        Preset.NONE.withSize(
            new Preset.Size(shape[channelsLast ? 1 : 2], shape[channelsLast ? 2 : 3]));
    Path model = fixture.write(folder);
    // The last layer that computes features, and one from which kinks lie before the scores.
    List<String> layers =
        convolutions(model) < 3
            ? List.of(fixture.mapsLayer())
            : List.of(fixture.mapsLayer(), "conv:-3");
    List<LayerComparison> found = new ArrayList<>();
    try (Comparison comparison =
        Comparison.of(
            Pellucid.loader().precision(precision).preset(preset),
            model,
            List.of(),
            REQUEST.withLayers(layers.toArray(String[]::new)))) {
      comparison.compare(
          comparison.prepare(name, Map.of(fixture.input().name(), fixture.image(0))),
          Progress.NONE,
          found::add);
    }
    assertThat(found).hasSameSizeAs(layers);
    // ConvNeXt normalises over channels behind the layer: scaling a cell changes next to nothing,
    // and HiResCAM's sum of g A over channels cancels until rounding shows in the ninth digit.
    boolean cancels = name.contains("convnext") && precision == Precision.FLOAT64;
    check(found, precision, cancels ? Set.of("hires-cam") : Set.of());
  }

  private static long convolutions(Path model) {
    return new OnnxImporter()
        .read(model, ImportOptions.DEFAULT).nodes().stream()
            .filter(node -> node.operation() instanceof Conv)
            .count();
  }

  @Test
  void backendsAgreeOnTheExampleModel() {
    for (Precision precision : List.of(Precision.FLOAT32, Precision.FLOAT64)) {
      List<LayerComparison> found = new ArrayList<>();
      try (Comparison comparison =
          Comparison.of(
              Pellucid.loader().precision(precision),
              EXAMPLES.resolve("shapes.onnx"),
              List.of(),
              REQUEST.withTarget("top:2"))) {
        comparison.compare(
            comparison.prepare(EXAMPLES.resolve("triangle-and-hexagon-wide.png")),
            Progress.NONE,
            found::add);
      }
      assertThat(found).hasSize(2);
      check(found, precision, Set.of());
    }
  }

  /**
   * Every method on at least two backends; in float64 to 1e-9, in float32 to 1e-4 but for kinks and
   * for methods that magnify rounding, which double precision has settled.
   */
  private static void check(
      List<LayerComparison> found, Precision precision, Set<String> cancelling) {
    for (LayerComparison layer : found) {
      assertThat(layer.backends()).hasSizeGreaterThanOrEqualTo(2);
      assertThat(layer.cells()).allMatch(cell -> cell.explanation().isPresent());
      assertThat(layer.betweenBackends()).isNotEmpty();
      for (BackendAgreement pair : layer.betweenBackends()) {
        Verdict verdict = pair.verdict();
        if (cancelling.contains(pair.method())) {
          continue;
        }
        if (precision == Precision.FLOAT64) {
          assertThat(verdict).as("%s", pair).isEqualTo(Verdict.AGREES);
        } else {
          assertThat(verdict).as("%s", pair).isNotEqualTo(Verdict.DISAGREES);
        }
      }
    }
  }
}
