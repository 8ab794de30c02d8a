package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
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
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.GradientRules;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

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
      found.get(0).layer(LAYER);
      int runs = backend.runs.get();
      for (int i = 0; i < MANY; i++) {
        assertThat(found.get(i).layer(LAYER).activationField().held()).isPresent();
        found.get(i).layer(LAYER).activations();
        found.get(i).layer(LAYER).gradients();
      }
      assertThat(backend.runs).hasValue(runs);
      for (int i = 0; i < MANY; i++) {
        assertSame(found.get(i).layer(LAYER), expected.get(i).capture(LAYER));
      }
    }
  }

  /** So many layers, one behind the other. */
  private static ModelGraph deep(int layers, int side) {
    GraphBuilder graph = new GraphBuilder().input("image", 1, 2, side, side);
    String from = "image";
    for (int i = 0; i < layers; i++) {
      graph.node("layer" + i, new Unary.Sigmoid(), from);
      from = "layer" + i;
    }
    return graph.node("scores", new Reduce.ReduceMean(List.of(2, 3), false), from).build("scores");
  }

  /** A probe whose clean layers were found, beside averages. */
  private static StandardProbe averaging(LoadedModel model, Tensor image, Set<Tap> taps) {
    StandardProbe probe =
        StandardProbe.of(model)
            .inputs(Map.of("image", image))
            .expecting(taps)
            .expectingAverages(taps)
            .build();
    probe.target();
    return probe;
  }

  private static Set<Tap> layers(int count) {
    Set<Tap> taps = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      taps.add(new Tap("layer" + i));
    }
    return taps;
  }

  /** More layers of one pass than are held are not run again, whatever was held first. */
  @Test
  void layersOfOnePass() {
    Set<Tap> taps = layers(12);
    try (LoadedModel model = load(deep(12, 4), true)) {
      Tensor image = other(Tensor.of(Shape.of(1, 2, 4, 4), new double[32]), 1);
      StandardProbe probe = averaging(model, image, taps);
      int runs = backend.runs.get();
      taps.forEach(tap -> assertThat(probe.layer(tap).activations()).hasSize(32));
      taps.forEach(tap -> assertThat(probe.capture(tap).gradients()).hasSize(32));
      assertThat(backend.runs).hasValue(runs);
    }
  }

  /** Activations are held where they fit, though the gradients beside them would not. */
  @Test
  void largeLayers() {
    int side = 1600;
    Tap tap = new Tap("layer0");
    try (LoadedModel model = load(deep(1, side), true)) {
      Tensor image = Tensor.of(Shape.of(1, 2, side, side), new double[2 * side * side]);
      StandardProbe probe = StandardProbe.of(model).inputs(Map.of("image", image)).build();
      int open = backend.openValues.get();
      LayerCapture layer = probe.layer(tap);
      // The activations, and no gradients.
      assertThat(backend.openValues).hasValue(open + 1);
      int runs = backend.runs.get();
      assertThat(layer.activations()[0]).isEqualTo(0.5);
      assertThat(layer.gradients()[0]).isPositive();
      assertThat(backend.runs).hasValue(runs);
    }
  }

  /** What an engine brings to Java memory at once takes its place in what is remembered once. */
  @Test
  void layersInJavaMemoryAreCountedOnce() {
    backend.formulas = false;
    int side = 1800;
    Set<Tap> taps = layers(2);
    try (LoadedModel model = load(deep(2, side), true)) {
      Tensor image = Tensor.of(Shape.of(1, 2, side, side), new double[2 * side * side]);
      StandardProbe probe = averaging(model, image, taps);
      int runs = backend.runs.get();
      for (int time = 0; time < 2; time++) {
        taps.forEach(tap -> assertThat(probe.capture(tap).maps()).isEqualTo(2));
      }
      assertThat(backend.runs).hasValue(runs);
    }
  }

  /** A layer that lies otherwise than the one that was averaged is read by its own order. */
  @Test
  void aLayerInAnotherOrder() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 3, 3, 3)
            .node("first", new Unary.Sigmoid(), "image")
            .node("last", new Transpose(List.of(0, 2, 3, 1)), "first")
            .node("scores", new Reduce.ReduceMean(List.of(1, 2), false), "last")
            .build("scores");
    Tensor image = other(Tensor.of(Shape.of(1, 3, 3, 3), new double[27]), 1);
    List<List<double[]>> found = new ArrayList<>();
    for (boolean noisyWork : new boolean[] {true, false}) {
      try (LoadedModel model = load(graph, noisyWork)) {
        StandardProbe probe = StandardProbe.of(model).inputs(Map.of("image", image)).build();
        MomentFormula formula = new OfActivations(probe.layer(new Tap("last")).activationField());
        found.add(
            probe.averages(
                new Tap("first"), NOISE, ScoreScale.LOGIT, some -> some.evaluate(formula)));
      }
    }
    assertThat(backend.mapsInEngine).hasValue(1);
    assertClose(found.get(0), found.get(1));
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

  /** Layers by other rules, of a companion, come to Java memory at once. */
  @Test
  void layersOfCompanions() {
    Tensor image = SmallNetwork.image();
    try (LoadedModel holding = load(SmallNetwork.channelsFirst(), true);
        LoadedModel inJava = load(SmallNetwork.channelsFirst(), false)) {
      GradientRules rules = GradientRules.GUIDED_BACKPROPAGATION;
      LayerCapture layer = probe(holding, image).with(rules).layer(LAYER);
      int runs = backend.runs.get();
      layer.activations();
      assertThat(backend.runs).hasValue(runs);
      assertSame(layer, probe(inJava, image).with(rules).capture(LAYER));
    }
  }
}
