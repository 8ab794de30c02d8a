package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.Algebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.FeatureMaps;
import org.pellucid.api.GradientMoments;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.MomentFormula;
import org.pellucid.api.Noise;
import org.pellucid.api.NoisyInputs;
import org.pellucid.api.NoisyRuns;
import org.pellucid.api.PowerSums;
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
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.FeatureMapAxes;

/** Averages over noisy copies by an engine that makes and sums them, beside those by Java. */
class NoisyRunsTest {
  private static final Noise NOISE = Noise.level(12, 0.3, 4);
  private static final Tap LAYER = SmallNetwork.LAYER;

  private final StrictBackend backend = new StrictBackend();

  @AfterEach
  void promisesWereKept() {
    backend.assertClosed();
  }

  private LoadedModel load(ModelGraph graph, boolean noisyWork) {
    backend.noisyWork = noisyWork;
    return backend.load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
  }

  private static StandardProbe probe(LoadedModel model, Tensor image, Target target) {
    return StandardProbe.of(model)
        .inputs(Map.of("image", image))
        .target(target)
        .expectingAverages(Set.of(LAYER))
        .chunk(5)
        .build();
  }

  private static void assertClose(GradientMoments found, GradientMoments expected) {
    assertThat(found.scale()).isEqualTo(1);
    assertThat(found.samples()).isEqualTo(expected.samples());
    assertThat(found.effectiveSamples()).isCloseTo(expected.effectiveSamples(), within(1e-12));
    List<double[]> powers = List.of(found.first(), found.second(), found.third());
    List<double[]> wanted = List.of(expected.first(), expected.second(), expected.third());
    for (int p = 0; p < 3; p++) {
      double scale = Math.pow(expected.scale(), p + 1);
      assertThat(powers.get(p)).hasSameSizeAs(wanted.get(p));
      for (int i = 0; i < wanted.get(p).length; i++) {
        // Of numbers that are about 1.
        assertThat(powers.get(p)[i]).isCloseTo(scale * wanted.get(p)[i], within(1e-11));
      }
    }
    assertThat(found.leaveOut()).hasSameSizeAs(expected.leaveOut());
    for (int i = 0; i < found.leaveOut().size(); i++) {
      assertClose(found.leaveOut().get(i), expected.leaveOut().get(i));
    }
  }

  /** However few samples the engine runs at once up to the layer. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100})
  void momentsAreThoseOfJava(int samplesAtOnce) {
    backend.samplesAtOnce = samplesAtOnce;
    Tensor image = SmallNetwork.imageChannelsLast();
    try (LoadedModel inEngine = load(SmallNetwork.channelsLast(), true);
        LoadedModel inJava = load(SmallNetwork.channelsLast(), false)) {
      assertThat(inEngine.noisyRuns()).isPresent();
      assertThat(inJava.noisyRuns()).isEmpty();
      for (Target target : List.of(Target.top(), Target.contrast(Target.top(), Target.top(1)))) {
        for (ScoreScale score : ScoreScale.values()) {
          for (Tap tap : List.of(LAYER, new Tap("image"))) {
            assertClose(
                probe(inEngine, image, target).moments(tap, NOISE, score),
                probe(inJava, image, target).moments(tap, NOISE, score));
          }
        }
      }
    }
  }

  private static double[] unscaledFirst(GradientMoments moments) {
    return Arrays.stream(moments.first()).map(x -> moments.scale() * x).toArray();
  }

  /** Sums of targets that have enough are left alone while others go on. */
  @Test
  void eachTargetHasAsManyCopiesAsItNeeds() {
    Noise many = Noise.level(50, 0.3, 4);
    Tensor image = SmallNetwork.image();
    List<Target> targets = List.of(Target.ofClass(0), Target.ofClass(1), Target.ofClass(2));
    int[] needed = {20, 40, 10};
    try (LoadedModel inEngine = load(SmallNetwork.channelsFirst(), true);
        LoadedModel inJava = load(SmallNetwork.channelsFirst(), false)) {
      List<StandardProbe> probes =
          StandardProbe.of(inEngine).inputs(Map.of("image", image)).buildAll(targets);
      for (int target = 0; target < needed.length; target++) {
        GradientMoments found =
            probes
                .get(target)
                .moments(
                    LAYER,
                    many,
                    ScoreScale.EXP,
                    "its own",
                    asked ->
                        some -> some.samples() >= needed[asked.target().classIndex().getAsInt()]);
        Noise fixed = Noise.level(needed[target], 0.3, 4);
        GradientMoments expected =
            probe(inJava, image, targets.get(target)).moments(LAYER, fixed, ScoreScale.EXP);
        assertThat(found.samples()).isEqualTo(needed[target]);
        assertThat(found.scale()).isEqualTo(1);
        assertThat(found.first()).containsExactly(unscaledFirst(expected), within(1e-11));
      }
    }
  }

