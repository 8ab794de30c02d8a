package org.pellucid.bench;

import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
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

/** A network in a backend with one image, and the work that is measured on it. */
final class Subject implements AutoCloseable {
  private static final Registry REGISTRY = Registry.ofClassPath();

  private final LoadedModel model;
  private final Map<String, Tensor> image;
  private final Tap layer;
  private final int chunk;

  /**
   * Loads a network as the facade does, with batch normalization folded.
   *
   * @param graph what the network builds, which several subjects may share
   * @param chunk noisy copies per batch; 0 leaves it to the probe
   */
  Subject(String backend, Networks network, ModelGraph graph, int threads, int chunk) {
    Set<String> scores = Set.copyOf(graph.outputs());
    ModelGraph folded = Passes.foldBatchNormalization(Passes.simplify(graph, scores), scores);
    this.model = REGISTRY.backend(backend).load(folded, LoadOptions.DEFAULT.withThreads(threads));
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
  Object forward() {
    try (ForwardPass pass = model.forward(image, Set.of())) {
      return pass.outputs();
    }
  }

  /** The scores of several copies of the image in one batch. */
  Object forward(int copies) {
    Tensor one = image.get("input");
    float[] pixels = new float[one.size() * copies];
    for (int i = 0; i < copies; i++) {
      one.floats().get(pixels, i * one.size(), one.size());
    }
    Tensor batch = Tensor.of(one.shape().with(0, copies), pixels);
    try (ForwardPass pass = model.forward(Map.of("input", batch), Set.of())) {
      return pass.outputs();
    }
  }

  /** An explanation of the top class at the last layer. */
  Saliency explain(String method, Map<String, String> options) {
    var explainer = REGISTRY.explainer(method);
    return explainer.explain(
        probe(), Selection.of(layer), Options.parse(explainer.options(), options));
  }

  /** The gradient of the top class at the input. */
  Object inputGradient() {
    return probe().inputGradient();
  }

  private StandardProbe probe() {
    ProbeBuilder probe =
        StandardProbe.of(model).inputs(image).target(Target.top()).expecting(Set.of(layer));
    return (chunk > 0 ? probe.chunk(chunk) : probe).build();
  }

  @Override
  public void close() {
    model.close();
  }
}
