package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.ClosedFormExplainer;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.MapSelection;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.NeuronSelection.Role;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;

/**
 * What every explainer of a layer must do, without a backend. Extend it, name the explainer, and
 * inherit the proof:
 *
 * <pre>{@code
 * class MyCamTest extends ExplainerContract {
 *   @Override
 *   protected Explainer explainer() {
 *     return new MyCam();
 *   }
 * }
 * }</pre>
 *
 * <p>What is expected on zero, infinite or undefined gradients is only asked of explainers that
 * need {@link Need#LAYER_GRADIENTS} or {@link Need#INPUT_GRADIENTS} (those are asked about a layer
 * as if it were the input), and on such activations of those that need {@link Need#LAYER}.
 */
public abstract class ExplainerContract {
  private static final Selection WHOLE = Selection.of(ArrayProbe.LAYER);
  private static final Set<Class<?>> OPTION_TYPES =
      Set.of(Integer.class, Long.class, Double.class, Boolean.class);

  /** Sums over maps and cells may run in any order. */
  private static final double ROUNDING = 1e-12;

  /** The explainer. */
  protected abstract Explainer explainer();

  /** The options to test with; the defaults unless overridden. */
  protected Options options() {
    return Options.DEFAULTS;
  }

  private Saliency explain(ModelProbe probe, Selection selection) {
    return explainer().explain(probe, selection, options());
  }

  private Saliency explain(ModelProbe probe) {
    return explain(probe, WHOLE);
  }

  private boolean usesGradients() {
    return explainer().needs().contains(Need.LAYER_GRADIENTS);
  }

  // What it says of itself

