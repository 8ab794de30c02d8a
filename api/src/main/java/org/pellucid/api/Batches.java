package org.pellucid.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Layouts;

/** Sends variants of an input through a model in chunks, and takes the results apart again. */
final class Batches {
  private final LoadedModel model;
  private final Batching batching;
  private final Layouts layouts;
  private final ExplainedInput explained;
  private final InputStacks stacks;
  private final Tap scoresTap;
  private final SampleAxis scoresAxis;
  private final Chunks chunks;
  private final ElementType elementType;
  private final int wantedPerChunk;
  private final Optional<NoisyRuns> noisyRuns;

  Batches(ProbeBuilder builder) {
    model = builder.model;
    batching = model.batching();
    layouts = model.layouts();
    Map<String, Tensor> clean = new LinkedHashMap<>(builder.inputs);
    scoresTap = new Tap(builder.scores);
    scoresAxis = new SampleAxis(batching.axis(builder.scores));
    chunks = new Chunks(builder.progress);
    elementType =
        model.options().precision() == Precision.FLOAT64
            ? ElementType.FLOAT64
            : ElementType.FLOAT32;
    explained =
        new ExplainedInput(
            builder.explained,
            model.graph().inputs().get(builder.explained),
            clean.get(builder.explained),
            layouts.of(builder.explained),
            elementType);
    stacks = new InputStacks(model.graph().inputs(), clean, explained, elementType);
    wantedPerChunk = builder.chunk;
    noisyRuns = model.noisyRuns();
    if (batching.obstacle().isPresent() && batching.samples() != 1) {
      throw new InvalidRequestException(
          "One image is explained; the model was written for batches of "
              + batching.samples()
              + " and cannot run another number: "
              + batching.obstacle().get()
              + ". Export it for one image");
    }
  }

  /** How many variants travel at once when gradients are taken, or work resumes, at taps. */
  private int chunk(Collection<Tap> taps) {
    if (batching.obstacle().isPresent()) {
      return 1;
    }
    List<String> names = taps.stream().map(Tap::tensor).toList();
    return wantedPerChunk > 0 ? wantedPerChunk : model.batchSizes(names).suffix();
  }

  /** The explained input. */
  ExplainedInput explained() {
    return explained;
  }

  /** The clean explained input as the only variant. */
  Inputs clean() {
    return new Inputs() {
      @Override
      public int count() {
        return 1;
      }

      @Override
      public Tensor get(int index) {
        return explained.clean();
      }
    };
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
    taps.forEach(tap -> axes.put(tap, requireMaps(tap)));
    ask(
        inputs.count(),
        (from, count, all, question) -> forward(inputs, from, count, all, question),
        taps,
        expected,
        targets,
        (number, from, values, answer) -> {
          Map<Tap, Tensor> gradients = answer.gradients(taps);
          Map<Tap, FeatureMaps> maps = new HashMap<>();
          axes.forEach(
              (tap, found) -> maps.put(tap, FeatureMaps.of(gradients.get(tap).shape(), found)));
          for (int i = 0; i < values.length; i++) {
            sink.accept(
                number, from + i, values[i], new SampleLayers(answer.pass(), gradients, maps, i));
          }
        });
  }

  /** What a chunk of variants answers to one target. */
  record Answer<P extends ForwardPass>(P pass, Map<Tap, Tensor> seeds) {
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
     * @param values the target's scalar of each sample
     * @param answer only used during the call
     */
    void accept(int target, int from, double[] values, Answer<P> answer);
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
   * @param targets makes of a sample's scores the targets that turn them into seeds
   */
  <P extends ForwardPass> void ask(
      int variants,
      Run<P> run,
      Set<Tap> taps,
      List<Target> expected,
      Function<double[], List<Target>> targets,
      AnswerSink<P> sink) {
    Set<Tap> all = new LinkedHashSet<>(taps);
    all.add(scoresTap);
    int[] taken = new int[expected.size()];
    chunks.run(
        variants,
        variants == 1 ? 1 : chunk(all),
        "Running variants of the input",
        (from, count) -> {
          Optional<Expectation> question = expectation(expected, taps, count);
          try (P pass = run.forward(from, count, all, question)) {
            Tensor scores = pass.activation(scoresTap);
            List<double[]> samples = new ArrayList<>();
            for (int i = 0; i < count; i++) {
              samples.add(scoresAxis.ofSample(scores, count, i));
            }
            List<Target> resolved = targets.apply(samples.get(0));
            for (int number = 0; number < resolved.size(); number++) {
              // In a chunk that did not fit, some targets may have been answered.
              if (taken[number] < from + count) {
                Target target = resolved.get(number);
                double[] values = samples.stream().mapToDouble(target::value).toArray();
                Tensor seed = seed(target, samples, scores);
                sink.accept(number, from, values, new Answer<>(pass, Map.of(scoresTap, seed)));
                taken[number] = from + count;
              }
            }
          }
        });
  }

