package org.pellucid.api;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.GradientRules;

/**
 * The probe that asks a {@link LoadedModel}: it knows batches, layouts, noise and averages, so that
 * backends and explainers need not. The model stays open as long as the probe is used, and is
 * closed by who loaded it.
 *
 * <p>Variants of the input travel in chunks where the model batches ({@link
 * org.pellucid.graph.pass.Batching#obstacle}), and one by one otherwise; a chunk's size is the
 * model's ({@link LoadedModel#batchSizes}), so that equal questions have equal answers, and half of
 * it from where a device has no memory for it. What is kept of answers stays below 256 MiB, or is
 * the last answer alone.
 *
 * <pre>{@code
 * StandardProbe probe =
 *     StandardProbe.of(model)
 *         .inputs(Map.of("image", image))
 *         .scores("logits")
 *         .target(Target.top())
 *         .build();
 * LayerCapture capture = probe.capture(new Tap("relu5_3"));
 * }</pre>
 *
 * @since 0.1.0
 */
public final class StandardProbe implements ModelProbe {
  private final ProbeBuilder builder;
  private final Passes passes;
  private final LoadedModel model;
  private final Target wanted;
  private final ProbeFamily family;
  private final ProbeFamily.Memory answers;
  private final SharedMoments averages;
  private final CleanLayers layers;
  private Target target;

  /** How a model is run for all probes of a family. */
  record Passes(ProbedModel probed, Batches batches, CleanPasses clean) {}

  StandardProbe(ProbeBuilder builder, Passes passes, Target wanted, ProbeFamily family) {
    this.builder = builder;
    this.model = builder.model;
    this.passes = passes;
    this.wanted = wanted;
    this.family = family;
    this.answers = family.join(this);
    Set<Tap> averaged = Set.copyOf(builder.expectedAverages);
    this.layers = new CleanLayers(this, Set.copyOf(builder.expected), averaged);
    this.averages = new SharedMoments(this, averaged, Set.copyOf(builder.expectedSamples));
  }

  /** Begins a probe of a model. */
  public static ProbeBuilder of(LoadedModel model) {
    return new ProbeBuilder(model);
  }

  @Override
  public ModelGraph graph() {
    return model.graph();
  }

  /** Whether these are all the probes of its family. */
  boolean isWholeFamily(List<StandardProbe> probes) {
    return probes.size() == family.members().size();
  }

  /** How its model is run. */
  Passes passes() {
    return passes;
  }

  /** What it remembers. */
  ProbeFamily.Memory answers() {
    return answers;
  }

  private ExplainedInput explained() {
    return passes.probed().explained();
  }

  @Override
  public Tensor input() {
    return explained().clean();
  }

  @Override
  public Tap inputTap() {
    return new Tap(explained().name());
  }

  @Override
  public Tensor inputMaps() {
    return explained().maps();
  }

  @Override
  public Inputs variants(Inputs maps) {
    return explained().variants(maps);
  }

  @Override
  public Shape inputSpace() {
    return explained().space();
  }

  @Override
  public Target target() {
    ask();
    return target;
  }

  @Override
  public Tensor scores() {
    ask();
    return vector(family.scores());
  }

  private static Tensor vector(double[] scores) {
    return Tensor.of(Shape.of(scores.length), scores.clone());
  }

  /** Resolves the target, with the layers that are expected in the same pass. */
  void ask() {
    if (target == null && family.scores() != null) {
      resolve(family.scores());
    } else if (target == null) {
      layers.find();
    }
  }

  /**
   * This probe, and those of the targets after it for which a question is open too, as far as
   * memory allows: one forward pass serves them all.
   */
  List<StandardProbe> sharing(long bytesEach, Object... questions) {
    return family.sharing(
        this,
        bytesEach,
        other ->
            Arrays.stream(questions)
                .anyMatch(question -> other.answers.get(question, Object.class) == null));
  }

  /** What is explained, by probe. All know the scores already. */
  static List<Target> targets(List<StandardProbe> probes) {
    probes.forEach(StandardProbe::ask);
    return probes.stream().map(probe -> probe.target).toList();
  }

  /**
   * The answer to a question: found once, in one run for all probes that share it.
   *
   * @param bytes of an answer
   * @param find finds it for probes, this one first
   */
  <T> T shared(
      Object question, Class<T> type, long bytes, Function<List<StandardProbe>, List<T>> find) {
    T known = answers.get(question, type);
    if (known != null) {
      return known;
    }
    List<StandardProbe> sharing = sharing(bytes, question);
    List<T> found = find.apply(sharing);
    if (ProbeFamily.remembers(bytes)) {
      // The one that was asked for comes last, so that it is forgotten last.
      for (int number = sharing.size() - 1; number >= 0; number--) {
        sharing.get(number).answers.put(question, found.get(number), bytes);
      }
    }
    return found.get(0);
  }

  @Override
  public LayerCapture capture(Tap tap) {
    return layers.capture(tap);
  }

  @Override
  public LayerCapture layer(Tap tap) {
    return layers.layer(tap);
  }

  @Override
  public Shape shape(Tap tap) {
    ProbedModel probed = passes.probed();
    return FeatureMaps.of(probed.shape(tap), probed.requireMaps(tap)).shape();
  }

  /** The layers of the clean input. */
  CleanLayers layers() {
    return layers;
  }

