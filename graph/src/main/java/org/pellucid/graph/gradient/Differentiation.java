package org.pellucid.graph.gradient;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.pass.Passes;

/**
 * A network together with the vector-Jacobian products of some of its tensors: reverse-mode
 * differentiation, written down as a graph (A. Griewank and A. Walther: "Evaluating derivatives",
 * 2nd ed., SIAM 2008, chapter 3). Only nodes between the tensors and the seeds are differentiated.
 * The result is a graph like any other, and can be differentiated again.
 *
 * <p>Example: of a classifier with scores "logits" [N, K], the gradients at a layer:
 *
 * <pre>{@code
 * Differentiation d = Differentiation.of(graph, Set.of("logits"), Set.of("relu5"));
 * d.graph();                     // inputs: the model's and d.seeds().get("logits"), [N, K]
 * d.gradients().get("relu5");    // the output that holds dS / d relu5
 * }</pre>
 */
public final class Differentiation {
  private final ModelGraph forward;
  private final ModelGraph graph;
  private final Map<String, String> seeds;
  private final Map<String, String> gradients;

  private Differentiation(
      ModelGraph forward,
      ModelGraph graph,
      Map<String, String> seeds,
      Map<String, String> gradients) {
    this.forward = forward;
    this.graph = graph;
    this.seeds = Collections.unmodifiableMap(seeds);
    this.gradients = Collections.unmodifiableMap(gradients);
  }

  /** With the operations' own rules; see {@link #of(ModelGraph, Set, Set, GradientRules)}. */
  public static Differentiation of(ModelGraph graph, Set<String> seeded, Set<String> at) {
    return of(graph, seeded, at, GradientRules.STANDARD);
  }

  /**
   * Differentiates a graph.
   *
   * @param graph the network; may itself come from a differentiation
   * @param seeded floating tensors whose seed, the derivative of the scalar S with respect to them,
   *     becomes an input of the result
   * @param at floating tensors, which may be inputs, at which gradients are wanted; a seed at such
   *     a tensor is part of its gradient
   * @param rules which rule serves which node
   * @throws IllegalArgumentException if a tensor does not exist or is not floating
   * @throws UnsupportedModelException if a node between the tensors and the seeds has no rule
   */
  public static Differentiation of(
      ModelGraph graph, Set<String> seeded, Set<String> at, GradientRules rules) {
    seeded.forEach(tensor -> requireFloating(graph, tensor));
    GraphRecorder recorder = new GraphRecorder(graph, "gradient");
    Map<String, String> seeds = new LinkedHashMap<>();
    for (String tensor : seeded) {
      seeds.put(tensor, recorder.input("seeds/" + tensor, graph.type(tensor)));
    }
    return of(graph, recorder, seeds, at, rules);
  }

  /**
   * Differentiates a graph that computes its seeds itself.
   *
   * @param graph the network and the seeds
   * @param seeds by floating tensor the tensor of the same type that holds the derivative of the
   *     scalar S with respect to it; it counts as a constant
   * @param at floating tensors at which gradients are wanted
   * @param rules which rule serves which node
   * @throws IllegalArgumentException if a tensor does not exist or is not floating, or a seed is of
   *     another type
   * @throws UnsupportedModelException if a node between the tensors and the seeds has no rule
   */
  public static Differentiation seeded(
      ModelGraph graph, Map<String, String> seeds, Set<String> at, GradientRules rules) {
    seeds.forEach(
        (tensor, seed) -> {
          requireFloating(graph, tensor);
          if (!graph.type(seed).equals(graph.type(tensor))) {
            throw new IllegalArgumentException(
                "The seed at \""
                    + tensor
                    + "\" is "
                    + graph.type(tensor)
                    + " like it, found "
                    + graph.type(seed));
          }
        });
    return of(graph, new GraphRecorder(graph, "gradient"), new LinkedHashMap<>(seeds), at, rules);
  }