  /** The derivative of a target by the scores of all samples. */
  private Tensor seed(Target target, List<double[]> samples, Tensor scores) {
    double[] seeds = new double[scores.size()];
    for (int i = 0; i < samples.size(); i++) {
      double[] seed = target.seed(samples.get(i));
      scoresAxis.place(seed, seeds, scores.shape(), samples.size(), i);
    }
    return Tensor.of(scores.shape(), seeds).cast(scores.elementType());
  }

  /** Runs some variants of the explained input forward. */
  private ForwardPass forward(
      Inputs inputs, int from, int count, Set<Tap> taps, Optional<Expectation> expected) {
    if (noisyRuns.isPresent() && inputs instanceof NoisyInputs copies) {
      return forward(noisyRuns.get(), copies, from, count, taps, expected);
    }
    return forward(model, stacks.of(inputs, from, count), taps, expected);
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
    NoisyRuns.Batch batch = new NoisyRuns.Batch(explained.name(), copies, from, count);
    return runs.forward(batch, stacks.others(count), taps, expected);
  }

  /**
   * Runs the clean input forward alone.
   *
   * @param target makes of its scores the target that turns them into a number
   */
  LayerActivations activations(Tap tap, Function<double[], Target> target) {
    FeatureMapAxes axes = requireMaps(tap);
    return once(
        model,
        Map.of(),
        Set.of(tap, scoresTap),
        Optional.empty(),
        pass -> {
          double[] scores = scoresAxis.ofSample(pass.activation(scoresTap), 1, 0);
          double score = target.apply(scores).value(scores);
          Tensor layer = pass.activation(tap);
          FeatureMaps maps = FeatureMaps.of(layer.shape(), axes);
          return new LayerActivations(tap, maps.shape(), maps.ofSample(layer, 0), score);
        });
  }

  /** Runs a network on the clean input, and what else it takes. */
  private <T> T once(
      LoadedModel network,
      Map<String, Tensor> more,
      Set<Tap> taps,
      Optional<Expectation> expected,
      Function<ForwardPass, T> use) {
    List<T> found = new ArrayList<>();
    chunks.run(
        1,
        1,
        "Running the input",
        (from, count) -> {
          Map<String, Tensor> inputs = stacks.of(clean(), 0, 1);
          inputs.putAll(more);
          try (ForwardPass pass = forward(network, inputs, taps, expected)) {
            found.add(use.apply(pass));
          }
        });
    return found.get(0);
  }

  /** What is given of scores, as the derivative by the tensor of scores of one sample. */
  private Tensor seed(double[] ofScores, Shape shape) {
    double[] seeds = new double[Math.toIntExact(shape.size())];
    scoresAxis.place(ofScores, seeds, shape, 1, 0);
    return Tensor.of(shape, seeds).cast(elementType);
  }

  /**
   * The gradients of the clean input's score at any tensors, for each of several targets.
   *
   * @param expected the targets as far as they are known before
   * @param targets makes of its scores the targets that turn them into seeds
   */
  List<Map<Tap, Tensor>> gradients(
      Set<Tap> taps, List<Target> expected, Function<double[], List<Target>> targets) {
    Set<Tap> all = new LinkedHashSet<>(taps);
    all.add(scoresTap);
    return once(
        model,
        Map.of(),
        all,
        expectation(expected, taps, 1),
        pass -> {
          Tensor scores = pass.activation(scoresTap);
          double[] sample = scoresAxis.ofSample(scores, 1, 0);
          List<Map<Tap, Tensor>> found = new ArrayList<>();
          for (Target target : targets.apply(sample)) {
            Tensor seed = seed(target.seed(sample), scores.shape());
            found.add(pass.backward(Map.of(scoresTap, seed), taps));
          }
          return found;
        });
  }

