package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Algebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.MomentFormula;
import org.pellucid.api.Noise;
import org.pellucid.api.Precision;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.GradientRules;

/** Clean layers that stay in an engine, beside those of one that holds nothing. */
class HeldLayersTest {
  private static final Tap LAYER = SmallNetwork.LAYER;
  private static final Noise NOISE = Noise.level(12, 0.3, 4);

  /** More images than a model holds layers of. */
  private static final int MANY = 20;

  private final StrictBackend backend = new StrictBackend();

  @BeforeEach
  void computesFormulas() {
    backend.formulas = true;
  }

  @AfterEach
  void promisesWereKept() {
    backend.assertClosed();
  }

  private LoadedModel load(ModelGraph graph, boolean noisyWork) {
    backend.noisyWork = noisyWork;
    return backend.load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
  }

  private static StandardProbe probe(LoadedModel model, Tensor image) {
    return StandardProbe.of(model)
        .inputs(Map.of("image", image))
        .target(Target.top())
        .expecting(Set.of(LAYER))
        .build();
  }

  /** Another image of the same shape. */
  private static Tensor other(Tensor image, int number) {
    Random random = new Random(number);
    double[] pixels = new double[image.size()];
    Arrays.setAll(pixels, i -> random.nextGaussian());
    return Tensor.of(image.shape(), pixels);
  }

  private static void assertSame(LayerCapture found, LayerCapture expected) {
    assertThat(found.tap()).isEqualTo(expected.tap());
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(found.score()).isEqualTo(expected.score());
    assertThat(found.activations()).containsExactly(expected.activations());
    assertThat(found.gradients()).containsExactly(expected.gradients());
  }

  /** Activations by cells, and their product with an average, in the engine. */
  private record OfActivations(Field activations) implements MomentFormula {
    @Override
    public Object key() {
      return OfActivations.class;
    }

    @Override
    public List<Field> given() {
      return List.of(activations);
    }

    @Override
    public <T> List<T> results(Algebra<T> algebra, List<T> given, Powers<T> averages) {
      T gradients = algebra.mul(averages.first(), averages.scale());
      return List.of(
          algebra.relu(given.get(0)), algebra.sumCells(algebra.mul(gradients, given.get(0))));
    }
  }

  /** By result, asked twice of the same sums. */
  private static List<double[]> evaluate(ModelProbe probe, LayerCapture layer) {
    MomentFormula formula = new OfActivations(layer.activationField());
    return probe.averages(
        layer.tap(),
        NOISE,
        ScoreScale.LOGIT,
        found -> {
          List<double[]> results = new ArrayList<>(found.evaluate(formula));
          found.evaluateWithoutGroups(formula).forEach(results::addAll);
          return results;
        });
  }

