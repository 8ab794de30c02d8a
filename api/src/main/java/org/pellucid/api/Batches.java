package org.pellucid.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.FeatureMapAxes;

/** Sends variants of an input through a model in chunks, and takes the results apart again. */
final class Batches {
  private final ProbedModel probed;
  private final LoadedModel model;
  private final Tap scoresTap;
  private final Chunks chunks;
  private final int wantedPerChunk;
  private final Optional<NoisyRuns> noisyRuns;

  /**
   * Batches of a model.
   *
   * @param wantedPerChunk how many variants travel at once; 0 leaves it to the model
   */
  Batches(ProbedModel probed, Chunks chunks, int wantedPerChunk) {
    this.probed = probed;
    this.model = probed.model();
    this.scoresTap = probed.scoresTap();
    this.chunks = chunks;
    this.wantedPerChunk = wantedPerChunk;
    this.noisyRuns = model.noisyRuns();
  }

  /**
   * How many variants travel at once when gradients are taken, or work resumes, at taps.
   *
   * @param variants how many there are
   */
  int chunk(Collection<Tap> taps, int variants) {
    if (probed.batching().obstacle().isPresent()) {
      return 1;
    }
    List<String> names = taps.stream().map(Tap::tensor).toList();
    return wantedPerChunk > 0 ? wantedPerChunk : model.batchSizes(names).suffixOf(variants);
  }

  /** Takes what is found of each variant, in order. */
  @FunctionalInterface
  interface Sink {
    /** Takes one sample; the layers are only read during the call. */
    void accept(int index, double score, SampleLayers layers);
  }

  /** Takes what is found of each variant for several targets, in order for each of them. */
  @FunctionalInterface
  interface TargetsSink {
    /** Takes one sample for one target; the layers are only read during the call. */
    void accept(int target, int index, double score, SampleLayers layers);
  }

  /**
   * Runs variants of the explained input forward and backward.
   *
   * @param expected the target as far as it is known before
   * @param target makes of a sample's scores the target that turns them into a seed
   */
  void run(
      Inputs inputs, Set<Tap> taps, Target expected, Function<double[], Target> target, Sink sink) {
    runAll(
        inputs,
        taps,
        List.of(expected),
        target.andThen(List::of),
        (number, index, score, layers) -> sink.accept(index, score, layers));
  }

  /**
   * Runs variants of the explained input forward once, and backward for each of several targets.
   *
   * @param expected the targets as far as they are known before
   * @param targets makes of a sample's scores the targets that turn them into seeds
   */
  void runAll(
      Inputs inputs,
      Set<Tap> taps,
      List<Target> expected,
      Function<double[], List<Target>> targets,
      TargetsSink sink) {
    Map<Tap, FeatureMapAxes> axes = new HashMap<>();
    taps.forEach(tap -> axes.put(tap, probed.requireMaps(tap)));
    ask(
        inputs.count(),
        (from, count, all, question) -> forward(inputs, from, count, all, question),
        taps,
        expected,
        first -> targets.apply(first.get()),
        (number, from, answer) -> {
          Map<Tap, Tensor> gradients = answer.gradients(taps);
          Map<Tap, FeatureMaps> maps = new HashMap<>();
          axes.forEach(
              (tap, found) -> maps.put(tap, FeatureMaps.of(gradients.get(tap).shape(), found)));
          double[] values = answer.values();
          for (int i = 0; i < values.length; i++) {
            double[] scores = answer.scores().get(i);
            sink.accept(
                number,
                from + i,
                values[i],
                new SampleLayers(answer.pass(), scores, gradients, maps, i));
          }
        });
  }

  /** Takes what is found of the clean input for several targets. */
  @FunctionalInterface
  interface HeldSink {
    /** Takes the layers for one target. */
    void accept(int target, double score, Map<Tap, HeldLayer> layers);
  }

  /**
   * Runs the clean input forward once, and backward for each of several targets, and leaves the
   * layers in the engine, as far as it holds them.
   *
   * @param expected the targets as far as they are known before
   * @param targets makes of the scores the targets that turn them into seeds
   */
  void hold(
      NoisyRuns runs,
      Set<Tap> taps,
      List<Target> expected,
      Function<double[], List<Target>> targets,
      HeldSink sink) {
    ask(
        1,
        (from, count, all, question) -> forward(probed.clean(), from, count, all, question),
        taps,
        expected,
        first -> targets.apply(first.get()),
        (number, from, answer) -> {
          Map<Tap, HeldLayer> layers =
              taps.isEmpty() ? Map.of() : runs.hold(answer.pass(), answer.seeds(), taps);
          sink.accept(number, answer.values()[0], layers);
        });
  }