  /** Under other rules another model of the engine answers, which stays while it is asked. */
  @Test
  void companionsHaveTheEngineToo() {
    Tensor image = SmallNetwork.image();
    GradientRules rules = GradientRules.GUIDED_BACKPROPAGATION;
    try (LoadedModel inEngine = load(SmallNetwork.channelsFirst(), true);
        LoadedModel inJava = load(SmallNetwork.channelsFirst(), false)) {
      backend.noisyWork = true;
      ModelProbe found = probe(inEngine, image, Target.top()).with(rules);
      GradientMoments moments = found.moments(LAYER, NOISE, ScoreScale.LOGIT);
      backend.noisyWork = false;
      ModelProbe expected = probe(inJava, image, Target.top()).with(rules);
      assertClose(moments, expected.moments(LAYER, NOISE, ScoreScale.LOGIT));
    }
  }

  /** Other questions about noisy copies have the engine make them, too. */
  @Test
  void scoresAreThoseOfJava() {
    Tensor image = SmallNetwork.image();
    try (LoadedModel inEngine = load(SmallNetwork.channelsFirst(), true);
        LoadedModel inJava = load(SmallNetwork.channelsFirst(), false)) {
      StandardProbe found = probe(inEngine, image, Target.top());
      StandardProbe expected = probe(inJava, image, Target.top());
      assertThat(found.scoresOf(found.noisy(NOISE)))
          .containsExactly(expected.scoresOf(expected.noisy(NOISE)));
    }
  }