  @Override
  public LayerActivations activations(Tap tap) {
    record Question(Tap tap) {}
    if (layers.isForeseen(tap)) {
      return capture(tap).withoutGradients();
    }
    // They are the same whatever the target is.
    ProbeFamily.Memory memory = family.memory();
    LayerActivations known = memory.get(new Question(tap), LayerActivations.class);
    if (known == null) {
      known = passes.clean().activations(tap, this::resolve);
      memory.put(new Question(tap), known, 8L * known.activations().length);
    }
    ask();
    return new LayerActivations(
        tap, known.shape(), known.activations(), target.value(family.scores()));
  }

  @Override
  public void expect(Set<Tap> taps) {
    layers.expect(taps);
  }

  /** Makes it one of several that are asked the same. */
  void join(Cohort joined) {
    layers.join(joined);
  }

  boolean knowsScores() {
    return family.scores() != null;
  }

  /** Whether the target is resolved. */
  boolean isResolved() {
    return target != null;
  }

  /** Told what a run with others found. */
  void found(double[] scores, Map<Tap, LayerCapture> captures) {
    resolve(scores);
    captures.values().forEach(capture -> CleanLayers.put(this, capture));
  }

  /** The target as far as it is known. */
  Target known() {
    return target == null ? wanted : target;
  }

  /** Called with the scores of the clean image before they are turned into seeds. */
  Target resolve(double[] found) {
    if (target == null) {
      family.found(found);
      target = wanted.resolve(vector(found));
    }
    return target;
  }

  @Override
  public Tensor inputGradient() {
    Tap tap = inputTap();
    return layers.isForeseen(tap)
        ? explained().laidOut(capture(tap).gradients())
        : gradients(Set.of(tap)).get(tap).cast(ElementType.FLOAT64).reshape(input().shape());
  }

  @Override
  public Map<Tap, Tensor> gradients(Set<Tap> taps) {
    return SharedGradients.at(this, taps);
  }

  @Override
  public double[] hessianVector(Tap tap, double[] vector) {
    ask();
    return passes.clean().hessianVector(tap, vector, family.scores(), target);
  }

  @Override
  public ModelProbe with(Target other) {
    ask();
    return resolved(builder.on(model).target(other).build());
  }

  @Override
  public Tap scoresTap() {
    return new Tap(builder.scores);
  }

  @Override
  public Map<Tap, Map<Tap, Tensor>> gradients(
      Object key, Supplier<ModelGraph> network, Map<Tap, Set<Tap>> at) {
    ask();
    return SharedGradients.in(this, key, model.companion(key, model.options(), network), at);
  }

  /** A probe of the same image in another family, told of the scores that are known. */
  private StandardProbe resolved(StandardProbe probe) {
    probe.resolve(family.scores());
    return probe;
  }

  @Override
  public ModelProbe with(Object derivation, Function<ModelProbe, Optional<Target>> other) {
    ask();
    return family
        .derived(
            this,
            derivation,
            member -> {
              member.ask();
              return other.apply(member);
            },
            builder.on(model))
        .map(this::resolved)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "No other target is derived from \"" + target.describe() + '"'));
  }

  @Override
  public ModelProbe with(GradientRules rules) {
    ask();
    return resolved(
        family.under(
            this,
            rules,
            () -> builder.on(model.companion(rules, model.options().with(rules), model::graph))));
  }

  /** The target as it was asked for. */
  Target wanted() {
    return wanted;
  }

  @Override
  public GradientMoments moments(Tap tap, Noise noise, ScoreScale score) {
    return averages(tap, noise, score, AveragedGradients::moments);
  }

  @Override
  public GradientMoments moments(
      Tap tap,
      Noise noise,
      ScoreScale score,
      Object condition,
      Function<ModelProbe, Predicate<GradientMoments>> enough) {
    return averages(
        tap,
        noise,
        score,
        condition,
        asked -> {
          Predicate<GradientMoments> sufficient = enough.apply(asked);
          return found -> sufficient.test(found.moments());
        },
        AveragedGradients::moments);
  }

  @Override
  public <R> R averages(
      Tap tap, Noise noise, ScoreScale score, Function<AveragedGradients, R> use) {
    passes.probed().requireMaps(tap);
    return layers.keeping(tap, () -> averages.use(tap, noise, score, use));
  }

  @Override
  public <R> R averages(
      Tap tap,
      Noise noise,
      ScoreScale score,
      Object condition,
      Function<ModelProbe, Predicate<AveragedGradients>> enough,
      Function<AveragedGradients, R> use) {
    passes.probed().requireMaps(tap);
    return layers.keeping(tap, () -> averages.use(tap, noise, score, condition, enough, use));
  }

  @Override
  public Inputs noisy(Noise noise) {
    return explained().noisy(noise);
  }

  @Override
  public Inputs noisyMaps(Noise noise) {
    return explained().maps(explained().noisy(noise));
  }

  @Override
  public void captures(Inputs inputs, Set<Tap> taps, CaptureConsumer consumer) {
    taps.forEach(passes.probed()::requireMaps);
    ask();
    passes
        .batches()
        .run(
            inputs,
            taps,
            known(),
            this::resolve,
            (index, score, layers) -> {
              consumer.accept(index, layers.captures(taps, score));
            });
  }

  @Override
  public <G extends Gathering> G gathered(
      Inputs variants, Set<Tap> taps, Object question, Function<ModelProbe, G> make) {
    taps.forEach(passes.probed()::requireMaps);
    ask();
    return SharedGatherings.gathered(this, variants, taps, question, make);
  }

  @Override
  public double[] scoresOf(Inputs inputs) {
    ask();
    return SharedScores.of(this, inputs);
  }

  @Override
  public double[] scoresFrom(Tap tap, Inputs activations) {
    ask();
    return SharedScores.from(this, tap, activations);
  }
}
