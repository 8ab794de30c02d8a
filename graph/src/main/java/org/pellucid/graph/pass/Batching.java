package org.pellucid.graph.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Tile;

/**
 * Whether, and how, a graph written for some samples (usually one) runs for another number of
 * samples. Samples are propagated symbolically through every operation ({@link Operation#samples});
 * only when each of them keeps the samples apart may they travel together. Safe for use by several
 * threads.
 */
public final class Batching {
  /** How many rewritten graphs are kept: whole chunks, the rest of a run, and single samples. */
  private static final int KEPT_GRAPHS = 8;

  /** How often reshapes are decided otherwise before an obstacle is taken for one. */
  private static final int MOST_ATTEMPTS = 500;

  private final ModelGraph graph;
  private final int samples;
  private final Map<String, Integer> axes;
  private final Optional<String> obstacle;
  private final Map<Integer, ModelGraph> rewritten =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, ModelGraph> eldest) {
          return size() > KEPT_GRAPHS;
        }
      };

  private Batching(
      ModelGraph graph, int samples, Map<String, Integer> axes, Optional<String> obstacle) {
    this.graph = graph;
    this.samples = samples;
    this.axes = axes;
    this.obstacle = obstacle;
  }

  /** Analyses a graph whose inputs all stack samples along axis 0. */
  public static Batching of(ModelGraph graph) {
    Map<String, Integer> axes = new HashMap<>();
    int samples = -1;
    for (Map.Entry<String, TensorType> input : graph.inputs().entrySet()) {
      Shape shape = input.getValue().shape();
      int length = shape.rank() == 0 ? 0 : shape.dim(0);
      if (length == 0 || (samples != -1 && samples != length)) {
        return new Batching(
            graph,
            Math.max(samples, 1),
            axes,
            Optional.of(
                "the inputs do not all stack the same number of samples along axis 0: "
                    + graph.inputs()));
      }
      samples = length;
      axes.put(input.getKey(), 0);
    }
    return choose(graph, axes, samples);
  }

  /**
   * Propagates the samples. A reshape may leave open which of several axes of length 1 holds them,
   * and what reads it may take only one: then the last reshape before an obstacle is decided
   * otherwise.
   */
  private static Batching choose(ModelGraph graph, Map<String, Integer> inputs, int samples) {
    Map<String, Integer> choices = new LinkedHashMap<>();
    Batching first = null;
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Map<String, Integer> axes = new HashMap<>(inputs);
      Optional<String> obstacle = Optional.empty();
      Optional<String> otherwise = Optional.empty();
      for (Node node : graph.nodes()) {
        Samples passed = pass(graph, node, axes, samples, choices);
        if (!passed.apart() && obstacle.isEmpty()) {
          obstacle = Optional.of("at " + node.describe() + " " + passed.mixed());
          otherwise = lastOpenReshape(graph, node, axes, samples, choices);
        }
        axes.put(node.output(), passed.axis());
      }
      Batching found = new Batching(graph, Math.max(samples, 1), axes, obstacle);
      if (obstacle.isEmpty()) {
        return found;
      }
      first = first == null ? found : first;
      if (otherwise.isEmpty()) {
        return first;
      }
      choices.merge(otherwise.get(), 1, Integer::sum);
    }
    return first;
  }

  /** The last reshape before a node that leaves an axis open which was not yet tried. */
  private static Optional<String> lastOpenReshape(
      ModelGraph graph,
      Node before,
      Map<String, Integer> axes,
      int samples,
      Map<String, Integer> choices) {
    Set<String> upstream = graph.upstream(Set.copyOf(before.inputs()));
    for (int i = graph.nodes().indexOf(before) - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (upstream.contains(node.output())
          && sampleAxes(graph, node, axes, samples).size()
              > choices.getOrDefault(node.output(), 0) + 1) {
        return Optional.of(node.output());
      }
    }
    return Optional.empty();
  }

  /** Which axes a reshape leaves open to hold the samples; empty for other nodes. */
  private static List<Integer> sampleAxes(
      ModelGraph graph, Node node, Map<String, Integer> axes, int samples) {
    String input = node.inputs().isEmpty() ? "" : node.inputs().get(0);
    int along = axes.getOrDefault(input, Samples.NONE);
    return node.operation() instanceof Reshape reshape && along != Samples.NONE
        ? reshape.sampleAxes(graph.type(input).shape(), along, samples)
        : List.of();
  }

  private static Samples pass(
      ModelGraph graph,
      Node node,
      Map<String, Integer> axes,
      int samples,
      Map<String, Integer> choices) {
    if (choices.containsKey(node.output())) {
      List<Integer> open = sampleAxes(graph, node, axes, samples);
      if (choices.get(node.output()) < open.size()) {
        return Samples.along(open.get(choices.get(node.output())));
      }
    }
    return pass(graph, node, axes, samples);
  }

  private static Samples pass(ModelGraph graph, Node node, Map<String, Integer> axes, int samples) {
    List<TensorType> types = new ArrayList<>();
    int[] given = new int[node.inputs().size()];
    boolean all = true;
    boolean none = true;
    for (int i = 0; i < given.length; i++) {
      String input = node.inputs().get(i);
      types.add(graph.type(input));
      given[i] = axes.getOrDefault(input, Samples.NONE);
      all &= given[i] != Samples.NONE;
      none &= given[i] == Samples.NONE;
    }
    if (none) {
      return Samples.along(Samples.NONE);
    }
    if (node.operation() instanceof Concat && !all && samples != 1) {
      return Samples.mix("a part that is not computed from the inputs may belong to one sample");
    }
    return node.operation().samples(types, given, samples);
  }

  /** The number of samples the graph was written for: axis 0 of its inputs. */
  public int samples() {
    return samples;
  }

  /** Why samples cannot travel together, naming the node; empty when they can. */
  public Optional<String> obstacle() {
    return obstacle;
  }

  /**
   * The axis of a tensor along which samples are stacked (the sample being the outermost factor of
   * its length), or {@link Samples#NONE} when it is the same for all samples. Without meaning
   * downstream of an {@link #obstacle}.
   */
  public int axis(String tensor) {
    return axes.getOrDefault(tensor, Samples.NONE);
  }

  /** The shape of a tensor for another number of samples. */
  public Shape shape(String tensor, int count) {
    return scale(graph.type(tensor).shape(), axis(tensor), count);
  }

  private Shape scale(Shape shape, int axis, int count) {
    return axis == Samples.NONE ? shape : shape.with(axis, shape.dim(axis) / samples * count);
  }

  /**
   * The graph for another number of samples; same names, shared constants. Kept for the last few
   * numbers asked for. The graph itself for {@link #samples()}.
   *
   * @throws UnsupportedModelException if there is an obstacle and {@code count} differs
   */
  public ModelGraph at(int count) {
    if (count == samples) {
      return graph;
    }
    if (count < 1) {
      throw new IllegalArgumentException("A batch has at least one sample, found " + count);
    }
    if (obstacle.isPresent()) {
      throw new UnsupportedModelException(
          "The model was written for "
              + samples
              + " sample(s) and cannot run "
              + count
              + " at once: "
              + obstacle.get());
    }
    synchronized (rewritten) {
      return rewritten.computeIfAbsent(count, this::rewrite);
    }
  }

  private ModelGraph rewrite(int count) {
    Map<String, TensorType> inputs = new LinkedHashMap<>();
    graph.inputs().forEach((name, type) -> inputs.put(name, type.withShape(shape(name, count))));
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      TensorType output = graph.type(node.output());
      Node changed =
          node.with(node.operation().forOutput(output.withShape(shape(node.output(), count))));
      if (node.operation() instanceof Concat && axis(node.output()) != Samples.NONE) {
        changed = changed.withInputs(repeatShared(node, count, nodes));
      }
      nodes.add(changed);
    }
    ModelGraph result =
        ModelGraph.of(inputs, graph.constants(), nodes, graph.outputs(), graph.metadata());
    for (Node node : nodes) {
      if (graph.has(node.output())
          && !result.type(node.output()).shape().equals(shape(node.output(), count))) {
        throw new IllegalStateException(
            node.describe()
                + " was to make "
                + shape(node.output(), count)
                + " for "
                + count
                + " samples and makes "
                + result.type(node.output()));
      }
    }
    return result;
  }

  /** Concat does not broadcast: what is the same for all samples is repeated for each. */
  private List<String> repeatShared(Node concat, int count, List<Node> nodes) {
    int axis = axis(concat.output());
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < concat.inputs().size(); i++) {
      String input = concat.inputs().get(i);
      if (axis(input) != Samples.NONE) {
        inputs.add(input);
        continue;
      }
      List<Integer> repeats = new ArrayList<>();
      for (int a = 0; a < graph.type(input).shape().rank(); a++) {
        repeats.add(a == axis ? count : 1);
      }
      String repeated = concat.output() + "/repeated_" + i;
      nodes.add(new Node(repeated, new Tile(repeats), List.of(input), repeated, ""));
      inputs.add(repeated);
    }
    return inputs;
  }
}