  /** A layer that the scores do not depend on has gradients of zero. */
  @ParameterizedTest
  @EnumSource
  void nothingIsAddedWhereNothingDepends(ScoreScale score) {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 2, 4, 5)
            .node("layer", new Unary.Relu(), "image")
            .node("beside", new Unary.Neg(), "image")
            .node("scores", new Reduce.ReduceSum(List.of(2, 3), false), "layer")
            .build("scores", "beside");
    try (LoadedModel model = load(graph, true)) {
      GradientMoments found =
          probe(model, SmallNetwork.image(), Target.top()).moments(new Tap("beside"), NOISE, score);
      assertThat(found.samples()).isEqualTo(12);
      assertThat(found.second()).containsOnly(0).hasSize(40);
    }
  }

  @Test
  void sumsOfAnotherModelAndCopiesThatDoNotFitAreRefused() {
    Tensor image = SmallNetwork.image();
    Tap scores = new Tap("scores");
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), true)) {
      NoisyRuns runs = model.noisyRuns().orElseThrow();
      NoisyInputs copies = (NoisyInputs) probe(model, image, Target.top()).noisy(NOISE);
      assertThatThrownBy(
              () ->
                  runs.forward(
                      new NoisyRuns.Batch("picture", copies, 0, 2),
                      Map.of(),
                      Set.of(scores),
                      Optional.empty()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("picture");
      assertThatThrownBy(() -> runs.sums(new Tap("nowhere"), null, 2))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("nowhere");
    }
  }

  /** Results of every kind, of fields of every extent. */
  private static final class Everything implements MomentFormula {
    private final int maps;
    private final int cells;

    Everything(Shape layer) {
      this.maps = layer.dim(0);
      this.cells = (int) layer.sizeOf(1, layer.rank());
    }

    @Override
    public Object key() {
      return Everything.class;
    }

    private static Field field(int maps, int cells) {
      double[] values = new double[maps * cells];
      Arrays.setAll(values, i -> 1 + i % 7);
      return new Field(maps, cells, values);
    }

    @Override
    public List<Field> given() {
      return List.of(
          field(maps, cells), field(maps, 1), field(1, cells), new Field(1, 1, new double[] {3}));
    }

    @Override
    public <T> List<T> results(Algebra<T> algebra, List<T> given, Powers<T> averages) {
      T ofMaps = algebra.sumCells(algebra.mul(averages.second(), given.get(0)));
      T all = algebra.mul(algebra.mul(averages.third(), given.get(1)), given.get(2));
      return List.of(
          ofMaps,
          all,
          algebra.sumMaps(algebra.add(all, averages.first())),
          algebra.sumMaps(ofMaps),
          algebra.div(ofMaps, algebra.mul(given.get(3), averages.scale())),
          ofMaps,
          averages.first(),
          averages.scale(),
          given.get(2),
          algebra.constant(4));
    }
  }

  private static void assertAllClose(List<double[]> found, List<double[]> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).hasSameSizeAs(expected.get(i));
      double largest = 0;
      for (int e = 0; e < found.get(i).length; e++) {
        double size = Math.max(1, Math.abs(expected.get(i)[e]));
        largest = Math.max(largest, Math.abs(found.get(i)[e] - expected.get(i)[e]) / size);
      }
      assertThat(largest).as("result %d", i).isLessThan(1e-11);
    }
  }

  private static List<List<double[]>> everything(ModelProbe probe, Tap tap, ScoreScale score) {
    return probe.averages(
        tap,
        NOISE,
        score,
        found -> {
          MomentFormula formula = new Everything(found.shape());
          List<List<double[]>> all = new ArrayList<>(found.evaluateWithoutGroups(formula));
          assertThat(all).hasSize(found.groups());
          all.add(found.evaluate(formula));
          return all;
        });
  }

  /** An engine that computes formulas is asked for them, and gives what Java gives. */
  @ParameterizedTest
  @EnumSource
  void formulasAreThoseOfJava(ScoreScale score) {
    Tensor image = SmallNetwork.imageChannelsLast();
    backend.formulas = true;
    try (LoadedModel inEngine = load(SmallNetwork.channelsLast(), true);
        LoadedModel inJava = load(SmallNetwork.channelsLast(), false)) {
      StandardProbe probe = probe(inEngine, image, Target.top());
      StandardProbe other = probe(inJava, image, Target.top());
      for (Tap tap : List.of(LAYER, new Tap("image"))) {
        // Of moments that are not scaled.
        GradientMoments moments = probe(inEngine, image, Target.top()).moments(tap, NOISE, score);
        assertClose(moments, other.moments(tap, NOISE, score));
        List<List<double[]>> found = everything(probe, tap, score);
        MomentFormula formula = new Everything(moments.shape());
        assertAllClose(found.get(10), moments.evaluate(formula));
        for (int group = 0; group < 10; group++) {
          assertAllClose(found.get(group), moments.leaveOut().get(group).evaluate(formula));
        }
      }
    }
  }

  /** A layer that is large is done some groups after others. */
  @Test
  void largeLayersAreDoneInParts() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 3, 250, 220)
            .node("layer", new Unary.Tanh(), "image")
            .node("scores", new Reduce.ReduceSum(List.of(2, 3), false), "layer")
            .build("scores");
    double[] pixels = new double[3 * 250 * 220];
    Arrays.setAll(pixels, i -> Math.sin(i));
    Tensor image = Tensor.of(Shape.of(1, 3, 250, 220), pixels);
    backend.formulas = true;
    try (LoadedModel model = load(graph, true)) {
      StandardProbe probe = probe(model, image, Target.ofClass(1));
      List<List<double[]>> found = everything(probe, LAYER, ScoreScale.LOGIT);
      GradientMoments moments = probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
      MomentFormula formula = new Everything(moments.shape());
      assertAllClose(found.get(10), moments.evaluate(formula));
      List<List<double[]>> expected = moments.evaluateWithoutGroups(formula);
      for (int group = 0; group < 10; group++) {
        assertAllClose(found.get(group), expected.get(group));
      }
    }
  }

  /** Of however many groups there are sums, engines make no more averages at once than they may. */
  @Test
  void manyGroupsAreDoneInParts() {
    backend.formulas = true;
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), true)) {
      FeatureMapAxes axes = model.layouts().of("layer").orElseThrow();
      try (PowerSums sums = model.noisyRuns().orElseThrow().sums(LAYER, axes, 40)) {
        List<PowerSums.Part> parts =
            IntStream.range(0, 40).mapToObj(group -> new PowerSums.Part(group, 1)).toList();
        Shape layer = FeatureMaps.of(model.graph().type("layer").shape(), axes).shape();
        assertThat(sums.evaluate(new Everything(layer), parts).orElseThrow()).hasSize(40);
      }
    }
  }

  /** Sums that rest are opened again, and summed again where they are gone. */
  @Test
  void sumsThatRestAreFoundAgainOrMadeAgain() {
    Tensor image = SmallNetwork.image();
    backend.formulas = true;
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), true)) {
      StandardProbe probe = probe(model, image, Target.top());
      List<List<double[]>> first = everything(probe, LAYER, ScoreScale.LOGIT);
      assertThat(backend.sums).hasValue(1);
      everything(probe, LAYER, ScoreScale.LOGIT);
      assertThat(backend.sums).hasValue(1);
      backend.givesUp = true;
      List<List<double[]>> again = everything(probe, LAYER, ScoreScale.LOGIT);
      assertThat(backend.sums).hasValue(2);
      assertAllClose(again.get(10), first.get(10));
      backend.givesUp = false;
      // In Java memory they stay.
      probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
      backend.givesUp = true;
      probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
      assertAllClose(everything(probe, LAYER, ScoreScale.LOGIT).get(10), first.get(10));
      assertThat(backend.sums).hasValue(2);
    }
  }

  /** What fails while averages are used, or after the model is gone, leaves nothing open. */
  @Test
  void sumsEndWithFailuresAndWithTheModel() {
    backend.formulas = true;
    StandardProbe probe;
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), true)) {
      probe = probe(model, SmallNetwork.image(), Target.top());
      for (int time = 0; time < 2; time++) {
        assertThatThrownBy(
                () ->
                    probe.averages(
                        LAYER,
                        NOISE,
                        ScoreScale.LOGIT,
                        found -> {
                          found.evaluate(new Everything(found.shape()));
                          throw new IllegalArgumentException("Told to fail");
                        }))
            .hasMessage("Told to fail");
      }
      everything(probe, LAYER, ScoreScale.LOGIT);
      assertThatThrownBy(
              () ->
                  probe.averages(
                      LAYER,
                      NOISE,
                      ScoreScale.LOGIT,
                      found -> {
                        backend.failingRun.set(0);
                        return found.evaluate(new Everything(found.shape()));
                      }))
          .hasMessageContaining("This run was to fail");
      everything(probe, LAYER, ScoreScale.LOGIT);
    }
    assertThatThrownBy(() -> everything(probe, LAYER, ScoreScale.LOGIT))
        .isInstanceOf(IllegalStateException.class);
    PowerSums sums;
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), true)) {
      FeatureMapAxes axes = model.layouts().of("layer").orElseThrow();
      sums = model.noisyRuns().orElseThrow().sums(LAYER, axes, 2);
      assertThat(sums.reopen()).as("open ones do not rest").isFalse();
      assertThat(sums.rest()).isTrue();
      assertThat(sums.reopen()).isTrue();
      assertThat(sums.reopen()).isFalse();
      assertThat(sums.rest()).isTrue();
      sums.close();
      assertThat(sums.reopen()).as("closed for good").isFalse();
      sums.close();
    }
  }

  /** A companion computes formulas, too; its sums are brought to Java before it may be freed. */
  @Test
  void companionsComputeFormulas() {
    backend.formulas = true;
    GradientRules rules = GradientRules.GUIDED_BACKPROPAGATION;
    try (LoadedModel model = load(SmallNetwork.channelsFirst(), true)) {
      ModelProbe probe = probe(model, SmallNetwork.image(), Target.top()).with(rules);
      List<List<double[]>> found = everything(probe, LAYER, ScoreScale.LOGIT);
      assertThat(backend.sums).hasValue(1);
      GradientMoments moments = probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
      assertThat(backend.sums).hasValue(1);
      assertAllClose(found.get(10), moments.evaluate(new Everything(moments.shape())));
    }
  }
}
