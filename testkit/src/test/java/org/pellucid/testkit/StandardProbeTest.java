package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.api.BackendException;
import org.pellucid.api.CancelledException;
import org.pellucid.api.ClassTarget;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.ForwardingPass;
import org.pellucid.api.Gathering;
import org.pellucid.api.GradientMoments;
import org.pellucid.api.Inputs;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Noise;
import org.pellucid.api.Precision;
import org.pellucid.api.ProbeBuilder;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.Batching;

class StandardProbeTest {
  private static final Noise NOISE = Noise.level(12, 0.3, 4);
  private static final Tap LAYER = SmallNetwork.LAYER;

  private static LoadedModel load(ModelGraph graph) {
    return new DifferenceBackend().load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
  }

  private static ProbeBuilder probe(ModelGraph graph) {
    return StandardProbe.of(load(graph)).inputs(Map.of("image", SmallNetwork.image()));
  }

  private static StandardProbe probe() {
    return probe(SmallNetwork.channelsFirst()).build();
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-8 * Math.max(1, largest)));
    }
  }

  private static void assertClose(GradientMoments actual, GradientMoments expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.samples()).isEqualTo(expected.samples());
    assertThat(actual.scale()).isEqualTo(expected.scale());
    assertThat(actual.effectiveSamples()).isCloseTo(expected.effectiveSamples(), within(1e-8));
    assertClose(actual.first(), expected.first());
    assertClose(actual.second(), expected.second());
    assertClose(actual.third(), expected.third());
    assertThat(actual.leaveOut()).hasSameSizeAs(expected.leaveOut());
    for (int i = 0; i < actual.leaveOut().size(); i++) {
      assertClose(actual.leaveOut().get(i), expected.leaveOut().get(i));
    }
  }

  @Test
  void theKnownAnswer() {
    StandardProbe probe =
        StandardProbe.of(load(Networks.knownAnswer()))
            .inputs(Map.of("image", Networks.knownAnswerImage()))
            .target(Target.ofClass(0))
            .build();
    LayerCapture capture = probe.capture(new Tap("relu"));
    assertThat(capture.shape()).isEqualTo(Shape.of(2, 2, 2));
    assertThat(capture.activations()).containsExactly(0, 4, 31, 40, 0, 0, 6, 15);
    assertClose(capture.gradients(), new double[] {1, 1, 1, 1, 1, -1, -1, -1});
    assertThat(capture.score()).isEqualTo(54);
    assertThat(probe.scores().toDoubleArray()).containsExactly(54, 0);
    assertThat(probe.inputSpace()).isEqualTo(Shape.of(4, 4));
  }

  @Test
  void theTargetIsResolvedOnTheCleanImage() {
    StandardProbe probe = probe();
    double[] scores = probe.scores().toDoubleArray();
    int top = ((ClassTarget) probe.target()).index();
    assertThat(scores[top]).isEqualTo(Arrays.stream(scores).max().orElseThrow());
    // Copies of strong noise have other classes on top; the target stays.
    Noise strong = Noise.level(30, 2, 1);
    double[] ofTop = probe.scoresOf(probe.noisy(strong));
    double[] ofClass =
        probe(SmallNetwork.channelsFirst())
            .target(Target.ofClass(top))
            .build()
            .scoresOf(probe.noisy(strong));
    assertThat(ofTop).containsExactly(ofClass);
  }

  @Test
  void layoutsGiveTheSameAnswers() {
    StandardProbe first = probe();
    StandardProbe last =
        StandardProbe.of(load(SmallNetwork.channelsLast()))
            .inputs(Map.of("image", SmallNetwork.imageChannelsLast()))
            .build();
    assertThat(last.inputSpace()).isEqualTo(first.inputSpace()).isEqualTo(Shape.of(4, 5));
    LayerCapture a = first.capture(LAYER);
    LayerCapture b = last.capture(LAYER);
    assertThat(b.shape()).isEqualTo(a.shape()).isEqualTo(Shape.of(3, 3, 4));
    assertThat(b.activations()).containsExactly(a.activations());
    assertClose(b.gradients(), a.gradients());
    // The noise is numbered by channel, row and column in both.
    Tensor noisy = last.noisy(NOISE).get(3);
    Tensor expected = first.noisy(NOISE).get(3);
    for (int c = 0; c < 2; c++) {
      for (int cell = 0; cell < 20; cell++) {
        assertThat(noisy.get(cell * 2 + c)).isEqualTo(expected.get(c * 20 + cell));
      }
    }
    assertClose(
        last.moments(LAYER, NOISE, ScoreScale.LOGIT),
        first.moments(LAYER, NOISE, ScoreScale.LOGIT));
    Inputs halves = variants(a, 0.5, 1, 2);
    assertClose(last.scoresFrom(LAYER, halves), first.scoresFrom(LAYER, halves));
  }

  @Test
  void scoresMayHaveOtherShapes() {
    double[] expected = probe().scores().toDoubleArray();
    LayerCapture capture = probe().capture(LAYER);
    GradientMoments moments = probe().moments(LAYER, NOISE, ScoreScale.LOGIT);
    for (Shape shape : List.of(Shape.of(1, 3, 1, 1), Shape.of(1, 1, 1, 3), Shape.of(1, 3))) {
      StandardProbe probe = probe(SmallNetwork.withScores(shape)).scores("shaped").build();
      assertThat(probe.scores().toDoubleArray()).containsExactly(expected);
      assertThat(probe.capture(LAYER).gradients()).containsExactly(capture.gradients());
      assertClose(probe.moments(LAYER, NOISE, ScoreScale.LOGIT), moments);
      assertThat(probe.scoresOf(probe.noisy(NOISE))).hasSize(12);
    }
    StandardProbe single = probe(SmallNetwork.singleScore()).build();
    assertThat(single.scores().shape()).isEqualTo(Shape.of(1));
    double[] ones = new double[36];
    Arrays.fill(ones, 1);
    assertClose(single.capture(LAYER).gradients(), ones);
    assertThat(single.scoresOf(single.noisy(NOISE))).hasSize(12).doesNotHaveDuplicates();
  }

  @Test
  void answersDoNotDependOnTheChunk() {
    GradientMoments one = moments(1, ScoreScale.LOGIT);
    GradientMoments exponential = moments(1, ScoreScale.EXP);
    for (int chunk : new int[] {2, 5, 12, 100}) {
      assertClose(moments(chunk, ScoreScale.LOGIT), one);
      assertClose(moments(chunk, ScoreScale.EXP), exponential);
    }
  }

  @Test
  void asManyCopiesAsSufficeDoNotDependOnTheChunk() {
    Noise many = Noise.level(100, NOISE.amount(), NOISE.seed());
    Noise thirty = Noise.level(30, NOISE.amount(), NOISE.seed());
    for (ScoreScale score : ScoreScale.values()) {
      for (int chunk : new int[] {1, 7, 64}) {
        StandardProbe probe = probe(SmallNetwork.channelsFirst()).chunk(chunk).build();
        List<Integer> asked = new ArrayList<>();
        GradientMoments found =
            probe.moments(
                LAYER,
                many,
                score,
                "thirty",
                ofTarget ->
                    some -> {
                      asked.add(some.samples());
                      return some.samples() >= 30;
                    });
        assertThat(asked).containsExactly(10, 20, 30);
        assertClose(found, probe.moments(LAYER, thirty, score));
        GradientMoments all =
            probe.moments(LAYER, thirty, score, "never", ofTarget -> some -> false);
        assertThat(all.samples()).isEqualTo(30);
      }
    }
  }

  @Test
  void eachTargetHasAsManyCopiesAsItNeeds() {
    Noise many = Noise.level(100, NOISE.amount(), NOISE.seed());
    List<Target> targets = List.of(Target.ofClass(0), Target.ofClass(1), Target.ofClass(2));
    List<StandardProbe> probes = probe(SmallNetwork.channelsFirst()).buildAll(targets);
    int[] needed = {20, 40, 10};
    for (int target = 0; target < targets.size(); target++) {
      GradientMoments found =
          probes
              .get(target)
              .moments(
                  LAYER,
                  many,
                  ScoreScale.LOGIT,
                  "its own",
                  asked ->
                      some -> some.samples() >= needed[asked.target().classIndex().getAsInt()]);
      assertThat(found.samples()).isEqualTo(needed[target]);
      Noise fixed = Noise.level(needed[target], NOISE.amount(), NOISE.seed());
      StandardProbe alone = probe(SmallNetwork.channelsFirst()).target(targets.get(target)).build();
      assertClose(found, alone.moments(LAYER, fixed, ScoreScale.LOGIT));
    }
  }

  /** The sum of the scores of the samples it is given, up to a number of them. */
  private static final class Scores implements Gathering {
    private final int most;
    private final long bytes;
    private final List<Double> added = new ArrayList<>();

    Scores(int most) {
      this(most, 8);
    }

    Scores(int most, long bytes) {
      this.most = most;
      this.bytes = bytes;
    }

    @Override
    public void add(Map<Tap, LayerCapture> captures) {
      captures.values().forEach(capture -> added.add(capture.score()));
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public boolean mayStop() {
      return most < 100;
    }

    @Override
    public boolean suffices() {
      return added.size() >= most;
    }
  }

  @Test
  void gatheringsTakeTheirOwnTargetsSamplesInOrderAndNoMoreThanTheyNeed() {
    Noise many = Noise.level(35, NOISE.amount(), NOISE.seed());
    List<Target> targets = List.of(Target.ofClass(0), Target.ofClass(1), Target.ofClass(2));
    List<StandardProbe> probes = probe(SmallNetwork.channelsFirst()).chunk(4).buildAll(targets);
    int[] most = {20, 100, 10};
    Function<ModelProbe, Scores> make =
        asked -> new Scores(most[asked.target().classIndex().getAsInt()]);
    List<Scores> gathered = new ArrayList<>();
    for (StandardProbe probe : probes) {
      gathered.add(probe.gathered(probe.noisy(many), Set.of(LAYER), "scores", make));
      assertThat(probe.gathered(probe.noisy(many), Set.of(LAYER), "scores", make))
          .as("an equal question")
          .isSameAs(gathered.get(gathered.size() - 1));
    }
    int[] samples = {20, 35, 10};
    for (int target = 0; target < targets.size(); target++) {
      double[] all = probes.get(target).scoresOf(probes.get(target).noisy(many));
      assertThat(gathered.get(target).added).hasSize(samples[target]);
      for (int i = 0; i < samples[target]; i++) {
        assertThat(gathered.get(target).added.get(i)).isCloseTo(all[i], within(1e-12));
      }
    }
    // The plainest way, of a probe that knows of no other targets.
    ModelProbe plain =
        ArrayProbe.constant(new double[] {1, 2}, new double[] {3, 4}, 5, Shape.of(2, 1, 1));
    Scores first = new Scores(20);
    Scores gatheredPlainly =
        plain.gathered(plain.noisy(many), Set.of(ArrayProbe.LAYER), "scores", asked -> first);
    assertThat(gatheredPlainly).isSameAs(first);
    assertThat(first.added).hasSize(20).containsOnly(5.0);
  }

  @Test
  void asManyTargetsGatherAtOnceAsMemoryAllows() {
    // Twelve copies in batches of four, for two targets at a time of 60 MB, or one of 100 MB.
    for (int megabytes : new int[] {1, 60, 100}) {
      CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()));
      List<StandardProbe> probes = threeTargets(model);
      probes.forEach(StandardProbe::scores);
      int before = model.passes;
      for (StandardProbe probe : probes) {
        Scores gathered =
            probe.gathered(
                probe.noisy(NOISE),
                Set.of(LAYER),
                "scores",
                asked -> new Scores(100, (long) megabytes << 20));
        assertThat(gathered.added).hasSize(12);
      }
      int runs = megabytes == 1 ? 1 : megabytes == 60 ? 2 : 3;
      assertThat(model.passes).as("%s MB", megabytes).isEqualTo(before + 3 * runs);
    }
  }

  @Test
  void targetsThatDependOnTheOnesAskedForAreFoundForEach() {
    List<Target> targets =
        List.of(
            Target.ofClass(0),
            Target.contrast(Target.ofClass(0), Target.ofClass(1)),
            Target.ofClass(2));
    List<StandardProbe> probes = probe(SmallNetwork.channelsFirst()).buildAll(targets);
    // The next class, where there is a class.
    Function<ModelProbe, Optional<Target>> next =
        asked ->
            asked.target().classIndex().stream()
                .mapToObj(index -> Target.ofClass((index + 1) % 3))
                .findFirst();
    for (int number : new int[] {0, 2}) {
      ModelProbe derived = probes.get(number).with("next", next);
      Target expected = Target.ofClass((number + 1) % 3);
      assertThat(derived.target().classIndex()).isEqualTo(expected.classIndex());
      assertThat(derived.capture(LAYER).gradients())
          .containsExactly(
              probe(SmallNetwork.channelsFirst())
                  .target(expected)
                  .build()
                  .capture(LAYER)
                  .gradients());
    }
    assertThatThrownBy(() -> probes.get(1).with("next", next))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("No other target");
  }

  private static GradientMoments moments(int chunk, ScoreScale score) {
    return probe(SmallNetwork.channelsFirst()).chunk(chunk).build().moments(LAYER, NOISE, score);
  }

  @Test
  void momentsAreAveragesOfPowers() {
    StandardProbe probe = probe();
    List<LayerCapture> copies = new ArrayList<>();
    probe.captures(probe.noisy(NOISE), Set.of(LAYER), (i, c) -> copies.add(c.get(LAYER)));
    // The plain averages of the array probe, which keeps all samples.
    ModelProbe plain =
        ArrayProbe.of(
            SmallNetwork.image(),
            new ArrayProbe.Network() {
              private int next = -1;

              @Override
              public LayerCapture run(Tensor input) {
                LayerCapture copy = next < 0 ? probe.capture(LAYER) : copies.get(next);
                next = (next + 1) % copies.size();
                return copy;
              }
            });
    for (ScoreScale score : ScoreScale.values()) {
      assertClose(
          probe.moments(LAYER, NOISE, score), plain.moments(ArrayProbe.LAYER, NOISE, score));
    }
    GradientMoments moments = probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
    assertThat(moments.leaveOut()).hasSize(10);
    assertThat(moments.leaveOut().get(0).samples()).isEqualTo(10);
    assertThat(moments.leaveOut().get(9).samples()).isEqualTo(11);
    assertThat(moments.second())
        .as("noise changes the gradients")
        .isNotEqualTo(GradientMoments.of(probe.capture(LAYER)).second());
  }

  @Test
  void oneCopyWithoutNoiseIsTheCleanImageBitForBit() {
    StandardProbe probe = probe();
    GradientMoments clean = GradientMoments.of(probe.capture(LAYER));
    GradientMoments one = probe.moments(LAYER, Noise.level(1, 0, 0), ScoreScale.LOGIT);
    assertThat(one.first()).containsExactly(clean.first());
    assertThat(one.second()).containsExactly(clean.second());
    assertThat(one.third()).containsExactly(clean.third());
    assertThat(one.scale()).isEqualTo(clean.scale());
    assertThat(one.leaveOut()).isEmpty();
  }

  @Test
  void noiseIsRelativeToTheRangeOrAbsolute() {
    StandardProbe probe = probe();
    double[] clean = SmallNetwork.image().toDoubleArray();
    double range =
        Arrays.stream(clean).max().orElseThrow() - Arrays.stream(clean).min().orElseThrow();
    double[] relative = probe.noisy(Noise.level(3, 0.5, 9)).get(2).toDoubleArray();
    double[] absolute =
        probe.noisy(new Noise(3, 0.5 * range, Noise.Scale.ABSOLUTE, 9)).get(2).toDoubleArray();
    assertThat(relative).containsExactly(absolute).isNotEqualTo(clean);
    assertThat(probe.noisy(Noise.level(3, 0, 9)).get(2).toDoubleArray()).containsExactly(clean);
  }

  @Test
  void scoresFromReplacedActivationsFollowTheNetwork() {
    StandardProbe probe = probe();
    LayerCapture capture = probe.capture(LAYER);
    double[] scores = probe.scoresFrom(LAYER, variants(capture, 1, 0, 1, 0.5, 1, 1, 1));
    assertThat(scores).hasSize(7);
    assertThat(scores[0]).isCloseTo(capture.score(), within(1e-12));
    assertThat(scores[6]).isEqualTo(scores[0]);
    assertThat(scores[1]).isNotEqualTo(scores[0]);
  }

  /** A layer's activations times factors. */
  private static Inputs variants(LayerCapture capture, double... factors) {
    return new Inputs() {
      @Override
      public int count() {
        return factors.length;
      }

      @Override
      public Tensor get(int index) {
        double[] scaled =
            Arrays.stream(capture.activations()).map(a -> factors[index] * a).toArray();
        return Tensor.of(capture.shape(), scaled);
      }
    };
  }

  /** Several inputs run in batches, and their answers are those of inputs that run alone. */
  @Test
  void severalInputsRunTogether() {
    CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()));
    Inputs noisy = probe().noisy(NOISE);
    List<Tensor> images = IntStream.range(0, noisy.count()).mapToObj(noisy::get).toList();
    List<StandardProbe> probes =
        StandardProbe.of(model)
            .inputs(Map.of("image", SmallNetwork.image()))
            .target(Target.ofClass(1))
            .expecting(Set.of(LAYER, new Tap("image")))
            .chunk(4)
            .buildEach(images);
    assertThat(model.passes).isZero();
    for (int i : new int[] {3, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11}) {
      StandardProbe alone =
          probe(SmallNetwork.channelsFirst())
              .inputs(Map.of("image", images.get(i)))
              .target(Target.ofClass(1))
              .build();
      StandardProbe one = probes.get(i);
      assertThat(one.input()).isSameAs(images.get(i));
      for (Tap tap : List.of(LAYER, new Tap("image"))) {
        LayerCapture capture = one.capture(tap);
        assertClose(capture.activations(), alone.capture(tap).activations());
        assertClose(capture.gradients(), alone.capture(tap).gradients());
        assertThat(capture.score()).isCloseTo(alone.capture(tap).score(), within(1e-12));
      }
      assertClose(one.scores().toDoubleArray(), alone.scores().toDoubleArray());
      assertThat(one.target()).isEqualTo(Target.ofClass(1));
      assertClose(one.inputGradient().toDoubleArray(), alone.inputGradient().toDoubleArray());
    }
    // Nine from the fourth on, and the three before it.
    assertThat(model.passes).isEqualTo(3 + 1);
    assertThat(model.largest).isLessThanOrEqualTo(4);
  }

  /** Also where nothing but the scores is asked, and for targets of few scores. */
  @Test
  void severalInputsShareTheRunOfTheirScores() {
    CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()));
    Inputs noisy = probe().noisy(NOISE);
    List<Tensor> images = IntStream.range(0, 6).mapToObj(noisy::get).toList();
    List<StandardProbe> probes =
        StandardProbe.of(model)
            .inputs(Map.of("image", SmallNetwork.image()))
            .target(Target.ofClass(2))
            .chunk(3)
            .buildEach(images);
    for (int i = 0; i < 6; i++) {
      double[] alone =
          probe(SmallNetwork.channelsFirst())
              .inputs(Map.of("image", images.get(i)))
              .build()
              .scores()
              .toDoubleArray();
      assertClose(probes.get(i).scores().toDoubleArray(), alone);
    }
    assertThat(model.passes).isEqualTo(2);
    // What was not expected is asked of each.
    probes.get(1).capture(LAYER);
    assertThat(model.passes).isEqualTo(3);
  }

  /** What is put into a batch is what is made one by one, rounded. */
  @Test
  void variantsAreTheSameInABatch() {
    for (boolean last : new boolean[] {false, true}) {
      StandardProbe probe =
          last
              ? StandardProbe.of(
                      new ReferenceBackend()
                          .load(
                              SmallNetwork.channelsLast(),
                              LoadOptions.DEFAULT.with(Precision.FLOAT64)))
                  .inputs(Map.of("image", SmallNetwork.imageChannelsLast()))
                  .build()
              : probe();
      Inputs noisy = probe.noisy(NOISE);
      Inputs maps = probe.noisyMaps(NOISE);
      for (Inputs inputs : List.of(noisy, maps, probe.variants(maps), noisy.part(1, 3))) {
        for (int index = 0; index < inputs.count(); index++) {
          Tensor one = inputs.get(index);
          FloatBuffer batch = FloatBuffer.allocate(one.size() + 4);
          FloatBuffer place = batch.slice(2, one.size());
          inputs.put(index, one.shape(), place);
          assertThat(place.hasRemaining()).isFalse();
          assertThat(Arrays.copyOfRange(batch.array(), 2, one.size() + 2))
              .containsExactly(one.toFloatArray());
          assertThat(batch.get(0) + batch.get(one.size() + 2)).isZero();
        }
        FloatBuffer place = FloatBuffer.allocate(40);
        assertThatThrownBy(() -> inputs.put(0, Shape.of(8, 5), place))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("[8, 5]")
            .hasMessageContaining(inputs.get(0).shape().toString());
      }
    }
  }

  @Test
  void theInputGradientTellsHowTheScoreMoves() {
    StandardProbe probe = probe();
    Tensor gradient = probe.inputGradient();
    assertThat(gradient.shape()).isEqualTo(Shape.of(1, 2, 4, 5));
    double step = 1e-5;
    double[] moved = SmallNetwork.image().toDoubleArray();
    double expected = 0;
    for (int i = 0; i < moved.length; i++) {
      moved[i] += step * (i % 3);
      expected += step * (i % 3) * gradient.get(i);
    }
    Tensor variant = Tensor.of(gradient.shape(), moved);
    double[] scores =
        probe.scoresOf(
            new Inputs() {
              @Override
              public int count() {
                return 1;
              }

              @Override
              public Tensor get(int index) {
                return variant;
              }
            });
    assertThat(scores[0] - probe.capture(LAYER).score()).isCloseTo(expected, within(1e-9));
  }

  @Test
  void theInputIsALayerOfChannelsWhateverItsLayout() {
    StandardProbe first = probe();
    StandardProbe last =
        StandardProbe.of(load(SmallNetwork.channelsLast()))
            .inputs(Map.of("image", SmallNetwork.imageChannelsLast()))
            .build();
    LayerCapture expected = first.capture(first.inputTap());
    assertThat(expected.shape()).isEqualTo(Shape.of(2, 4, 5));
    assertThat(expected.activations()).containsExactly(SmallNetwork.image().toDoubleArray());
    assertThat(expected.gradients()).containsExactly(first.inputGradient().toDoubleArray());
    LayerCapture found = last.capture(last.inputTap());
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(found.activations()).containsExactly(expected.activations());
    assertClose(found.gradients(), expected.gradients());
    assertClose(
        last.moments(last.inputTap(), NOISE, ScoreScale.LOGIT),
        first.moments(first.inputTap(), NOISE, ScoreScale.LOGIT));
  }

  @Test
  void variantsOfTheInputAreGivenChannelsFirst() {
    StandardProbe last =
        StandardProbe.of(load(SmallNetwork.channelsLast()))
            .inputs(Map.of("image", SmallNetwork.imageChannelsLast()))
            .build();
    assertThat(last.inputMaps().shape()).isEqualTo(Shape.of(2, 4, 5));
    assertThat(last.inputMaps().toDoubleArray())
        .containsExactly(SmallNetwork.image().toDoubleArray());
    Inputs same = last.variants(one(last.inputMaps()));
    assertThat(same.get(0).toDoubleArray()).containsExactly(last.input().toDoubleArray());
    assertThat(last.scoresOf(same)[0]).isCloseTo(last.capture(LAYER).score(), within(1e-12));
    Inputs other = last.variants(one(last.input()));
    assertThatThrownBy(() -> other.get(0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("[2, 4, 5]");
  }

  private static Inputs one(Tensor variant) {
    return new Inputs() {
      @Override
      public int count() {
        return 1;
      }

      @Override
      public Tensor get(int index) {
        return variant;
      }
    };
  }

  /** A model that was written for several samples explains one, whoever is asked for. */
  @Test
  void modelsThatWereWrittenForSeveralSamples() {
    ModelGraph two = Batching.of(SmallNetwork.channelsFirst()).at(2);
    List<Target> targets = List.of(Target.top(), Target.ofClass(1));
    List<StandardProbe> found = probe(two).buildAll(targets);
    for (int i = 0; i < targets.size(); i++) {
      StandardProbe one = probe(SmallNetwork.channelsFirst()).target(targets.get(i)).build();
      StandardProbe alone = probe(two).target(targets.get(i)).build();
      for (StandardProbe probe : List.of(found.get(i), alone)) {
        assertClose(
            probe.moments(LAYER, NOISE, ScoreScale.LOGIT),
            one.moments(LAYER, NOISE, ScoreScale.LOGIT));
        assertClose(probe.capture(LAYER).activations(), one.capture(LAYER).activations());
        assertClose(probe.capture(LAYER).gradients(), one.capture(LAYER).gradients());
      }
    }
  }

  @Test
  void samplesThatMixRunOneByOne() {
    CountingModel model = new CountingModel(load(SmallNetwork.mixing()));
    StandardProbe probe =
        StandardProbe.of(model).inputs(Map.of("image", SmallNetwork.image())).chunk(5).build();
    assertThat(model.batching().obstacle()).isPresent();
    assertClose(
        probe.moments(LAYER, NOISE, ScoreScale.LOGIT),
        probe().moments(LAYER, NOISE, ScoreScale.LOGIT));
    assertThat(model.largest).isEqualTo(1);
    assertThat(model.passes).isEqualTo(1 + 12);
  }

  @Test
  void chunksFitTheMemoryBudgetAndTheDevice() {
    for (long budget : new long[] {1, 1L << 30}) {
      LoadOptions options = LoadOptions.DEFAULT.with(Precision.FLOAT64).withMemoryBudget(budget);
      CountingModel model =
          new CountingModel(new DifferenceBackend().load(SmallNetwork.channelsFirst(), options));
      StandardProbe.of(model)
          .inputs(Map.of("image", SmallNetwork.image()))
          .build()
          .moments(LAYER, NOISE, ScoreScale.LOGIT);
      // 12 copies are within the 26 that travel together after a layer.
      assertThat(model.largest).isEqualTo(budget == 1 ? 1 : 12);
    }
  }

  @Test
  void chunksOfLargeTensorsAreSmaller() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 1, 1024, 1024)
            .node("layer", new Unary.Relu(), "image")
            .node(
                "small",
                new AveragePool(
                    List.of(512, 512),
                    List.of(512, 512),
                    List.of(1, 1),
                    List.of(0, 0),
                    List.of(0, 0),
                    false,
                    true),
                "layer")
            .node("scores", new Reduce.ReduceSum(List.of(2, 3), false), "small")
            .build("scores");
    CountingModel model =
        new CountingModel(
            new DifferenceBackend().load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64)));
    StandardProbe probe =
        StandardProbe.of(model)
            .inputs(Map.of("image", Tensor.of(Shape.of(1, 1, 1024, 1024), new float[1 << 20])))
            .build();
    Noise noise = new Noise(5, 1, Noise.Scale.ABSOLUTE, 0);
    probe.scoresOf(probe.noisy(noise));
    // 8 MiB a copy: 5 copies in chunks of at most 2.
    assertThat(model.largest).isEqualTo(2);
    // Before a layer of small maps it is for the backend to cut batches.
    probe.captures(probe.noisy(noise), Set.of(new Tap("small")), (index, captures) -> {});
    assertThat(model.largest).isEqualTo(5);
  }

  @Test
  void otherInputsStayAsTheyAre() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 1, 3, 3)
            .input("shift", 1, 2)
            .input("power", new TensorType(ElementType.INT64, Shape.of(1, 2)))
            .constant("kernel", Tensor.of(Shape.of(2, 1, 2, 2), 1f, 2, 3, 4, -1, 1, -2, 3))
            .node(
                "layer",
                new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1),
                "image",
                "kernel")
            .node("pooled", new Reduce.ReduceSum(List.of(2, 3), false), "layer")
            .node("shifted", new Binary.Add(), "pooled", "shift")
            .node("factor", new Cast(ElementType.FLOAT32), "power")
            .node("scores", new Binary.Mul(), "shifted", "factor")
            .build("scores");
    Map<String, Tensor> inputs =
        Map.of(
            "image", Tensor.of(Shape.of(1, 1, 3, 3), 1f, 2, 3, 4, 5, 6, 7, 8, 9),
            "shift", Tensor.of(Shape.of(1, 2), 0.5f, -1),
            "power", Tensor.of(Shape.of(1, 2), 2L, 3L));
    ProbeBuilder builder =
        StandardProbe.of(load(graph)).inputs(inputs).explaining("image").target(Target.ofClass(1));
    LayerCapture capture = builder.build().capture(LAYER);
    assertClose(capture.gradients(), new double[] {0, 0, 0, 0, 3, 3, 3, 3});
    double[] one = builder.chunk(1).build().scoresOf(builder.build().noisy(NOISE));
    double[] many = builder.chunk(6).build().scoresOf(builder.build().noisy(NOISE));
    assertClose(many, one);
    assertThatThrownBy(() -> builder.explaining("power").build().noisy(NOISE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("floating");
  }

  @Test
  void equalQuestionsAreAnsweredOnce() {
    CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()));
    StandardProbe probe =
        StandardProbe.of(model)
            .inputs(Map.of("image", SmallNetwork.image()))
            .expecting(Set.of(LAYER))
            .chunk(4)
            .build();
    assertThat(model.passes).isZero();
    probe.scores();
    probe.target();
    probe.capture(LAYER);
    probe.capture(LAYER);
    assertThat(model.passes).isEqualTo(1);
    probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
    probe.moments(LAYER, NOISE, ScoreScale.LOGIT);
    assertThat(model.passes).isEqualTo(1 + 3);
    assertThat(model.largest).isEqualTo(4);
    probe.inputGradient();
    probe.inputGradient();
    assertThat(model.passes).isEqualTo(1 + 3 + 1);
    assertThat(model.open).isZero();
  }

  @Test
  void targetsOfOneImageShareTheirPasses() {
    CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()));
    List<StandardProbe> probes =
        StandardProbe.of(model)
            .inputs(Map.of("image", SmallNetwork.image()))
            .expecting(Set.of(LAYER))
            .chunk(4)
            .buildAll(
                List.of(
                    Target.top(), Target.ofClass(1), Target.contrast(Target.top(), Target.top(1))));
    probes.forEach(probe -> probe.capture(LAYER));
    assertThat(model.passes).isEqualTo(1);
    probes.forEach(probe -> probe.moments(LAYER, NOISE, ScoreScale.LOGIT));
    assertThat(model.passes).isEqualTo(1 + 3);
    for (StandardProbe probe : probes) {
      StandardProbe alone =
          probe(SmallNetwork.channelsFirst()).chunk(4).target(probe.target()).build();
      assertThat(probe.capture(LAYER).gradients()).isEqualTo(alone.capture(LAYER).gradients());
      assertThat(probe.moments(LAYER, NOISE, ScoreScale.LOGIT).second())
          .isEqualTo(alone.moments(LAYER, NOISE, ScoreScale.LOGIT).second());
    }
  }

  /** Whichever question finds no memory, of no target is a sample lost or counted twice. */
  @Test
  void whatDoesNotFitIsHalvedForAllTargets() {
    List<Target> targets = List.of(Target.ofClass(0), Target.ofClass(1), Target.ofClass(2));
    List<GradientMoments> expected =
        targets.stream()
            .map(target -> probe(SmallNetwork.channelsFirst()).target(target).build())
            .map(probe -> probe.moments(LAYER, NOISE, ScoreScale.EXP))
            .toList();
    // The clean image takes three, and each of three chunks as many.
    for (int failing = 4; failing <= 12; failing++) {
      CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()));
      model.backwardUntilNoMemory = failing;
      List<StandardProbe> probes =
          StandardProbe.of(model)
              .inputs(Map.of("image", SmallNetwork.image()))
              .expecting(Set.of(LAYER))
              .chunk(4)
              .buildAll(targets);
      probes.forEach(probe -> probe.capture(LAYER));
      for (int i = 0; i < targets.size(); i++) {
        assertClose(probes.get(i).moments(LAYER, NOISE, ScoreScale.EXP), expected.get(i));
      }
      assertThat(model.backwardUntilNoMemory).isNegative();
      assertThat(model.open).isZero();
    }
  }

  /** Variants of the image that are known by a name. */
  private static Inputs named(Inputs inputs, Object name) {
    return new Inputs() {
      @Override
      public int count() {
        return inputs.count();
      }

      @Override
      public Tensor get(int index) {
        return inputs.get(index);
      }

      @Override
      public Optional<Object> identity() {
        return Optional.of(name);
      }
    };
  }

  private static List<StandardProbe> threeTargets(CountingModel model) {
    return StandardProbe.of(model)
        .inputs(Map.of("image", SmallNetwork.image()))
        .chunk(4)
        .buildAll(
            List.of(Target.top(), Target.ofClass(1), Target.contrast(Target.top(), Target.top(1))));
  }

  @Test
  void variantsThatAreKnownByNameAreScoredOnceForAllTargets() {
    CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()));
    List<StandardProbe> probes = threeTargets(model);
    Inputs noisy = probes.get(0).noisy(NOISE);
    LayerCapture layer = probes.get(0).capture(LAYER);
    Inputs halves = variants(layer, 0.5, 1, 2);
    int before = model.passes;
    List<double[]> ofInputs = new ArrayList<>();
    List<double[]> ofLayers = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      for (StandardProbe probe : probes) {
        ofInputs.add(probe.scoresOf(named(noisy, "a")));
        ofLayers.add(probe.scoresFrom(LAYER, named(halves, "a")));
      }
    }
    // Twelve in batches of four, and the image to be resumed from.
    assertThat(model.passes).isEqualTo(before + 3 + 1);
    for (int number = 0; number < probes.size(); number++) {
      assertThat(ofInputs.get(number)).containsExactly(probes.get(number).scoresOf(noisy));
      assertThat(ofInputs.get(number + 3)).containsExactly(ofInputs.get(number));
      assertThat(ofLayers.get(number))
          .containsExactly(probes.get(number).scoresFrom(LAYER, halves));
      assertThat(ofLayers.get(number + 3)).containsExactly(ofLayers.get(number));
    }
    int after = model.passes;
    probes.get(0).scoresOf(named(noisy, "b"));
    assertThat(model.passes).isEqualTo(after + 3);
    // What was handed out is the caller's.
    ofInputs.get(0)[0] = 1e9;
    assertThat(probes.get(0).scoresOf(named(noisy, "a"))).containsExactly(ofInputs.get(3));
  }

  @Test
  void targetsShareActivationsAndGradientsOfAnyTensors() {
    CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()));
    List<StandardProbe> probes = threeTargets(model);
    probes.forEach(probe -> probe.activations(LAYER));
    assertThat(model.passes).isEqualTo(1);
    Set<Tap> taps = Set.of(LAYER, new Tap("image"));
    for (StandardProbe probe : probes) {
      assertThat(probe.activations(LAYER).score())
          .isEqualTo(probe.target().value(probe.scores().toDoubleArray()));
      probe.gradients(taps);
      probe.gradients(taps);
    }
    assertThat(model.passes).isEqualTo(2);
    for (StandardProbe probe : probes) {
      StandardProbe alone = probe(SmallNetwork.channelsFirst()).target(probe.target()).build();
      assertThat(probe.gradients(taps).get(LAYER).toDoubleArray())
          .containsExactly(alone.gradients(taps).get(LAYER).toDoubleArray());
    }
  }

  @Test
  void layersThatAreExpectedAreCapturedInOnePass() {
    CountingModel model = new CountingModel(load(SmallNetwork.channelsFirst()));
    StandardProbe probe = threeTargets(model).get(2);
    Tap image = new Tap("image");
    probe.expect(Set.of(LAYER, image));
    LayerCapture layer = probe.capture(LAYER);
    LayerCapture input = probe.capture(image);
    assertThat(model.passes).isEqualTo(1);
    assertThat(probe.inputGradient().toDoubleArray()).containsExactly(input.gradients());
    assertThat(model.passes).isEqualTo(1);
    StandardProbe alone = probe(SmallNetwork.channelsFirst()).target(probe.target()).build();
    assertThat(layer.gradients()).containsExactly(alone.capture(LAYER).gradients());
    probe.expect(Set.of(LAYER, image));
    assertThat(model.passes).isEqualTo(1);
  }

  @Test
  void progressIsReportedAndAnInterruptCancels() {
    List<Long> reported = new ArrayList<>();
    StandardProbe probe =
        probe(SmallNetwork.channelsFirst())
            .chunk(4)
            .progress(
                (done, total) -> {
                  reported.add(done);
                  assertThat(done).isLessThanOrEqualTo(total);
                  if (done == 1 + 4) {
                    Thread.currentThread().interrupt();
                  }
                })
            .build();
    assertThatThrownBy(() -> probe.moments(LAYER, NOISE, ScoreScale.LOGIT))
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("4 of 12");
    assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
    assertThat(reported).containsExactly(1L, 5L);
    // Nothing half done is remembered.
    assertThat(probe.moments(LAYER, NOISE, ScoreScale.LOGIT).samples()).isEqualTo(12);
  }

  @Test
  void requestsThatDoNotFitAreRefused() {
    StandardProbe probe = probe();
    assertThatThrownBy(() -> probe.capture(new Tap("nowhere")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("nowhere");
    assertThatThrownBy(() -> probe.capture(new Tap("flat")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no feature maps");
    assertThatThrownBy(
            () -> probe(SmallNetwork.channelsFirst()).target(Target.ofClass(3)).build().target())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("0 to 2");
    LoadedModel model = load(SmallNetwork.channelsFirst());
    assertThatThrownBy(() -> StandardProbe.of(model).build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("image");
    assertThatThrownBy(
            () ->
                StandardProbe.of(model)
                    .inputs(Map.of("image", SmallNetwork.imageChannelsLast()))
                    .build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("[1, 2, 4, 5]")
        .hasMessageContaining("[1, 4, 5, 2]");
    assertThatThrownBy(() -> probe(SmallNetwork.channelsFirst()).scores("logits").build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("logits")
        .hasMessageContaining("scores");
  }

  /** Counts the passes of a model. */
  private static final class CountingModel extends ForwardingModel {
    private int passes;
    private int largest;
    private int open;
    private int backwardUntilNoMemory;

    CountingModel(LoadedModel model) {
      super(model);
    }

    @Override
    public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
      passes++;
      open++;
      ForwardPass pass = super.forward(inputs, taps);
      largest = Math.max(largest, pass.samples());
      return new ForwardingPass(pass) {
        @Override
        public Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
          if (--backwardUntilNoMemory == 0) {
            throw new BackendException("No memory left") {
              private static final long serialVersionUID = 1L;

              @Override
              public boolean isOutOfMemory() {
                return true;
              }
            };
          }
          return super.backward(seeds, at);
        }

        @Override
        public void close() {
          open--;
          super.close();
        }
      };
    }
  }
}