  /**
   * The gradients of a target that reads several tensors of another network, by what it reads.
   *
   * @param at where gradients are taken, by what is read
   */
  Map<Tap, Map<Tap, Tensor>> gradients(LoadedModel network, Map<Tap, Set<Tap>> at, Target target) {
    Set<Tap> all = new LinkedHashSet<>(at.keySet());
    at.values().forEach(all::addAll);
    return once(
        network,
        Map.of(),
        all,
        Optional.empty(),
        pass -> {
          Map<Tap, Map<Tap, Tensor>> found = new LinkedHashMap<>();
          at.forEach(
              (read, taps) -> {
                Tensor scores = pass.activation(read);
                double[] seed = target.seed(scoresAxis.ofSample(scores, 1, 0));
                found.put(read, pass.backward(Map.of(read, seed(seed, scores.shape())), taps));
              });
          return found;
        });
  }

  private record Differentiated(Tap tap, Tap scores) {}

  /**
   * The second derivatives of the clean input's score at a layer times a vector: with scores y(A),
   * S = f(y) and J = dy/dA, the derivative of (J^T s) v by A at the seed s = f'(y), and J^T f''(y)
   * J v. J v is itself a derivative, that of the same product by the seed.
   */
  double[] hessianVector(Tap tap, double[] vector, double[] scores, Target target) {
    FeatureMapAxes axes = featureMaps(tap);
    ModelGraph one = batching.at(1);
    Differentiation first =
        Differentiation.of(one, Set.of(scoresTap.tensor()), Set.of(tap.tensor()));
    if (!first.gradients().containsKey(tap.tensor())) {
      return new double[vector.length];
    }
    Tap seedTap = new Tap(first.seeds().get(scoresTap.tensor()));
    Tap gradient = new Tap(first.gradients().get(tap.tensor()));
    Shape ofScores = one.type(scoresTap.tensor()).shape();
    LoadedModel twice =
        model.companion(new Differentiated(tap, scoresTap), model.options(), first::graph);
    FeatureMaps maps = FeatureMaps.of(one.type(tap.tensor()).shape(), axes);
    Tensor direction =
        Tensor.of(one.type(tap.tensor()).shape(), maps.toLayout(vector)).cast(elementType);
    return once(
        twice,
        Map.of(seedTap.tensor(), seed(target.seed(scores), ofScores)),
        Set.of(tap, gradient, seedTap, scoresTap),
        Optional.empty(),
        pass -> {
          Map<Tap, Tensor> found = pass.backward(Map.of(gradient, direction), Set.of(tap, seedTap));
          double[] product = maps.ofSample(found.get(tap), 0);
          double[] moved = scoresAxis.ofSample(found.get(seedTap), 1, 0);
          double[] curved = target.curvature(scores, moved);
          Tensor bent =
              pass.backward(Map.of(scoresTap, seed(curved, ofScores)), Set.of(tap)).get(tap);
          double[] more = maps.ofSample(bent, 0);
          Arrays.setAll(product, i -> product[i] + more[i]);
          return product;
        });
  }

  /**
   * The axes of what is looked at as feature maps.
   *
   * @throws InvalidRequestException if it holds none
   */
  FeatureMapAxes requireMaps(Tap tap) {
    return tap.tensor().equals(explained.name())
        ? explained.axes().orElseThrow(explained::withoutChannels)
        : featureMaps(tap);
  }

  /** The shape of a tensor for the number of samples that the model was written for. */
  Shape shape(Tap tap) {
    return model.graph().type(tap.tensor()).shape();
  }

