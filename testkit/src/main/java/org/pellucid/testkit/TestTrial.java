package org.pellucid.testkit;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.api.Inputs;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Metric;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Status;
import org.pellucid.api.Target;
import org.pellucid.api.Trial;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * A trial without an evaluation: a map at the resolution of a small network's input, which the
 * backend {@code reference} runs in float64. For tests of metrics.
 *
 * <pre>{@code
 * TestTrial trial = TestTrial.of(network, image, Target.ofClass(0)).withMap(0, 1, 2, 3);
 * Measurement found = new Entropy().measure(trial, Options.DEFAULTS);
 * }</pre>
 *
 * <p>Immutable but for what it remembers; each {@code with} makes another.
 */
public final class TestTrial implements Trial {
  /** Explains a network's input by a map of its pixels. */
  @FunctionalInterface
  public interface Method {
    /**
     * The map.
     *
     * @param seed of what is drawn
     */
    double[] explain(ModelProbe probe, long seed);
  }

  private final LoadedModel model;
  private final Tensor image;
  private final Target target;
  private final Method method;
  private final boolean seeded;
  private final List<ObjectMask> objects;
  private final long seed;
  private final StandardProbe probe;
  private final Saliency saliency;
  private final Tensor shown;
  private final Map<Object, Object> answers = new HashMap<>();
  private final Set<Metric.Need> asked = EnumSet.noneOf(Metric.Need.class);

  private TestTrial(
      LoadedModel model,
      Tensor image,
      Target target,
      Method method,
      boolean seeded,
      List<ObjectMask> objects,
      long seed) {
    this.model = model;
    this.image = image;
    this.target = target;
    this.method = method;
    this.seeded = seeded;
    this.objects = List.copyOf(objects);
    this.seed = seed;
    this.probe = probe(model, image);
    this.saliency = saliency(probe, 0);
    this.shown = shown(saliency.map());
  }

  /**
   * A trial of the input's gradients: the sum over channels of the target's, times the input.
   *
   * @param graph with one input, {@code [1, C, h, w]}
   * @param image of that shape
   */
  public static TestTrial of(ModelGraph graph, Tensor image, Target target) {
    LoadedModel model =
        new ReferenceBackend().load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
    return new TestTrial(model, image, target, TestTrial::inputTimesGradient, false, List.of(), 0);
  }

  private static double[] inputTimesGradient(ModelProbe probe, long seed) {
    double[] gradient = probe.inputGradient().toDoubleArray();
    double[] pixels = probe.input().toDoubleArray();
    int cells = Math.toIntExact(probe.inputSpace().size());
    double[] map = new double[cells];
    for (int i = 0; i < pixels.length; i++) {
      map[i % cells] += gradient[i] * pixels[i];
    }
    return map;
  }

  /** The same with a fixed map, row-major. */
  public TestTrial withMap(double... map) {
    return withMethod((asking, drawn) -> map.clone());
  }

  /** The same with a method that draws nothing. */
  public TestTrial withMethod(Method other) {
    return new TestTrial(model, image, target, other, false, objects, seed);
  }

  /** The same with a method that draws. */
  public TestTrial withSeededMethod(Method other) {
    return new TestTrial(model, image, target, other, true, objects, seed);
  }

  /** The same with objects. */
  public TestTrial withObjects(ObjectMask... some) {
    return new TestTrial(model, image, target, method, seeded, List.of(some), seed);
  }

  /** The same with another seed of what metrics draw. */
  public TestTrial withSeed(long other) {
    return new TestTrial(model, image, target, method, seeded, objects, other);
  }

  /** What a metric has asked for so far, beside the map. */
  public Set<Metric.Need> asked() {
    return Set.copyOf(asked);
  }

  private StandardProbe probe(LoadedModel network, Tensor input) {
    return StandardProbe.of(network)
        .inputs(Map.of(network.graph().inputs().keySet().iterator().next(), input))
        .target(target)
        .build();
  }

  private Saliency saliency(ModelProbe asking, long drawn) {
    Shape space = asking.inputSpace();
    return new Saliency(
        Tensor.of(space, method.explain(asking, drawn)),
        List.of(),
        Optional.empty(),
        Status.OK,
        List.of(),
        Map.of());
  }

  private static Tensor shown(Tensor map) {
    double[] values = map.toDoubleArray();
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, value);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = largest > 0 ? Math.max(0, values[i]) / largest : 0;
    }
    return Tensor.of(map.shape(), values);
  }

  @Override
  public Saliency saliency() {
    return saliency;
  }

  @Override
  public Tensor signed() {
    return saliency.map();
  }

  @Override
  public Tensor shown() {
    return shown;
  }

  @Override
  public ModelProbe probe() {
    return probe;
  }

  private ModelProbe probability() {
    return probe.with(Target.softmax(probe.target()));
  }

  @Override
  public double confidence() {
    asked.add(Metric.Need.MODEL);
    return probability().target().value(probe.scores().toDoubleArray());
  }

  @Override
  public double[] confidences(Inputs maps) {
    asked.add(Metric.Need.MODEL);
    return probability().scoresOf(probe.variants(maps));
  }

  @Override
  public List<ObjectMask> objects() {
    asked.add(Metric.Need.OBJECTS);
    return objects;
  }

  @Override
  public <T> T once(Object question, Class<T> type, Supplier<T> answer) {
    Object known = answers.get(question);
    if (known == null) {
      known = answer.get();
      answers.put(question, known);
    }
    return type.cast(known);
  }

  @Override
  public long seed() {
    return seed;
  }

  @Override
  public Saliency explain(Inputs maps, int index) {
    asked.add(Metric.Need.EXPLANATIONS);
    return saliency(probe(model, probe.variants(maps).get(index)), 0);
  }

  @Override
  public boolean isSeeded() {
    return seeded;
  }

  @Override
  public Saliency explain(long other) {
    if (!seeded) {
      throw new IllegalStateException("The method draws nothing");
    }
    asked.add(Metric.Need.EXPLANATIONS);
    return saliency(probe, other);
  }

  @Override
  public Saliency explain(Object key, Supplier<ModelGraph> network) {
    asked.add(Metric.Need.EXPLANATIONS);
    return saliency(probe(model.companion(key, model.options(), network), image), 0);
  }
}
