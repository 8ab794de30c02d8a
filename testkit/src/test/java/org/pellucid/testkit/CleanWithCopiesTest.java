package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.GradientMoments;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Noise;
import org.pellucid.api.Precision;
import org.pellucid.api.ProbeBuilder;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;

/** The clean image in one run with its noisy copies, beside one that ran before them. */
class CleanWithCopiesTest {
  private static final Tap LAYER = SmallNetwork.LAYER;

  /** So much noise that copies have other top classes than the image. */
  private static final Noise NOISE = Noise.level(12, 1.5, 4);

  private final StrictBackend backend = new StrictBackend();

  @AfterEach
  void promisesWereKept() {
    backend.assertClosed();
  }

  /** Counts passes. */
  private static final class Counting extends ForwardingModel {
    private final List<Integer> passes = new ArrayList<>();
    private int beside = 5;

    Counting(LoadedModel model) {
      super(model);
    }

    /** So that 12 copies leave a place empty. */
    @Override
    public int samplesBeside(Collection<String> taps) {
      return beside;
    }

    @Override
    public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
      ForwardPass pass = super.forward(inputs, taps);
      passes.add(pass.samples());
      return pass;
    }
  }

  private Counting load(ModelGraph graph) {
    return new Counting(backend.load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64)));
  }

  private static ProbeBuilder probe(LoadedModel model) {
    return StandardProbe.of(model).inputs(Map.of("image", SmallNetwork.image())).chunk(20);
  }

  private static void assertClose(double[] found, double[] expected) {
    assertThat(found).usingComparatorWithPrecision(1e-12).containsExactly(expected);
  }

  private static void assertSame(GradientMoments found, GradientMoments expected) {
    assertThat(found.samples()).isEqualTo(expected.samples());
    assertThat(found.scale()).isEqualTo(expected.scale());
    assertClose(found.first(), expected.first());
    assertClose(found.second(), expected.second());
    assertClose(found.third(), expected.third());
    assertThat(found.leaveOut()).hasSameSizeAs(expected.leaveOut());
  }

  private static void assertSame(LayerCapture found, LayerCapture expected) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertClose(found.activations(), expected.activations());
    assertClose(found.gradients(), expected.gradients());
    assertClose(new double[] {found.score()}, new double[] {expected.score()});
  }

  /** A probe that has asked about the image before its copies. */
  private static StandardProbe asked(StandardProbe probe) {
    probe.capture(LAYER);
    return probe;
  }

  @ParameterizedTest
  @EnumSource
  void answersAreThoseOfOneAfterTheOther(ScoreScale score) {
    List<Target> targets =
        List.of(
            Target.top(),
            Target.top(1),
            Target.ofClass(0),
            Target.contrast(Target.top(), Target.top(1)));
    try (Counting model = load(SmallNetwork.channelsFirst())) {
      for (Target target : targets) {
        StandardProbe probe = probe(model).target(target).build();
        StandardProbe before = asked(probe(model).target(target).build());
        model.passes.clear();
        assertSame(probe.moments(LAYER, NOISE, score), before.moments(LAYER, NOISE, score));
        assertThat(model.passes).containsExactly(1 + 12, 12);
        assertThat(probe.target().describe()).isEqualTo(before.target().describe());
        assertThat(probe.scores().toDoubleArray())
            .usingComparatorWithPrecision(1e-12)
            .containsExactly(before.scores().toDoubleArray());
        assertSame(probe.capture(LAYER), before.capture(LAYER));
        assertThat(model.passes).hasSize(2);
      }
    }
  }

  /** The copies' own top classes are others, so that theirs would be other gradients. */
  @Test
  void copiesAreExplainedForTheImagesClass() {
    try (Counting model = load(SmallNetwork.channelsFirst())) {
      StandardProbe probe = probe(model).target(Target.top()).build();
      GradientMoments found = probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
      int top = probe.target().classIndex().getAsInt();
      Target fixed = Target.ofClass(top);
      assertSame(found, probe(model).target(fixed).build().moments(LAYER, NOISE, ScoreScale.LOGIT));
      boolean others = false;
      for (int i = 0; i < 12; i++) {
        Tensor copy = probe.noisy(NOISE).get(i);
        StandardProbe ofCopy =
            StandardProbe.of(model).inputs(Map.of("image", copy)).target(Target.top()).build();
        others |= ofCopy.target().classIndex().getAsInt() != top;
      }
      assertThat(others).isTrue();
    }
  }

  /** As many copies as it takes, for each of several targets; several numbers of copies. */
  @Test
  void targetsOfOneImage() {
    List<Target> targets = List.of(Target.top(), Target.ofClass(1), Target.top(2));
    try (Counting model = load(SmallNetwork.channelsFirst())) {
      for (boolean steps : new boolean[] {false, true}) {
        ProbeBuilder builder = probe(model).expecting(Set.of(LAYER)).expectingSamples(Set.of(5));
        List<StandardProbe> together = builder.buildAll(targets);
        List<StandardProbe> before = builder.buildAll(targets);
        before.forEach(CleanWithCopiesTest::asked);
        model.passes.clear();
        for (int i = 0; i < targets.size(); i++) {
          assertSame(moments(together.get(i), steps), moments(before.get(i), steps));
          assertSame(together.get(i).capture(LAYER), before.get(i).capture(LAYER));
        }
        // Several runs are not made larger for the image.
        List<Integer> runs = steps ? List.of(1, 10, 2, 10, 2) : List.of(1, 5, 7, 5, 7);
        assertThat(model.passes).containsExactlyElementsOf(runs);
      }
    }
  }

  /** Where the image would take longer with its copies than before them, it runs before. */
  @Test
  void copiesThatLeaveNoPlaceEmpty() {
    try (Counting model = load(SmallNetwork.channelsFirst())) {
      for (int beside : new int[] {1, 2, 4, 12}) {
        model.beside = beside;
        model.passes.clear();
        probe(model).build().moments(LAYER, NOISE, ScoreScale.LOGIT);
        assertThat(model.passes).containsExactly(1, 12);
      }
    }
  }

  /** An engine that has single samples beside each other says so. */
  @Test
  void enginesWithSamplesBesideEachOther() {
    Set<String> taps = Set.of(LAYER.tensor(), "scores");
    for (int runs : new int[] {1, 3}) {
      backend.concurrentRuns = runs;
      backend.samplesAtOnce = 1;
      try (LoadedModel model =
          backend.load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Precision.FLOAT64))) {
        assertThat(model.samplesBeside(taps)).isEqualTo(runs);
        assertThat(model.samplesBeside(Set.of("image", "scores"))).isEqualTo(1);
      }
    }
    backend.samplesAtOnce = 4;
    try (LoadedModel model =
        backend.load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Precision.FLOAT64))) {
      assertThat(model.samplesBeside(taps)).isEqualTo(1);
    }
  }

  /** Copies that take several batches run after the image, and once each. */
  @Test
  void copiesThatTakeSeveralBatches() {
    for (int chunk : new int[] {1, 4, 12}) {
      backend.runs.set(0);
      try (Counting model = load(SmallNetwork.channelsFirst())) {
        StandardProbe probe =
            StandardProbe.of(model)
                .inputs(Map.of("image", SmallNetwork.image()))
                .target(Target.top())
                .chunk(chunk)
                .expecting(Set.of(LAYER))
                .build();
        probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
        assertThat(model.passes.get(0)).isEqualTo(1);
        assertThat(model.passes).hasSize(1 + 12 / chunk);
      }
    }
  }

  /** All targets of an image have their clean layers from one pass, however many are averaged. */
  @Test
  void manyTargetsOfOneImage() {
    // A layer of which the averages of some targets fill what is remembered.
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 2, 200, 250)
            .node("layer", new Unary.Sigmoid(), "image")
            .node("scores", new Reduce.ReduceMean(List.of(2, 3), false), "layer")
            .build("scores");
    Tensor image = Tensor.of(Shape.of(1, 2, 200, 250), new double[100_000]);
    List<Target> targets = new ArrayList<>(Collections.nCopies(6, Target.ofClass(1)));
    try (Counting model = load(graph)) {
      List<StandardProbe> probes =
          StandardProbe.of(model).inputs(Map.of("image", image)).chunk(20).buildAll(targets);
      Noise four = Noise.level(4, 0.3, 1);
      for (StandardProbe probe : probes) {
        probe.expect(Set.of(LAYER));
        probe.averages(
            LAYER, four, ScoreScale.LOGIT, found -> probe.layer(LAYER).score() + found.samples());
      }
      assertThat(model.passes.stream().filter(samples -> samples == 1)).hasSize(1);
    }
  }

  /** A layer whose averages are all that is remembered is there after them. */
  @Test
  void aLargeLayerIsThereAfterItsAverages() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 2, 700, 700)
            .node("layer", new Unary.Sigmoid(), "image")
            .node("scores", new Reduce.ReduceMean(List.of(2, 3), false), "layer")
            .build("scores");
    Tensor image = Tensor.of(Shape.of(1, 2, 700, 700), new double[980_000]);
    try (Counting model = load(graph)) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(Map.of("image", image))
              .target(Target.ofClass(0))
              .chunk(20)
              .build();
      probe.averages(
          LAYER,
          Noise.level(12, 0.3, 1),
          ScoreScale.LOGIT,
          found -> probe.layer(LAYER).maps() + found.samples());
      assertThat(model.passes).containsExactly(1 + 12);
    }
  }

  /** What holds no feature maps is refused at once, and the probe goes on. */
  @Test
  void whatHoldsNoMapsIsNotExpected() {
    try (Counting model = load(SmallNetwork.channelsFirst())) {
      StandardProbe probe = probe(model).build();
      assertThatThrownBy(() -> probe.expect(Set.of(new Tap("scores"))))
          .isInstanceOf(InvalidRequestException.class);
      assertThat(probe.scores().size()).isEqualTo(3);
      assertThat(probe.capture(LAYER).maps()).isEqualTo(3);
    }
  }

  private static GradientMoments moments(StandardProbe probe, boolean steps) {
    return steps
        ? probe.moments(LAYER, NOISE, ScoreScale.LOGIT, "all", asked -> some -> false)
        : probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
  }

  /** What else is expected of the image is not asked of all its copies. */
  @Test
  void otherLayersRunBefore() {
    Tap other = new Tap("conv");
    try (Counting model = load(SmallNetwork.channelsFirst())) {
      StandardProbe probe = probe(model).expecting(Set.of(LAYER, other)).build();
      probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
      assertThat(model.passes).containsExactly(1, 12);
      probe.capture(other);
      assertThat(model.passes).hasSize(2);
      StandardProbe both =
          probe(model)
              .expecting(Set.of(LAYER, other))
              .expectingAverages(Set.of(LAYER, other))
              .build();
      model.passes.clear();
      both.moments(LAYER, NOISE, ScoreScale.LOGIT);
      both.moments(other, NOISE, ScoreScale.LOGIT);
      assertSame(both.capture(LAYER), probe.capture(LAYER));
      assertSame(both.capture(other), probe.capture(other));
      assertThat(model.passes).containsExactly(1 + 12);
    }
  }

  /** What does not batch runs one by one, the image first. */
  @Test
  void samplesThatMixRunOneByOne() {
    try (Counting model = load(SmallNetwork.mixing())) {
      StandardProbe probe = probe(model).build();
      probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
      assertThat(model.passes).hasSize(1 + 12).containsOnly(1);
    }
  }
}