  /** The axes of a layer of feature maps. */
  private FeatureMapAxes featureMaps(Tap tap) {
    ModelGraph graph = model.graph();
    if (!graph.has(tap.tensor())) {
      throw new InvalidRequestException(
          "The model has no tensor called \"" + tap.tensor() + "\" to look at");
    }
    TensorType type = graph.type(tap.tensor());
    FeatureMapAxes axes = layouts.of(tap.tensor()).orElse(null);
    if (axes == null
        || FeatureMaps.of(type.shape(), axes).shape().size() * batching.samples()
            != type.shape().size()) {
      throw new InvalidRequestException(
          "The layer \""
              + tap.tensor()
              + "\" holds no feature maps, as far as its "
              + type
              + " can be traced to rows and columns of the image; choose one that is still"
              + " spatial");
    }
    return axes;
  }

  private static ForwardPass forward(
      LoadedModel network,
      Map<String, Tensor> inputs,
      Set<Tap> taps,
      Optional<Expectation> expected) {
    return expected.isPresent()
        ? network.forward(inputs, taps, expected.get())
        : network.forward(inputs, taps);
  }

  /** The question that will be asked of a pass, where there is one and its seed is known before. */
  private Optional<Expectation> expectation(List<Target> targets, Set<Tap> taps, int count) {
    // What runs along with one question would have to run again for the next.
    if (taps.isEmpty() || targets.size() != 1) {
      return Optional.empty();
    }
    Target target = targets.get(0);
    if (target instanceof TopTarget top && top.rank() == 0) {
      return Optional.of(Expectation.top(scoresTap, taps));
    }
    TensorType type = model.graph().type(scoresTap.tensor());
    int size = Math.toIntExact(type.shape().size() / batching.samples());
    return target
        .constantSeed(size)
        .map(
            seed -> {
              Shape shape = count == 1 ? type.shape() : batching.shape(scoresTap.tensor(), count);
              double[] seeds = new double[size * count];
              for (int i = 0; i < count; i++) {
                scoresAxis.place(seed, seeds, shape, count, i);
              }
              return Expectation.of(scoresTap, Tensor.of(shape, seeds).cast(elementType), taps);
            });
  }

  /** By target the scalar for each variant of the explained input. */
  double[][] scoresOf(Inputs inputs, List<Target> targets) {
    // Without taps an engine keeps nothing for backward.
    boolean output = model.graph().outputs().contains(scoresTap.tensor());
    Set<Tap> taps = new LinkedHashSet<>(output ? Set.of() : Set.of(scoresTap));
    if (inputs.count() > 1) {
      Waist.of(model.graph(), batching, model.options(), scoresTap.tensor()).ifPresent(taps::add);
    }
    double[][] values = new double[targets.size()][inputs.count()];
    chunks.run(
        inputs.count(),
        chunk(taps),
        "Scoring variants of the input",
        (from, count) -> {
          try (ForwardPass pass = forward(inputs, from, count, taps, Optional.empty())) {
            Tensor scores =
                output ? pass.outputs().get(scoresTap.tensor()) : pass.activation(scoresTap);
            read(scores, from, count, targets, values);
          }
        });
    return values;
  }

  /** What targets make of the scores of some variants. */
  private void read(Tensor scores, int from, int count, List<Target> targets, double[][] values) {
    for (int i = 0; i < count; i++) {
      double[] sample = scoresAxis.ofSample(scores, count, i);
      for (int number = 0; number < values.length; number++) {
        values[number][from + i] = targets.get(number).value(sample);
      }
    }
  }

  /** By target the scalar for each variant of a layer of the clean image. */
  double[][] scoresFrom(Tap tap, Inputs activations, List<Target> targets) {
    FeatureMapAxes axes = featureMaps(tap);
    double[][] values = new double[targets.size()][activations.count()];
    try (ForwardPass clean = model.forward(stacks.of(clean(), 0, 1), Set.of(tap, scoresTap))) {
      Shape one = clean.activation(tap).shape();
      chunks.run(
          activations.count(),
          chunk(Set.of(tap)),
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
            Tensor replaced = Tensor.of(shape, stacked).cast(elementType);
            try (ForwardPass resumed = clean.resume(tap, replaced)) {
              read(resumed.activation(scoresTap), from, count, targets, values);
            }
          });
    }
    return values;
  }
}
