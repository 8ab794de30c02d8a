package org.pellucid.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * What a {@link StandardProbe} is made of; each method gives the same builder back.
 *
 * @since 0.1.0
 */
public final class ProbeBuilder {
  final LoadedModel model;
  Map<String, Tensor> inputs = Map.of();
  String explained;
  String scores;
  Target target = Target.top();
  Progress progress = Progress.NONE;
  int chunk;
  final Set<Tap> expected = new LinkedHashSet<>();
  final Set<Tap> expectedAverages = new LinkedHashSet<>();
  final Set<Integer> expectedSamples = new LinkedHashSet<>();
  private Answers answers = new Answers(ProbeFamily.MEMORY);

  ProbeBuilder(LoadedModel model) {
    this.model = Objects.requireNonNull(model, "model");
  }

  /** The same but for the model, and without expectations. */
  ProbeBuilder on(LoadedModel other) {
    ProbeBuilder copy = new ProbeBuilder(other);
    copy.inputs = inputs;
    copy.explained = explained;
    copy.scores = scores;
    copy.progress = progress;
    copy.chunk = chunk;
    copy.answers = answers;
    return copy;
  }

  /** The clean inputs by name, one sample each in the model's shape. Required. */
  public ProbeBuilder inputs(Map<String, Tensor> clean) {
    inputs = Map.copyOf(clean);
    return this;
  }

  /** The input that is varied and explained; the model's first unless it is said. */
  public ProbeBuilder explaining(String input) {
    explained = Objects.requireNonNull(input, "input");
    return this;
  }

  /**
   * The tensor that holds the scores, flattened per sample to [K]: logits where the model has them.
   * The model's first output unless it is said.
   */
  public ProbeBuilder scores(String tensor) {
    scores = Objects.requireNonNull(tensor, "tensor");
    return this;
  }

  /** What is explained; the top class unless it is said. */
  public ProbeBuilder target(Target wanted) {
    target = Objects.requireNonNull(wanted, "wanted");
    return this;
  }

  /** Who is told how far work has come; nobody unless it is said. */
  public ProbeBuilder progress(Progress listener) {
    progress = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Layers, or the input, whose gradients will be asked for: they are captured in the one pass that
   * finds the scores.
   */
  public ProbeBuilder expecting(Set<Tap> taps) {
    expected.addAll(taps);
    return this;
  }

  /**
   * Layers, or the input, whose averages over noisy copies will be asked for: the copies run once
   * for all of them, as far as memory allows.
   */
  public ProbeBuilder expectingAverages(Set<Tap> taps) {
    expectedAverages.addAll(taps);
    return this;
  }

  /**
   * Numbers of noisy copies over which averages will be asked for, with noise that is equal
   * otherwise: copies are numbered, so that those of a small number are the first ones of a large,
   * and the largest number runs once for all, as far as memory allows.
   */
  public ProbeBuilder expectingSamples(Set<Integer> counts) {
    expectedSamples.addAll(counts);
    return this;
  }

  /**
   * How many variants travel at once in a model that batches, at least 1; chosen by {@link
   * BatchSizes} unless it is said.
   */
  public ProbeBuilder chunk(int samples) {
    if (samples < 1) {
      throw new InvalidRequestException("A chunk has at least 1 sample, found " + samples);
    }
    chunk = samples;
    return this;
  }

  /**
   * The probe.
   *
   * @throws InvalidRequestException if an input is missing, unknown or of another shape, or the
   *     scores are no floating tensor of the model
   */
  public StandardProbe build() {
    return buildAll(List.of(target)).get(0);
  }

  /**
   * A probe per target, of the same image and reading the same scores: the clean image, and its
   * noisy copies, run forward once for all of them, as far as memory allows. To be used by one
   * thread at a time, all together.
   *
   * @throws InvalidRequestException as {@link #build}
   */
  public List<StandardProbe> buildAll(List<Target> targets) {
    ModelGraph graph = model.graph();
    if (explained == null) {
      explained = graph.inputs().keySet().iterator().next();
    }
    if (scores == null) {
      scores = graph.outputs().get(0);
    }
    if (!graph.inputs().keySet().equals(inputs.keySet())) {
      throw new InvalidRequestException(
          "The model has the inputs "
              + graph.inputs().keySet()
              + ", found values for "
              + new HashSet<>(inputs.keySet()));
    }
    if (!graph.inputs().containsKey(explained)) {
      throw new InvalidRequestException(
          "No input is called \"" + explained + "\"; there are " + graph.inputs().keySet());
    }
    if (!graph.has(scores) || !graph.type(scores).elementType().isFloating()) {
      throw new InvalidRequestException(
          "Scores are read from a floating tensor of the model, found \""
              + scores
              + "\"; its outputs are "
              + graph.outputs());
    }
    int samples = model.batching().samples();
    graph.inputs().forEach((name, type) -> checkSample(name, type, samples));
    ProbedModel probed = new ProbedModel(this);
    Chunks chunks = new Chunks(progress);
    StandardProbe.Passes passes =
        new StandardProbe.Passes(
            probed, new Batches(probed, chunks, chunk), new CleanPasses(probed, chunks));
    ProbeFamily family = new ProbeFamily(answers);
    targets.forEach(each -> new StandardProbe(this, passes, each, family));
    return family.members();
  }

  /**
   * A probe per value of the explained input, for one target that does not depend on scores: what
   * is expected of them is found for all in batches, when the first one is asked, as far as memory
   * allows. Answers are those of probes that are built one by one, within rounding. To be used by
   * one thread at a time, all together.
   *
   * @param values of the explained input, one sample each; the other inputs are those of the
   *     builder
   * @throws InvalidRequestException as {@link #build}
   */
  public List<StandardProbe> buildEach(List<Tensor> values) {
    Cohort cohort = new Cohort();
    List<StandardProbe> probes = new ArrayList<>();
    for (Tensor value : values) {
      ProbeBuilder one = on(model);
      one.answers = new Answers(ProbeFamily.MEMORY);
      one.target = target;
      one.expected.addAll(expected);
      one.expectedAverages.addAll(expectedAverages);
      one.expectedSamples.addAll(expectedSamples);
      Map<String, Tensor> all = new HashMap<>(inputs);
      all.put(
          explained == null ? model.graph().inputs().keySet().iterator().next() : explained, value);
      StandardProbe probe = one.inputs(all).build();
      probe.join(cohort);
      probes.add(probe);
    }
    return probes;
  }

  private void checkSample(String name, TensorType type, int samples) {
    Shape one = type.shape().with(0, type.shape().dim(0) / samples);
    if (!inputs.get(name).shape().equals(one)) {
      throw new InvalidRequestException(
          "One sample of input \""
              + name
              + "\" has shape "
              + one
              + ", found "
              + inputs.get(name).shape());
    }
  }
}
