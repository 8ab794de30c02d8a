package org.pellucid.graph.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Concat;
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
    Optional<String> obstacle = Optional.empty();
    for (Node node : graph.nodes()) {
      Samples passed = pass(graph, node, axes, samples);
      if (!passed.apart() && obstacle.isEmpty()) {
        obstacle = Optional.of("at " + node.describe() + " " + passed.mixed());
      }
      axes.put(node.output(), passed.axis());
    }
    return new Batching(graph, Math.max(samples, 1), axes, obstacle);
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