  private static void assertClose(List<double[]> found, List<double[]> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).hasSameSizeAs(expected.get(i));
      for (int e = 0; e < found.get(i).length; e++) {
        double difference = Math.abs(found.get(i)[e] - expected.get(i)[e]);
        assertThat(difference).isLessThan(1e-12 * Math.max(1, Math.abs(expected.get(i)[e])));
      }
    }
  }

  /** Whichever is asked for first, and without another pass. */
  @Test
  void layersAreThoseOfJava() {
    Tensor image = SmallNetwork.imageChannelsLast();
    try (LoadedModel holding = load(SmallNetwork.channelsLast(), true);
        LoadedModel inJava = load(SmallNetwork.channelsLast(), false)) {
      LayerCapture expected = probe(inJava, image).capture(LAYER);
      assertSame(probe(inJava, image).layer(LAYER), expected);
      StandardProbe probe = probe(holding, image);
      LayerCapture layer = probe.layer(LAYER);
      assertThat(layer.activationField().held()).isPresent();
      int runs = backend.runs.get();
      assertSame(layer, expected);
      assertThat(layer.activationField().held()).isEmpty();
      assertSame(probe.capture(LAYER), expected);
      // It is in Java memory now.
      assertThat(probe.layer(LAYER)).isSameAs(probe.capture(LAYER));
      assertThat(probe.activations(LAYER).activations()).containsExactly(expected.activations());
      assertThat(backend.runs).hasValue(runs);
    }
  }

  /** A formula reads what is held where it is, once for all that is asked about the same sums. */
  @Test
  void formulasReadWhatIsHeld() {
    Tensor image = SmallNetwork.imageChannelsLast();
    try (LoadedModel holding = load(SmallNetwork.channelsLast(), true);
        LoadedModel inJava = load(SmallNetwork.channelsLast(), false)) {
      StandardProbe java = probe(inJava, image);
      List<double[]> expected = evaluate(java, java.layer(LAYER));
      StandardProbe probe = probe(holding, image);
      LayerCapture layer = probe.layer(LAYER);
      assertClose(evaluate(probe, layer), expected);
      assertThat(backend.mapsInEngine).hasValue(1);
      assertThat(layer.activationField().held()).isPresent();
      // In Java memory it is what everybody gives.
      assertClose(evaluate(probe, probe.capture(LAYER)), expected);
      assertThat(backend.mapsInEngine).hasValue(1);
    }
  }

  /** What the engine has given up is found by another pass, and what it holds does not grow. */
  @Test
  void layersThatAreGivenUpAreFoundAgain() {
    Tensor image = SmallNetwork.image();
    try (LoadedModel holding = load(SmallNetwork.channelsFirst(), true);
        LoadedModel inJava = load(SmallNetwork.channelsFirst(), false)) {
      LayerCapture expected = probe(inJava, image).capture(LAYER);
      StandardProbe probe = probe(holding, image);
      LayerCapture layer = probe.layer(LAYER);
      int open = 0;
      for (int i = 0; i < MANY; i++) {
        probe(holding, other(image, i)).layer(LAYER);
        open = i < MANY / 2 ? backend.openValues.get() : open;
      }
      assertThat(backend.openValues).hasValue(open);
      int runs = backend.runs.get();
      assertClose(evaluate(probe, layer), evaluate(probe(inJava, image), expected));
      assertThat(backend.mapsInEngine).hasValue(0);
      assertSame(layer, expected);
      assertSame(probe.capture(LAYER), expected);
      assertThat(backend.runs.get()).isGreaterThan(runs);
    }
  }

  /** Targets of one image share its activations, and more of them than the model holds. */
  @Test
  void targetsOfOnePass() {
    Tensor image = SmallNetwork.image();
    List<Target> targets = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      targets.add(Target.ofClass(i % 3));
    }
    try (LoadedModel holding = load(SmallNetwork.channelsFirst(), true);
        LoadedModel inJava = load(SmallNetwork.channelsFirst(), false)) {
      Map<String, Tensor> inputs = Map.of("image", image);
      List<StandardProbe> found = StandardProbe.of(holding).inputs(inputs).buildAll(targets);
      List<StandardProbe> expected = StandardProbe.of(inJava).inputs(inputs).buildAll(targets);
      for (int i = 0; i < MANY; i++) {
        assertSame(found.get(i).layer(LAYER), expected.get(i).capture(LAYER));
      }
    }
  }

  /** What was read stays; what was not is gone with the model. */
  @Test
  void layersEndWithTheModel() {
    Tensor image = SmallNetwork.image();
    LayerCapture read;
    LayerCapture unread;
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), true)) {
      read = probe(model, image).capture(LAYER);
      unread = probe(model, image).layer(LAYER);
    }
    assertThat(read.activations()).hasSize(36);
    assertThat(unread.shape()).isEqualTo(read.shape());
    assertThatThrownBy(unread::activations)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("model was closed");
  }

  /** A companion may be freed between two questions: its layers come to Java memory at once. */
  @Test
  void layersOfCompanions() {
    Tensor image = SmallNetwork.image();
    try (LoadedModel holding = load(SmallNetwork.channelsFirst(), true);
        LoadedModel inJava = load(SmallNetwork.channelsFirst(), false)) {
      GradientRules rules = GradientRules.GUIDED_BACKPROPAGATION;
      LayerCapture layer = probe(holding, image).with(rules).layer(LAYER);
      assertSame(layer, probe(inJava, image).with(rules).capture(LAYER));
    }
  }
}
