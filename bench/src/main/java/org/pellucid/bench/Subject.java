package org.pellucid.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Options;
import org.pellucid.api.ProbeBuilder;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.Registry;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Passes;
import org.pellucid.testkit.AveragesInJava;

/** A network in a backend with one image, and the work that is measured on it. */
public final class Subject implements AutoCloseable {
  private static final Registry REGISTRY = Registry.ofClassPath();

  private final LoadedModel model;
  private final Map<String, Tensor> image;
  private final Map<Integer, Map<String, Tensor>> batches = new HashMap<>();
  private final Tap layer;
  private final int chunk;

  /**
   * Loads a network as the facade does, with batch normalization folded.
   *
   * @param graph what the network builds, which several subjects may share
   * @param chunk noisy copies per batch; 0 leaves it to the probe
   */
  Subject(String backend, Networks network, ModelGraph graph, int threads, int chunk) {
    this(
        REGISTRY.backend(backend), network, graph, LoadOptions.DEFAULT.withThreads(threads), chunk);
  }

  /**
   * Loads a network as the facade does, with batch normalization folded.
   *
   * @param graph what the network builds, which several subjects may share
   * @param chunk noisy copies per batch; 0 leaves it to the probe
   */
  public Subject(
      GradientBackend backend, Networks network, ModelGraph graph, LoadOptions options, int chunk) {
    Set<String> scores = Set.copyOf(graph.outputs());
    ModelGraph folded = Passes.foldBatchNormalization(Passes.simplify(graph, scores), scores);
    this.model = backend.load(folded, options);
    this.image = Map.of("input", image(graph));
    this.layer = network.lastLayer();
    this.chunk = chunk;
  }

  /** An image of noise for a network's input. */
  static Tensor image(ModelGraph graph) {
    Shape shape = graph.type("input").shape();
    float[] pixels = new float[Math.toIntExact(shape.size())];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (4 * random.nextDouble() - 2);
    }
    return Tensor.of(shape, pixels);
  }

  /** The scores, without anything kept for gradients. */
  public Map<String, Tensor> forward() {
    return forward(1);
  }

  /** The scores of several copies of the image in one batch. */
  public Map<String, Tensor> forward(int copies) {
    try (ForwardPass pass = model.forward(batch(copies), Set.of())) {
      return pass.outputs();
    }
  }

  /** Made once, as it is not what is measured. */
  private Map<String, Tensor> batch(int copies) {
    return copies == 1
        ? image
        : batches.computeIfAbsent(
            copies, count -> Map.of("input", repeated(image.get("input"), count)));
  }

  /** Copies of one sample in one tensor. */
  static Tensor repeated(Tensor one, int copies) {
    float[] all = new float[one.size() * copies];
    for (int i = 0; i < copies; i++) {
      one.floats().get(all, i * one.size(), one.size());
    }
    return Tensor.of(one.shape().with(0, copies), all);
  }

  /**
   * What Grad-CAM needs of several images in one batch: the activations at the last layer, and
   * there the gradients of each one's score of class 0.
   */
  public List<Tensor> gradients(int copies) {
    Tap scores = new Tap(model.graph().outputs().get(0));
    try (ForwardPass pass = model.forward(batch(copies), Set.of(layer))) {
      Shape shape = pass.outputs().get(scores.tensor()).shape();
      float[] seed = new float[Math.toIntExact(shape.size())];
      for (int i = 0; i < copies; i++) {
        seed[i * seed.length / copies] = 1;
      }
      Map<Tap, Tensor> seeds = Map.of(scores, Tensor.of(shape, seed));
      return List.of(pass.activation(layer), pass.backward(seeds, Set.of(layer)).get(layer));
    }
  }

  /** An explanation of the top class at the last layer. */
  Saliency explain(String method, Map<String, String> options) {
    return explain(method, options, Target.top(), chunk);
  }

  /**
   * An explanation at the last layer.
   *
   * @param samples noisy copies per batch; 0 leaves it to the probe
   */
  public Saliency explain(String method, Map<String, String> options, Target target, int samples) {
    return explain(method, options, probe(target, samples));
  }

  /**
   * The same explanation twice: as it is, and with what averages over noisy copies amount to made
   * in Java, wherever their sums are kept.
   */
  public List<Saliency> explainBothWays(String method, Map<String, String> options, Target target) {
    StandardProbe probe = probe(target, chunk);
    return List.of(
        explain(method, options, probe), explain(method, options, AveragesInJava.of(probe)));
  }

  /** An explanation as {@link #explain}, with what averages amount to made in Java. */
  public Saliency explainInJava(
      String method, Map<String, String> options, Target target, int samples) {
    return explain(method, options, AveragesInJava.of(probe(target, samples)));
  }

  private Saliency explain(String method, Map<String, String> options, ModelProbe probe) {
    var explainer = REGISTRY.explainer(method);
    return explainer.explain(
        probe, Selection.of(layer), Options.parse(explainer.options(), options));
  }

  /** The gradient of the top class at the input. */
  Object inputGradient() {
    return inputGradient(Target.top());
  }

  /** The gradient of a target at the input. */
  public Tensor inputGradient(Target target) {
    return probe(target, chunk).inputGradient();
  }

  private StandardProbe probe(Target target, int samples) {
    ProbeBuilder probe =
        StandardProbe.of(model).inputs(image).target(target).expecting(Set.of(layer));
    return (samples > 0 ? probe.chunk(samples) : probe).build();
  }

  @Override
  public void close() {
    model.close();
  }
}
