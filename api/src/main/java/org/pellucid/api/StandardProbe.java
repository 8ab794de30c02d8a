package org.pellucid.api;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
 */
public final class StandardProbe implements ModelProbe {
  private final ProbeBuilder builder;
  private final Batches batches;
  private final LoadedModel model;
  private final Target wanted;
  private final Set<Tap> expected;
  private final ProbeFamily family;
  private final ProbeFamily.Memory answers;
  private Target target;

  StandardProbe(ProbeBuilder builder, Batches batches, Target wanted, ProbeFamily family) {
    this.builder = builder;
    this.model = builder.model;
    this.batches = batches;
    this.wanted = wanted;
    this.expected = Set.copyOf(builder.expected);
    this.family = family;
    this.answers = family.join(this);
  }

  /** Begins a probe of a model. */
  public static ProbeBuilder of(LoadedModel model) {
    return new ProbeBuilder(model);
  }

  @Override
  public ModelGraph graph() {
    return model.graph();
  }

  @Override
  public Tensor input() {
    return batches.explained().clean();
  }

  @Override
  public Tap inputTap() {
    return new Tap(batches.explained().name());
  }

  @Override
  public Tensor inputMaps() {
    return batches.explained().maps();
  }

  @Override
  public Inputs variants(Inputs maps) {
    return batches.explained().variants(maps);
  }