  /** What a chunk of variants answers to one target. Scores are read when they are asked for. */
  static final class Answer<P extends ForwardPass> {
    private final P pass;
    private final int count;
    private final Supplier<List<double[]>> scores;
    private final Target target;
    private final Map<Tap, Tensor> seeds;

    /**
     * An answer.
     *
     * @param scores of each sample
     */
    private Answer(
        P pass, int count, Supplier<List<double[]>> scores, Target target, Map<Tap, Tensor> seeds) {
      this.pass = pass;
      this.count = count;
      this.scores = scores;
      this.target = target;
      this.seeds = seeds;
    }

    /** The pass that was asked. */
    P pass() {
      return pass;
    }

    /** How many samples it has. */
    int count() {
      return count;
    }

    /** The scores of each sample. */
    List<double[]> scores() {
      return scores.get();
    }

    /** The target's scalar of each sample. */
    double[] values() {
      return scores().stream().mapToDouble(target::value).toArray();
    }

    /** The derivative of the target by the scores. */
    Map<Tap, Tensor> seeds() {
      return seeds;
    }

    /** Gradients of all its samples at taps. */
    Map<Tap, Tensor> gradients(Set<Tap> taps) {
      return taps.isEmpty() ? Map.of() : pass.backward(seeds, taps);
    }
  }

  /** Takes what chunks of variants answer, in order for each target. */
  @FunctionalInterface
  interface AnswerSink<P extends ForwardPass> {
    /**
     * Takes one chunk for one target; called again for the same samples only if it ran out of the
     * device's memory.
     *
     * @param from the first sample
     * @param answer only used during the call
     */
    void accept(int target, int from, Answer<P> answer);
  }

  /** Runs a chunk of variants forward. */
  @FunctionalInterface
  interface Run<P extends ForwardPass> {
    /** Runs it; the parameters are those of {@link LoadedModel#forward}. */
    P forward(int from, int count, Set<Tap> taps, Optional<Expectation> expected);
  }

  /**
   * Runs variants of the explained input forward, and has a sink ask for the gradients of several
   * targets.
   *
   * @param variants how many there are
   * @param taps where gradients will be asked for
   * @param expected the targets as far as they are known before
   * @param targets makes of a sample's scores the targets that turn them into seeds; scores are
   *     copied out of the engine only where something asks for them
   */
  <P extends ForwardPass> void ask(
      int variants,
      Run<P> run,
      Set<Tap> taps,
      List<Target> expected,
      Function<Supplier<double[]>, List<Target>> targets,
      AnswerSink<P> sink) {
    Set<Tap> all = new LinkedHashSet<>(taps);
    all.add(scoresTap);
    int[] taken = new int[expected.size()];
    List<Target> known = new ArrayList<>(expected);
    chunks.run(
        variants,
        variants == 1 ? 1 : chunk(all, variants),
        "Running variants of the input",
        (from, count) -> {
          Optional<Expectation> question = probed.expectation(known, taps, count);
          try (P pass = run.forward(from, count, all, question)) {
            Supplier<Tensor> tensor = once(() -> pass.activation(scoresTap));
            Supplier<List<double[]>> scores = once(() -> probed.scores(tensor.get(), count));
            List<Target> resolved = targets.apply(() -> scores.get().get(0));
            known.clear();
            known.addAll(resolved);
            for (int number = 0; number < resolved.size(); number++) {
              // In a chunk that did not fit, some targets may have been answered.
              if (taken[number] < from + count) {
                Target target = resolved.get(number);
                Tensor seed =
                    probed
                        .constantSeed(target, count)
                        .orElseGet(() -> probed.seed(target, scores.get(), tensor.get()));
                sink.accept(
                    number,
                    from,
                    new Answer<>(pass, count, scores, target, Map.of(scoresTap, seed)));
                taken[number] = from + count;
              }
            }
          }
        });
  }

  /** Finds something when it is first asked for. To be used by one thread. */
  private static <T> Supplier<T> once(Supplier<T> find) {
    List<T> found = new ArrayList<>(1);
    return () -> {
      if (found.isEmpty()) {
        found.add(find.get());
      }
      return found.get(0);
    };
  }