  @Test
  void namesAreShortLowerCaseAndDistinct() {
    List<String> names = new ArrayList<>(explainer().aliases());
    names.add(explainer().id());
    assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z0-9][a-z0-9+-]*"));
    assertThat(explainer().description()).isNotBlank();
    assertThat(explainer().needs()).isNotNull();
  }

  @Test
  void isFoundAsAService() {
    assertThat(
            ServiceLoader.load(Explainer.class).stream()
                .map(ServiceLoader.Provider::type)
                .filter(type -> type == explainer().getClass()))
        .hasSize(1);
  }

  @Test
  void optionsSayWhatTheyAreAndHaveDefaultsWithinTheirRange() {
    Set<String> names = new HashSet<>();
    for (Option<?> option : explainer().options()) {
      assertThat(option.name()).matches("[a-z][a-z0-9-]*");
      assertThat(names.add(option.name())).as(option.name()).isTrue();
      assertThat(option.meaning()).as(option.name()).isNotBlank();
      assertThat(option.range()).as(option.name()).isNotBlank();
      assertThat(OPTION_TYPES.contains(option.type()) || option.type().isEnum()).isTrue();
      Object parsed = option.parse(Option.text(option.defaultValue()));
      assertThat(parsed).isEqualTo(option.defaultValue());
      assertThatThrownBy(() -> option.parse("no such value"))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(option.name())
          .hasMessageContaining(option.range());
    }
    assertThatThrownBy(() -> Options.parse(explainer().options(), Map.of("no-such-option", "1")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no-such-option");
  }

  // What it makes of a layer

  @Test
  void theMapHasTheShapeOfTheLayerAndItsPartsAddUp() {
    for (long seed = 0; seed < 5; seed++) {
      Saliency saliency = explain(new LayerScene(seed).probe());
      SaliencyAssert.assertThat(saliency).isFinite();
      assertThat(saliency.map().shape()).isEqualTo(LayerScene.SPACE);
      assertThat(saliency.status()).isEqualTo(statusOf(saliency));
      if (!saliency.contributions().isEmpty()) {
        assertThat(saliency.contributions()).hasSize(LayerScene.MAPS);
        double[] parts =
            saliency.contributions().stream()
                .mapToDouble(Saliency.Contribution::contribution)
                .toArray();
        assertThat(Arrays.stream(saliency.map().toDoubleArray()).sum())
            .isCloseTo(Arrays.stream(parts).sum(), within(ROUNDING * magnitude(parts)));
      }
      saliency
          .standardError()
          .ifPresent(error -> assertThat(error.shape()).isEqualTo(LayerScene.SPACE));
    }
  }

  @Test
  void aFormulaGivesTheMapThatIsExplained() {
    assumeTrue(explainer() instanceof ClosedFormExplainer);
    ClosedFormExplainer formula = (ClosedFormExplainer) explainer();
    for (long seed = 0; seed < 5; seed++) {
      ModelProbe probe = new LayerScene(seed).probe();
      LayerCapture capture = probe.capture(ArrayProbe.LAYER);
      Field map =
          formula.map(
              ArrayAlgebra.INSTANCE,
              new Field(capture.maps(), capture.cells(), capture.activations()),
              new Field(capture.maps(), capture.cells(), capture.gradients()),
              options());
      assertThat(map.values()).containsExactly(explain(probe).map().toDoubleArray());
    }
  }

  private static Status statusOf(Saliency saliency) {
    double[] map = saliency.map().toDoubleArray();
    double max = Arrays.stream(map).max().orElseThrow();
    if (!(max > 0)) {
      return Status.NO_POSITIVE_EVIDENCE;
    }
    return Arrays.stream(map).allMatch(x -> x == max) ? Status.FLAT : Status.OK;
  }

  private static double magnitude(double... numbers) {
    return Arrays.stream(numbers).map(Math::abs).sum();
  }

  @Test
  void aUniformLayerIsFlat() {
    assumeTrue(usesGradients());
    Saliency saliency = explain(LayerScene.constant(LayerScene.filled(2), LayerScene.filled(0.5)));
    SaliencyAssert.assertThat(saliency).hasStatus(Status.FLAT).isFinite();
  }

  @Test
  void negativeGradientsAreNoPositiveEvidence() {
    assumeTrue(usesGradients());
    Saliency saliency = explain(LayerScene.constant(LayerScene.filled(2), LayerScene.filled(-0.5)));
    SaliencyAssert.assertThat(saliency).hasStatus(Status.NO_POSITIVE_EVIDENCE).isFinite();
  }

  @Test
  void whatIsZeroOrNotFiniteIsDegenerate() {
    double[] ones = LayerScene.filled(1);
    degenerate(LayerScene.filled(Double.NaN), LayerScene.filled(Double.NaN));
    if (explainer().needs().contains(Need.LAYER)) {
      degenerate(LayerScene.filled(0), ones);
      degenerate(LayerScene.filled(1, 7, Double.NaN), ones);
      degenerate(LayerScene.filled(1, 7, Double.POSITIVE_INFINITY), ones);
      degenerate(LayerScene.filled(1, 59, Double.NEGATIVE_INFINITY), ones);
    }
    assumeTrue(usesGradients() || explainer().needs().contains(Need.INPUT_GRADIENTS));
    degenerate(ones, LayerScene.filled(0));
    degenerate(ones, LayerScene.filled(1, 7, Double.NaN));
    degenerate(ones, LayerScene.filled(1, 7, Double.POSITIVE_INFINITY));
    degenerate(ones, LayerScene.filled(-1, 59, Double.NEGATIVE_INFINITY));
  }

  private void degenerate(double[] activations, double[] gradients) {
    Saliency saliency = explain(LayerScene.constant(activations, gradients));
    SaliencyAssert.assertThat(saliency).hasStatus(Status.DEGENERATE).isFinite().isAllZero();
    assertThat(saliency.map().shape()).isEqualTo(LayerScene.SPACE);
    assertThat(saliency.warnings()).isNotEmpty();
  }

  @Test
  void hugeAndTinyNumbersNeverGiveNaN() {
    for (double a : new double[] {1e300, 1e38, 1e-38, 1e-300, Double.MIN_VALUE}) {
      for (double g : new double[] {1e300, 1e38, 1e-38, 1e-300, Double.MIN_VALUE}) {
        double[] activations = LayerScene.filled(a, 3, 0);
        SaliencyAssert.assertThat(explain(LayerScene.constant(activations, LayerScene.filled(g))))
            .isFinite();
        SaliencyAssert.assertThat(
                explain(LayerScene.constant(activations, LayerScene.filled(g, 5, -g))))
            .isFinite();
      }
    }
  }

  // Symmetries

  @Test
  void theOrderOfFeatureMapsDoesNotMatter() {
    int cells = LayerScene.ROWS * LayerScene.COLUMNS;
    int[] order = {3, 0, 4, 1, 2};
    for (long seed = 0; seed < 5; seed++) {
      LayerScene scene = new LayerScene(seed);
      Saliency straight = explain(scene.probe());
      Saliency permuted = explain(scene.probe(i -> order[i / cells] * cells + i % cells));
      SaliencyAssert.assertThat(permuted)
          .hasMap(LayerScene.SPACE, tolerance(straight), straight.map().toDoubleArray());
      for (Saliency.Contribution part : permuted.contributions()) {
        Saliency.Contribution before = straight.contributions().get(order[part.featureMap()]);
        assertThat(part.weight())
            .isCloseTo(before.weight(), within(ROUNDING * Math.abs(before.weight())));
      }
    }
  }

  @Test
  void aMirroredLayerGivesAMirroredMap() {
    // Not where the image, which stays as it is, is looked at through the layer.
    assumeTrue(!explainer().needs().contains(Need.MANY_FORWARDS));
    int columns = LayerScene.COLUMNS;
    for (long seed = 0; seed < 5; seed++) {
      LayerScene scene = new LayerScene(seed);
      Saliency straight = explain(scene.probe());
      Saliency mirrored =
          explain(scene.probe(i -> i / columns * columns + columns - 1 - i % columns));
      double[] expected = new double[LayerScene.ROWS * columns];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = straight.map().get(i / columns * columns + columns - 1 - i % columns);
      }
      SaliencyAssert.assertThat(mirrored).hasMap(LayerScene.SPACE, tolerance(straight), expected);
    }
  }

  /** Rounding of a sum: a fraction of the summed magnitudes. */
  private static double tolerance(Saliency... parts) {
    double magnitude = 0;
    for (Saliency part : parts) {
      magnitude += magnitude(part.map().toDoubleArray());
      for (Saliency.Contribution contribution : part.contributions()) {
        magnitude += Math.abs(contribution.contribution());
      }
    }
    return ROUNDING * magnitude;
  }

  // Selections

  @Test
  void mapsOverAPartitionOfFeatureMapsAddUp() {
    partition(
        WHOLE.with(MapSelection.of(0, 3)),
        WHOLE.with(MapSelection.of(1)),
        WHOLE.with(MapSelection.of(2, 4)));
  }

  @Test
  void mapsOverAPartitionOfNeuronsAddUp() {
    partition(
        neurons(Role.CONTRIBUTION, Region.cells(0, 0, 2, 1), Region.cell(2, 0)),
        neurons(Role.CONTRIBUTION, Region.cells(0, 1, 2, 3)),
        neurons(Role.CONTRIBUTION, Region.cells(2, 1, 1, 3)));
  }

  private static Selection neurons(Role role, Region... regions) {
    return WHOLE.with(new NeuronSelection(List.of(regions), role));
  }

  private void partition(Selection... selections) {
    for (long seed = 0; seed < 5; seed++) {
      LayerScene scene = new LayerScene(seed);
      Saliency whole = explain(scene.probe());
      double[] sum = new double[whole.map().size()];
      Saliency[] parts = new Saliency[selections.length];
      for (int part = 0; part < parts.length; part++) {
        parts[part] = explain(scene.probe(), selections[part]);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += parts[part].map().get(i);
        }
      }
      SaliencyAssert.assertThat(whole).hasMap(LayerScene.SPACE, tolerance(parts), sum);
    }
  }

  @Test
  void contributionNamesTheSelectedFeatureMaps() {
    Saliency whole = explain(new LayerScene(1).probe());
    Saliency some = explain(new LayerScene(1).probe(), WHOLE.with(MapSelection.of(3, 1)));
    assumeTrue(!whole.contributions().isEmpty());
    assertThat(some.contributions())
        .containsExactly(whole.contributions().get(1), whole.contributions().get(3));
  }

  @Test
  void topFeatureMapsAreThoseOfTheLargestPositiveParts() {
    LayerScene scene = new LayerScene(2);
    Selection two = WHOLE.with(new MapSelection.TopByContribution(2));
    if (explain(scene.probe()).contributions().isEmpty()) {
      assertThatThrownBy(() -> explain(scene.probe(), two))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("by index");
      return;
    }
    double[] positive = new double[LayerScene.MAPS];
    for (int k = 0; k < positive.length; k++) {
      Saliency one = explain(scene.probe(), WHOLE.with(MapSelection.of(k)));
      positive[k] = Arrays.stream(one.map().toDoubleArray()).map(x -> Math.max(0, x)).sum();
    }
    Saliency top = explain(scene.probe(), two);
    double least =
        top.contributions().stream().mapToDouble(c -> positive[c.featureMap()]).min().orElseThrow();
    assertThat(top.contributions()).hasSize(2);
    assertThat(Arrays.stream(positive).filter(p -> p > least).count()).isLessThan(2);
  }

  @Test
  void neuronsMayBeGivenInPixels() {
    LayerScene scene = new LayerScene(3);
    // The image has two pixels to a cell, each way.
    SaliencyAssert.assertThat(explain(scene.probe(), neurons(Role.BOTH, Region.pixels(2, 4, 4, 3))))
        .hasSameBitsAs(explain(scene.probe(), neurons(Role.BOTH, Region.cells(1, 2, 2, 2))));
    SaliencyAssert.assertThat(explain(scene.probe(), neurons(Role.BOTH, Region.pixels(0, 0, 6, 8))))
        .hasSameBitsAs(explain(scene.probe()));
  }

  @Test
  void cellsThatAreNotSelectedAreZeroUnlessTheWeightsAloneAreRestricted() {
    LayerScene scene = new LayerScene(4);
    Region corner = Region.cell(0, 0);
    for (Role role : List.of(Role.CONTRIBUTION, Role.BOTH)) {
      double[] map = explain(scene.probe(), neurons(role, corner)).map().toDoubleArray();
      assertThat(Arrays.stream(map).skip(1)).as(role.toString()).allMatch(x -> x == 0);
    }
  }

  @Test
  void selectionsThatDoNotFitAreRefused() {
    refused(WHOLE.with(MapSelection.of(0, 5)), "0 to 4");
    refused(WHOLE.with(new MapSelection.TopByContribution(6)), "5");
    refused(neurons(Role.CONTRIBUTION, Region.cell(3, 0)), "0 to 2");
    refused(neurons(Role.WEIGHT, Region.cells(0, 2, 1, 3)), "0 to 3");
    refused(neurons(Role.BOTH, Region.pixels(0, 8, 1, 1)), "0 to 7");
    refused(Selection.of(new Tap("nowhere")), "nowhere");
  }

  private void refused(Selection selection, String what) {
    assertThatThrownBy(() -> explain(new LayerScene(0).probe(), selection))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(what);
  }

  // Sameness

  @Test
  void equalQuestionsHaveBitwiseEqualAnswersAndLeaveTheProbeAsItWas() {
    ModelProbe probe = new LayerScene(6).probe();
    LayerCapture before = probe.capture(ArrayProbe.LAYER);
    double[] activations = before.activations().clone();
    double[] gradients = before.gradients().clone();
    Saliency first = explain(probe);
    SaliencyAssert.assertThat(explain(probe)).hasSameBitsAs(first);
    SaliencyAssert.assertThat(explain(new LayerScene(6).probe())).hasSameBitsAs(first);
    assertThat(probe.capture(ArrayProbe.LAYER).activations()).containsExactly(activations);
    assertThat(probe.capture(ArrayProbe.LAYER).gradients()).containsExactly(gradients);
  }

  @Test
  void severalThreadsMayUseOneExplainer() throws Exception {
    Explainer shared = explainer();
    List<Saliency> expected = new ArrayList<>();
    for (long seed = 0; seed < 8; seed++) {
      expected.add(explain(new LayerScene(seed).probe()));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Saliency>> found = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        ModelProbe probe = new LayerScene(i % 8).probe();
        found.add(threads.submit(() -> shared.explain(probe, WHOLE, options())));
      }
      for (int i = 0; i < found.size(); i++) {
        SaliencyAssert.assertThat(found.get(i).get()).hasSameBitsAs(expected.get(i % 8));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