  private static Differentiation of(
      ModelGraph graph,
      GraphRecorder recorder,
      Map<String, String> seeds,
      Set<String> at,
      GradientRules rules) {
    at.forEach(tensor -> requireFloating(graph, tensor));
    Set<String> varying = graph.downstream(at);
    Map<String, List<String>> contributions = new HashMap<>();
    seeds.forEach(
        (tensor, seed) ->
            contributions.computeIfAbsent(tensor, name -> new ArrayList<>()).add(seed));
    Map<String, String> gradients = new HashMap<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      List<String> parts = contributions.remove(node.output());
      if (parts == null || !varying.contains(node.output())) {
        continue;
      }
      recorder.about(node);
      String gradient = sum(recorder, parts);
      if (at.contains(node.output())) {
        gradients.put(node.output(), gradient);
      }
      for (int input = 0; input < node.inputs().size(); input++) {
        String tensor = node.inputs().get(input);
        TensorType type = graph.type(tensor);
        if (varying.contains(tensor) && type.elementType().isFloating()) {
          product(recorder, rules, node, gradient, input, type)
              .ifPresent(
                  part -> contributions.computeIfAbsent(tensor, n -> new ArrayList<>()).add(part));
        }
      }
    }
    // What is left stands at inputs and constants.
    for (String tensor : at) {
      if (contributions.containsKey(tensor) && graph.producer(tensor).isEmpty()) {
        gradients.put(tensor, sum(recorder, contributions.get(tensor)));
      }
    }
    Map<String, String> named = new LinkedHashMap<>();
    for (String tensor : at) {
      if (gradients.containsKey(tensor)) {
        named.put(tensor, recorder.output("gradients/" + tensor, gradients.get(tensor)));
      }
    }
    Set<String> keep = new HashSet<>(graph.constants().keySet());
    graph.nodes().forEach(node -> keep.add(node.output()));
    return new Differentiation(graph, Passes.simplifyExactly(recorder.graph(), keep), seeds, named);
  }

  private static void requireFloating(ModelGraph graph, String tensor) {
    if (!graph.type(tensor).elementType().isFloating()) {
      throw new IllegalArgumentException(
          "Gradients are of floating tensors; \"" + tensor + "\" is " + graph.type(tensor));
    }
  }

  private static Optional<String> product(
      GraphRecorder recorder,
      GradientRules rules,
      Node node,
      String gradient,
      int input,
      TensorType expected) {
    Optional<String> product = rules.gradient(recorder, node, gradient, input);
    product.ifPresent(
        tensor -> {
          if (!recorder.type(tensor).equals(expected)) {
            throw new IllegalStateException(
                "The gradient rule for input "
                    + input
                    + " of "
                    + node.describe()
                    + " was to make "
                    + expected
                    + " and makes "
                    + recorder.type(tensor));
          }
        });
    return product;
  }

  private static String sum(GraphRecorder recorder, List<String> parts) {
    String sum = parts.get(0);
    for (String part : parts.subList(1, parts.size())) {
      sum = recorder.node(new Binary.Add(), sum, part);
    }
    return sum;
  }

  /**
   * The network and its gradients: the inputs are the network's and the seeds, the outputs the
   * network's and the gradients.
   */
  public ModelGraph graph() {
    return graph;
  }

  /** By seeded tensor the name of the input or tensor that is its seed, of the tensor's type. */
  public Map<String, String> seeds() {
    return seeds;
  }

  /**
   * By tensor the name of the output that holds its gradient, of the tensor's type. Tensors whose
   * gradient is zero everywhere, as no seed depends on them, are left out.
   */
  public Map<String, String> gradients() {
    return gradients;
  }

  /**
   * The part that runs backward alone: its inputs are the seeds and {@link #residuals}, its outputs
   * the gradients.
   */
  public ModelGraph backward() {
    Set<String> given = new LinkedHashSet<>(residuals());
    given.addAll(seeds.values());
    return Passes.cut(graph, given, List.copyOf(gradients.values()));
  }

  /**
   * The tensors of the network that the part which runs backward reads, in the order in which the
   * network makes them: what a forward run must keep. Constants are not among them.
   */
  public Set<String> residuals() {
    Set<String> read = new HashSet<>();
    Set<String> needed = graph.upstream(new HashSet<>(gradients.values()));
    for (Node node : graph.nodes()) {
      if (!forward.has(node.output()) && needed.contains(node.output())) {
        read.addAll(node.inputs());
      }
    }
    Set<String> residuals = new LinkedHashSet<>();
    forward.inputs().keySet().stream().filter(read::contains).forEach(residuals::add);
    forward.nodes().stream()
        .map(Node::output)
        .filter(tensor -> read.contains(tensor) && graph.producer(tensor).isPresent())
        .forEach(residuals::add);
    return residuals;
  }
}