  /** Runs some variants of the explained input forward. */
  private ForwardPass forward(
      Inputs inputs, int from, int count, Set<Tap> taps, Optional<Expectation> expected) {
    if (noisyRuns.isPresent() && inputs instanceof NoisyInputs copies) {
      return forward(noisyRuns.get(), copies, from, count, taps, expected);
    }
    return model.forward(probed.stacks().of(inputs, from, count), taps, expected);
  }

  /** What the engine does of noisy copies. */
  Optional<NoisyRuns> noisyRuns() {
    return noisyRuns;
  }

  /** Has the engine make some noisy copies, and runs them forward. */
  NoisyPass forward(
      NoisyRuns runs,
      NoisyInputs copies,
      int from,
      int count,
      Set<Tap> taps,
      Optional<Expectation> expected) {
    NoisyRuns.Batch batch = new NoisyRuns.Batch(probed.explained().name(), copies, from, count);
    return runs.forward(batch, probed.stacks().others(count), taps, expected);
  }

  /** By target the scalar for each variant of the explained input. */
  double[][] scoresOf(Inputs inputs, List<Target> targets) {
    // Without taps an engine keeps nothing for backward.
    boolean output = model.graph().outputs().contains(scoresTap.tensor());
    Set<Tap> taps = new LinkedHashSet<>(output ? Set.of() : Set.of(scoresTap));
    if (inputs.count() > 1) {
      Waist.of(model.graph(), probed.batching(), model.options(), scoresTap.tensor())
          .ifPresent(taps::add);
    }
    double[][] values = new double[targets.size()][inputs.count()];
    // What runs in pieces is made piece by piece, where it runs.
    boolean inPieces = !taps.isEmpty() || (noisyRuns.isPresent() && inputs instanceof NoisyInputs);
    chunks.run(
        inputs.count(),
        chunk(taps, inputs.count()),
        "Scoring variants of the input",
        (from, count) -> {
          if (inPieces) {
            try (ForwardPass pass = forward(inputs, from, count, taps, Optional.empty())) {
              read(scores(pass), from, count, targets, values);
            }
          } else {
            // The pass is closed before its memory goes to the next one; what fails keeps it.
            InputStacks.Stack stack = probed.stacks().inMemory(inputs, from, count);
            try (ForwardPass pass = model.forward(stack.tensors(), taps)) {
              read(scores(pass), from, count, targets, values);
            }
            stack.close();
          }
        });
    return values;
  }

  /** Of a pass with the scores among its outputs or taps. */
  private Tensor scores(ForwardPass pass) {
    return model.graph().outputs().contains(scoresTap.tensor())
        ? pass.outputs().get(scoresTap.tensor())
        : pass.activation(scoresTap);
  }

  /** What targets make of the scores of some variants. */
  private void read(Tensor scores, int from, int count, List<Target> targets, double[][] values) {
    for (int i = 0; i < count; i++) {
      double[] sample = probed.scores(scores, count, i);
      for (int number = 0; number < values.length; number++) {
        values[number][from + i] = targets.get(number).value(sample);
      }
    }
  }

  /** By target the scalar for each variant of a layer of the clean image. */
  double[][] scoresFrom(Tap tap, Inputs activations, List<Target> targets) {
    FeatureMapAxes axes = probed.featureMaps(tap);
    double[][] values = new double[targets.size()][activations.count()];
    try (ForwardPass clean =
        model.forward(
            probed.stacks().of(probed.clean(), 0, 1), Set.of(tap, scoresTap), Optional.empty())) {
      Shape one = clean.activation(tap).shape();
      chunks.run(
          activations.count(),
          chunk(Set.of(tap), activations.count()),
          "Scoring variants of a layer",
          (from, count) -> {
            Shape shape =
                count == 1 ? one : one.with(axes.sampleAxis(), one.dim(axes.sampleAxis()) * count);
            FeatureMaps maps = FeatureMaps.of(shape, axes);
            double[] stacked = new double[Math.toIntExact(shape.size())];
            for (int i = 0; i < count; i++) {
              Tensor variant = activations.get(from + i);
              if (!variant.shape().equals(maps.shape())) {
                throw new InvalidRequestException(
                    "Activations of \""
                        + tap.tensor()
                        + "\" have shape "
                        + maps.shape()
                        + ", found "
                        + variant.shape());
              }
              maps.place(variant.toDoubleArray(), stacked, i);
            }
            Tensor replaced = Tensor.of(shape, stacked).cast(probed.elementType());
            try (ForwardPass resumed = clean.resume(tap, replaced)) {
              read(resumed.activation(scoresTap), from, count, targets, values);
            }
          });
    }
    return values;
  }
}