  @Override
  public Shape inputSpace() {
    return batches.explained().space();
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
  private void ask() {
    if (target == null && family.scores() != null) {
      resolve(family.scores());
    } else if (target == null) {
      captureClean(expected);
    }
  }

  /**
   * This probe, and those of the targets after it for which a question is open too, as far as
   * memory allows: one forward pass serves them all.
   */
  private List<StandardProbe> sharing(long bytesEach, Object... questions) {
    return family.sharing(
        this,
        bytesEach,
        other ->
            Arrays.stream(questions)
                .anyMatch(question -> other.answers.get(question, Object.class) == null));
  }

  /** What is explained, by probe. All know the scores already. */
  private static List<Target> targets(List<StandardProbe> probes) {
    probes.forEach(StandardProbe::ask);
    return probes.stream().map(probe -> probe.target).toList();
  }

  @Override
  public LayerCapture capture(Tap tap) {
    LayerCapture known = answers.get(tap, LayerCapture.class);
    if (known == null) {
      Set<Tap> taps = new LinkedHashSet<>();
      taps.add(tap);
      if (target == null) {
        taps.addAll(expected);
      }
      known = captureClean(taps).get(tap);
    }
    return known;
  }

  @Override
  public LayerActivations activations(Tap tap) {
    record Question(Tap tap) {}
    if (expected.contains(tap) || answers.get(tap, LayerCapture.class) != null) {
      return capture(tap).withoutGradients();
    }
    // They are the same whatever the target is.
    ProbeFamily.Memory memory = family.memory();
    LayerActivations known = memory.get(new Question(tap), LayerActivations.class);
    if (known == null) {
      known = batches.activations(tap, this::resolve);
      memory.put(new Question(tap), known, 8L * known.activations().length);
    }
    ask();
    return new LayerActivations(
        tap, known.shape(), known.activations(), target.value(family.scores()));
  }

  @Override
  public void expect(Set<Tap> taps) {
    Set<Tap> open = new LinkedHashSet<>();
    for (Tap tap : taps) {
      if (answers.get(tap, LayerCapture.class) == null) {
        open.add(tap);
      }
    }
    if (open.size() > 1 && ProbeFamily.remembers(captureBytes(open))) {
      captureClean(open);
    }
  }

  private long captureBytes(Set<Tap> taps) {
    return taps.stream().mapToLong(tap -> 8L * 2 * elements(tap)).sum();
  }

  private Map<Tap, LayerCapture> captureClean(Set<Tap> taps) {
    taps.forEach(batches::requireMaps);
    List<StandardProbe> sharing = sharing(captureBytes(taps), taps.toArray());
    Map<Tap, LayerCapture> captured = new LinkedHashMap<>();
    batches.runAll(
        batches.clean(),
        taps,
        sharing.stream().map(StandardProbe::known).toList(),
        scores -> sharing.stream().map(probe -> probe.resolve(scores)).toList(),
        (number, index, score, layers) -> {
          for (Tap tap : taps) {
            LayerCapture capture = layers.capture(tap, score);
            if (number == 0) {
              captured.put(tap, capture);
            } else {
              sharing.get(number).answers.put(tap, capture, 8L * 2 * capture.shape().size());
            }
          }
        });
    // What was asked for comes last, so that it is kept in any case.
    captured.forEach((tap, capture) -> answers.put(tap, capture, 8L * 2 * capture.shape().size()));
    return captured;
  }

  /** The target as far as it is known. */
  private Target known() {
    return target == null ? wanted : target;
  }

  /** Called with the scores of the clean image before they are turned into seeds. */
  private Target resolve(double[] found) {
    if (target == null) {
      family.found(found);
      target = wanted.resolve(vector(found));
    }
    return target;
  }

  @Override
  public Tensor inputGradient() {
    Tap tap = inputTap();
    return expected.contains(tap) || answers.get(tap, LayerCapture.class) != null
        ? batches.explained().laidOut(capture(tap).gradients())
        : gradients(Set.of(tap)).get(tap).cast(ElementType.FLOAT64).reshape(input().shape());
  }

  private record Gradients(Map<Tap, Tensor> byTap) {}

  @Override
  public Map<Tap, Tensor> gradients(Set<Tap> taps) {
    record Question(Set<Tap> taps) {}
    Question question = new Question(Set.copyOf(taps));
    Gradients known = answers.get(question, Gradients.class);
    if (known != null) {
      return known.byTap();
    }
    long bytes = taps.stream().mapToLong(tap -> 8L * elements(tap)).sum();
    List<StandardProbe> sharing = sharing(bytes, question);
    List<Map<Tap, Tensor>> found =
        batches.gradients(
            taps,
            sharing.stream().map(StandardProbe::known).toList(),
            scores -> sharing.stream().map(probe -> probe.resolve(scores)).toList());
    for (int number = sharing.size() - 1; number >= 0; number--) {
      if (ProbeFamily.remembers(bytes)) {
        sharing.get(number).answers.put(question, new Gradients(found.get(number)), bytes);
      }
    }
    return found.get(0);
  }

  @Override
  public double[] hessianVector(Tap tap, double[] vector) {
    ask();
    return batches.hessianVector(tap, vector, family.scores(), target);
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
    return batches.gradients(model.companion(key, model.options(), network), at, target);
  }

  /** A probe of the same image, told of the scores that are known. */
  private StandardProbe resolved(StandardProbe probe) {
    probe.resolve(family.scores());
    return probe;
  }

  @Override
  public ModelProbe with(GradientRules rules) {
    ask();
    return resolved(
        family.counterpart(
            this,
            rules,
            targets -> {
              LoadedModel under = model.companion(rules, model.options().with(rules), model::graph);
              return builder.on(under).buildAll(targets);
            }));
  }

  /** The target as it was asked for. */
  Target wanted() {
    return wanted;
  }

  @Override
  public GradientMoments moments(Tap tap, Noise noise, ScoreScale score) {
    GradientMoments known =
        answers.get(new MomentQuestion(tap, noise, score), GradientMoments.class);
    if (known != null) {
      return known;
    }
    batches.requireMaps(tap);
    ask();
    NavigableSet<Integer> counts = counts(tap, noise, score);
    Set<Tap> taps = together(tap, noise, score, counts.size());
    List<StandardProbe> sharing =
        sharing(
            counts.size() * taps.stream().mapToLong(this::momentBytes).sum(),
            new MomentQuestion(tap, noise, score));
    NoisyInputs copies = batches.explained().noisy(noise.withSamples(counts.last()));
    Map<Integer, List<Map<Tap, GradientMoments>>> found =
        new NoisyMoments(batches, copies, counts, taps, targets(sharing), score).find();
    counts.remove(noise.samples());
    for (int number = sharing.size() - 1; number >= 0; number--) {
      ProbeFamily.Memory own = sharing.get(number).answers;
      for (int count : counts) {
        put(own, noise.withSamples(count), score, found.get(count).get(number));
      }
      put(own, noise, score, found.get(noise.samples()).get(number));
    }
    // The one that was asked for comes last, so that it is kept in any case.
    return answers.get(new MomentQuestion(tap, noise, score), GradientMoments.class);
  }

  private static void put(
      ProbeFamily.Memory memory, Noise noise, ScoreScale score, Map<Tap, GradientMoments> found) {
    found.forEach(
        (tap, moments) ->
            memory.put(
                new MomentQuestion(tap, noise, score),
                moments,
                momentBytes(moments.first().length, moments.leaveOut().size())));
  }

  @Override
  public GradientMoments moments(
      Tap tap, Noise noise, ScoreScale score, Predicate<GradientMoments> enough) {
    batches.requireMaps(tap);
    ask();
    NoisyInputs copies = batches.explained().noisy(noise);
    Set<Integer> counts = Set.of(copies.count());
    return new NoisyMoments(batches, copies, counts, Set.of(tap), List.of(target), score)
        .find(enough);
  }

  private record MomentQuestion(Tap tap, Noise noise, ScoreScale score) {}

  private static long momentBytes(long size, int groups) {
    return 8L * 3 * (groups + 3) * size;
  }

  /**
   * The numbers of copies over which averages are found in one run: the one asked for, and the
   * expected ones that are not known.
   */
  private NavigableSet<Integer> counts(Tap tap, Noise noise, ScoreScale score) {
    NavigableSet<Integer> counts = new TreeSet<>();
    long bytes = momentBytes(tap);
    for (int other : builder.expectedSamples) {
      MomentQuestion question = new MomentQuestion(tap, noise.withSamples(other), score);
      if (answers.get(question, GradientMoments.class) == null
          && ProbeFamily.remembers(bytes + momentBytes(tap))) {
        bytes += momentBytes(tap);
        counts.add(other);
      }
    }
    counts.add(noise.samples());
    return counts;
  }

  /**
   * The layers whose moments are found in one run: the one asked for, at the end, and those of the
   * expected ones that can be kept beside it.
   *
   * @param counts how many averages are kept of each
   */
  private Set<Tap> together(Tap tap, Noise noise, ScoreScale score, int counts) {
    Set<Tap> taps = new LinkedHashSet<>();
    long bytes = counts * momentBytes(tap);
    for (Tap other : builder.expectedAverages) {
      boolean known =
          answers.get(new MomentQuestion(other, noise, score), GradientMoments.class) != null;
      long own = counts * momentBytes(other);
      if (!other.equals(tap) && !known && ProbeFamily.remembers(bytes + own)) {
        bytes += own;
        taps.add(other);
      }
    }
    taps.add(tap);
    return taps;
  }

  private long momentBytes(Tap tap) {
    return momentBytes(elements(tap), 10);
  }

  /** The elements of one sample; none where there is no such tensor. */
  private long elements(Tap tap) {
    return model.graph().has(tap.tensor())
        ? model.graph().type(tap.tensor()).shape().size() / model.batching().samples()
        : 0;
  }

  @Override
  public Inputs noisy(Noise noise) {
    return batches.explained().noisy(noise);
  }

  @Override
  public void captures(Inputs inputs, Set<Tap> taps, CaptureConsumer consumer) {
    taps.forEach(batches::requireMaps);
    ask();
    batches.run(
        inputs,
        taps,
        known(),
        this::resolve,
        (index, score, layers) -> {
          Map<Tap, LayerCapture> captures = new LinkedHashMap<>();
          for (Tap tap : taps) {
            captures.put(tap, layers.capture(tap, score));
          }
          consumer.accept(index, captures);
        });
  }

  @Override
  public double[] scoresOf(Inputs inputs) {
    ask();
    return scored(
        new Scored(inputTap(), inputs.identity()),
        inputs.count(),
        targets -> batches.scoresOf(inputs, targets));
  }

  @Override
  public double[] scoresFrom(Tap tap, Inputs activations) {
    ask();
    return scored(
        new Scored(tap, activations.identity()),
        activations.count(),
        targets -> batches.scoresFrom(tap, activations, targets));
  }

  /** Variants of the input or of a layer whose scores are asked for. */
  private record Scored(Tap varied, Optional<Object> identity) {}

  /** Variants that are known by what they are run once, for all targets. */
  private double[] scored(Scored question, int count, Function<List<Target>, double[][]> run) {
    if (question.identity().isEmpty()) {
      return run.apply(List.of(target))[0];
    }
    double[] known = answers.get(question, double[].class);
    if (known == null) {
      List<StandardProbe> sharing = sharing(8L * count, question);
      double[][] found = run.apply(targets(sharing));
      for (int number = sharing.size() - 1; number >= 0; number--) {
        sharing.get(number).answers.put(question, found[number], 8L * count);
      }
      known = found[0];
    }
    return known.clone();
  }
}
