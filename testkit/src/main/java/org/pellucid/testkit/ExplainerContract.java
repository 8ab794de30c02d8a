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
 * What every explainer must do, without an engine. Extend it, name the explainer, and inherit the
 * proof:
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
 * <p>An explainer that asks for nothing but a layer's numbers and scores is tried on arrays; one
 * that explains the input, or asks for more of the network, on a small real network. What is
 * expected on zero, infinite or undefined gradients is only asked of explainers that need {@link
 * Need#LAYER_GRADIENTS} or {@link Need#INPUT_GRADIENTS}, and on such activations of those that need
 * {@link Need#LAYER}.
 */
public abstract class ExplainerContract {
  /** What an array probe can be asked for. */
  private static final Set<Need> OF_ARRAYS =
      Set.of(Need.LAYER, Need.LAYER_GRADIENTS, Need.NOISY_COPIES, Need.RESUME, Need.MANY_FORWARDS);

  /** Sums over maps and cells may run in any order. */
  private static final double ROUNDING = 1e-12;

  /** The explainer. */
  protected abstract Explainer explainer();

  /** The explainer, for a test that looks for explainers without a contract. */
  public final Explainer explainerUnderTest() {
    return explainer();
  }

  /** Whether maps depend on where things are by more than what is there, as random masks do. */
  protected boolean dependsOnPosition() {
    return false;
  }

  /** Whether the maps of some feature maps are parts of the whole map. */
  protected boolean mapsAddUp() {
    return true;
  }

  /** Whether what speaks against the target is told from what speaks for it. */
  protected boolean tellsForFromAgainst() {
    return true;
  }

  /** The options to test with; the defaults unless overridden. */
  protected Options options() {
    return Options.DEFAULTS;
  }

  /** A scene that the explainer can be tried on. */
  private Scene scene(long seed) {
    Set<Need> needs = explainer().needs();
    return needs.contains(Need.LAYER) && OF_ARRAYS.containsAll(needs)
        ? new LayerScene(seed)
        : new NetworkScene(seed, explainer());
  }

  private ModelProbe constant(double[] activations, double[] gradients) {
    return scene(0).constant(activations, gradients);
  }

  private Selection whole() {
    return Selection.of(scene(0).place());
  }

  private Saliency explain(ModelProbe probe, Selection selection) {
    return explainer().explain(probe, selection, options());
  }

  private Saliency explain(ModelProbe probe) {
    return explain(probe, whole());
  }

  /**
   * Explains without noise on the input, which is numbered by position and stays where it is when
   * the image turns.
   */
  private Saliency explainStill(ModelProbe probe) {
    Options still = options();
    for (Option<?> option : explainer().options()) {
      if (option.name().equals("noise")) {
        still = without(still, option);
      }
    }
    return explainer().explain(probe, whole(), still);
  }

  private static <T> Options without(Options options, Option<T> noise) {
    return options.with(noise, noise.parse("0"));
  }

  /** Whether some of the feature maps can be selected; an explainer that cannot says so. */
  private boolean selectsMaps() {
    try {
      explain(scene(0).probe(), whole().with(MapSelection.of(0)));
      return true;
    } catch (InvalidRequestException e) {
      assertThat(e).hasMessageContaining(explainer().id()).hasMessageContaining("maps");
      return false;
    }
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
      assertThat(option.defaultValue()).isInstanceOf(option.type());
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
      Saliency saliency = explain(scene(seed).probe());
      SaliencyAssert.assertThat(saliency).isFinite();
      assertThat(saliency.map().shape()).isEqualTo(Scene.SPACE);
      // Other rules may leave nothing of a gradient.
      if (!explainer().needs().contains(Need.GRADIENT_RULES)
          || saliency.status() != Status.DEGENERATE) {
        assertThat(saliency.status()).isEqualTo(statusOf(saliency));
      }
      if (!saliency.contributions().isEmpty()) {
        assertThat(saliency.contributions()).hasSize(Scene.MAPS);
        double[] parts =
            saliency.contributions().stream()
                .mapToDouble(Saliency.Contribution::contribution)
                .toArray();
        assertThat(Arrays.stream(saliency.map().toDoubleArray()).sum())
            .isCloseTo(Arrays.stream(parts).sum(), within(ROUNDING * magnitude(parts)));
      }
      saliency.standardError().ifPresent(error -> assertThat(error.shape()).isEqualTo(Scene.SPACE));
    }
  }

  @Test
  void aFormulaGivesTheMapThatIsExplained() {
    assumeTrue(explainer() instanceof ClosedFormExplainer);
    ClosedFormExplainer formula = (ClosedFormExplainer) explainer();
    for (long seed = 0; seed < 5; seed++) {
      ModelProbe probe = scene(seed).probe();
      LayerCapture capture = probe.capture(scene(0).place());
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
    Saliency saliency = explain(constant(Scene.filled(2), Scene.filled(0.5)));
    SaliencyAssert.assertThat(saliency).hasStatus(Status.FLAT).isFinite();
  }

  @Test
  void negativeGradientsAreNoPositiveEvidence() {
    assumeTrue(usesGradients() && tellsForFromAgainst());
    Saliency saliency = explain(constant(Scene.filled(2), Scene.filled(-0.5)));
    SaliencyAssert.assertThat(saliency).hasStatus(Status.NO_POSITIVE_EVIDENCE).isFinite();
  }

  @Test
  void whatIsZeroOrNotFiniteIsDegenerate() {
    double[] ones = Scene.filled(1);
    degenerate(Scene.filled(Double.NaN), Scene.filled(Double.NaN));
    if (explainer().needs().contains(Need.LAYER)) {
      degenerate(Scene.filled(0), ones);
      degenerate(Scene.filled(1, 7, Double.NaN), ones);
      degenerate(Scene.filled(1, 7, Double.POSITIVE_INFINITY), ones);
      degenerate(Scene.filled(1, 59, Double.NEGATIVE_INFINITY), ones);
    }
    assumeTrue(usesGradients() || explainer().needs().contains(Need.INPUT_GRADIENTS));
    degenerate(ones, Scene.filled(0));
    degenerate(ones, Scene.filled(1, 7, Double.NaN));
    degenerate(ones, Scene.filled(1, 7, Double.POSITIVE_INFINITY));
    degenerate(ones, Scene.filled(-1, 59, Double.NEGATIVE_INFINITY));
  }

  private void degenerate(double[] activations, double[] gradients) {
    Saliency saliency = explain(constant(activations, gradients));
    SaliencyAssert.assertThat(saliency).hasStatus(Status.DEGENERATE).isFinite().isAllZero();
    assertThat(saliency.map().shape()).isEqualTo(Scene.SPACE);
    assertThat(saliency.warnings()).isNotEmpty();
  }

  @Test
  void hugeAndTinyNumbersNeverGiveNaN() {
    for (double a : new double[] {1e300, 1e38, 1e-38, 1e-300, Double.MIN_VALUE}) {
      for (double g : new double[] {1e300, 1e38, 1e-38, 1e-300, Double.MIN_VALUE}) {
        double[] activations = Scene.filled(a, 3, 0);
        SaliencyAssert.assertThat(explain(constant(activations, Scene.filled(g)))).isFinite();
        SaliencyAssert.assertThat(explain(constant(activations, Scene.filled(g, 5, -g))))
            .isFinite();
      }
    }
  }

  // Symmetries

  @Test
  void theOrderOfFeatureMapsDoesNotMatter() {
    int cells = Scene.ROWS * Scene.COLUMNS;
    int[] order = {3, 0, 4, 1, 2};
    for (long seed = 0; seed < 5; seed++) {
      Scene scene = scene(seed);
      Saliency straight = explainStill(scene.probe());
      Saliency permuted = explainStill(scene.probe(i -> order[i / cells] * cells + i % cells));
      SaliencyAssert.assertThat(permuted)
          .hasMap(Scene.SPACE, tolerance(straight), straight.map().toDoubleArray());
      for (Saliency.Contribution part : permuted.contributions()) {
        Saliency.Contribution before = straight.contributions().get(order[part.featureMap()]);
        assertThat(part.weight())
            .isCloseTo(before.weight(), within(ROUNDING * Math.abs(before.weight())));
      }
    }
  }

  @Test
  void aMirroredLayerGivesAMirroredMap() {
    assumeTrue(!dependsOnPosition());
    // Not where the image, which stays as it is, is looked at through the layer.
    assumeTrue(!explainer().needs().containsAll(Set.of(Need.LAYER, Need.MANY_FORWARDS)));
    int columns = Scene.COLUMNS;
    for (long seed = 0; seed < 5; seed++) {
      Scene scene = scene(seed);
      Saliency straight = explainStill(scene.probe());
      Saliency mirrored =
          explainStill(scene.probe(i -> i / columns * columns + columns - 1 - i % columns));
      double[] expected = new double[Scene.ROWS * columns];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = straight.map().get(i / columns * columns + columns - 1 - i % columns);
      }
      SaliencyAssert.assertThat(mirrored).hasMap(Scene.SPACE, tolerance(straight), expected);
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
    assumeTrue(selectsMaps() && mapsAddUp());
    partition(
        whole().with(MapSelection.of(0, 3)),
        whole().with(MapSelection.of(1)),
        whole().with(MapSelection.of(2, 4)));
  }

  @Test
  void mapsOverAPartitionOfNeuronsAddUp() {
    partition(
        neurons(Role.CONTRIBUTION, Region.cells(0, 0, 2, 1), Region.cell(2, 0)),
        neurons(Role.CONTRIBUTION, Region.cells(0, 1, 2, 3)),
        neurons(Role.CONTRIBUTION, Region.cells(2, 1, 1, 3)));
  }

  private Selection neurons(Role role, Region... regions) {
    return whole().with(new NeuronSelection(List.of(regions), role));
  }

  private void partition(Selection... selections) {
    for (long seed = 0; seed < 5; seed++) {
      Scene scene = scene(seed);
      Saliency whole = explain(scene.probe());
      double[] sum = new double[whole.map().size()];
      Saliency[] parts = new Saliency[selections.length];
      for (int part = 0; part < parts.length; part++) {
        parts[part] = explain(scene.probe(), selections[part]);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += parts[part].map().get(i);
        }
      }
      SaliencyAssert.assertThat(whole).hasMap(Scene.SPACE, tolerance(parts), sum);
    }
  }

  @Test
  void contributionNamesTheSelectedFeatureMaps() {
    assumeTrue(selectsMaps());
    Saliency whole = explain(scene(1).probe());
    Saliency some = explain(scene(1).probe(), whole().with(MapSelection.of(3, 1)));
    assumeTrue(!whole.contributions().isEmpty());
    assertThat(some.contributions())
        .containsExactly(whole.contributions().get(1), whole.contributions().get(3));
  }

  @Test
  void topFeatureMapsAreThoseOfTheLargestPositiveParts() {
    assumeTrue(selectsMaps());
    Scene scene = scene(2);
    Selection two = whole().with(new MapSelection.TopByContribution(2));
    if (explain(scene.probe()).contributions().isEmpty()) {
      assertThatThrownBy(() -> explain(scene.probe(), two))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("by index");
      return;
    }
    double[] positive = new double[Scene.MAPS];
    for (int k = 0; k < positive.length; k++) {
      Saliency one = explain(scene.probe(), whole().with(MapSelection.of(k)));
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
    Scene scene = scene(3);
    int pixels = scene.pixels();
    Region part = Region.pixels(pixels, 2 * pixels, 2 * pixels, 2 * pixels - (pixels - 1));
    SaliencyAssert.assertThat(explain(scene.probe(), neurons(Role.BOTH, part)))
        .hasSameBitsAs(explain(scene.probe(), neurons(Role.BOTH, Region.cells(1, 2, 2, 2))));
    Region all = Region.pixels(0, 0, Scene.ROWS * pixels, Scene.COLUMNS * pixels);
    SaliencyAssert.assertThat(explain(scene.probe(), neurons(Role.BOTH, all)))
        .hasSameBitsAs(explain(scene.probe()));
  }

  @Test
  void cellsThatAreNotSelectedAreZeroUnlessTheWeightsAloneAreRestricted() {
    Scene scene = scene(4);
    Region corner = Region.cell(0, 0);
    for (Role role : List.of(Role.CONTRIBUTION, Role.BOTH)) {
      double[] map = explain(scene.probe(), neurons(role, corner)).map().toDoubleArray();
      assertThat(Arrays.stream(map).skip(1)).as(role.toString()).allMatch(x -> x == 0);
    }
  }

  @Test
  void selectionsThatDoNotFitAreRefused() {
    refused(whole().with(MapSelection.of(0, 5)), "0 to 4");
    refused(whole().with(new MapSelection.TopByContribution(6)), "5");
    refused(neurons(Role.CONTRIBUTION, Region.cell(3, 0)), "0 to 2");
    refused(neurons(Role.WEIGHT, Region.cells(0, 2, 1, 3)), "0 to 3");
    int width = Scene.COLUMNS * scene(0).pixels();
    refused(neurons(Role.BOTH, Region.pixels(0, width, 1, 1)), "0 to " + (width - 1));
    refused(Selection.of(new Tap("nowhere")), "nowhere");
  }

  private void refused(Selection selection, String what) {
    assertThatThrownBy(() -> explain(scene(0).probe(), selection))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(what);
  }

  // Sameness

  @Test
  void equalQuestionsHaveBitwiseEqualAnswersAndLeaveTheProbeAsItWas() {
    ModelProbe probe = scene(6).probe();
    LayerCapture before = probe.capture(scene(0).place());
    double[] activations = before.activations().clone();
    double[] gradients = before.gradients().clone();
    Saliency first = explain(probe);
    SaliencyAssert.assertThat(explain(probe)).hasSameBitsAs(first);
    SaliencyAssert.assertThat(explain(scene(6).probe())).hasSameBitsAs(first);
    assertThat(probe.capture(scene(0).place()).activations()).containsExactly(activations);
    assertThat(probe.capture(scene(0).place()).gradients()).containsExactly(gradients);
  }

  @Test
  void severalThreadsMayUseOneExplainer() throws Exception {
    Explainer shared = explainer();
    List<Saliency> expected = new ArrayList<>();
    for (long seed = 0; seed < 8; seed++) {
      expected.add(explain(scene(seed).probe()));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Saliency>> found = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        ModelProbe probe = scene(i % 8).probe();
        found.add(threads.submit(() -> shared.explain(probe, whole(), options())));
      }
      for (int i = 0; i < found.size(); i++) {
        SaliencyAssert.assertThat(found.get(i).get()).hasSameBitsAs(expected.get(i % 8));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
