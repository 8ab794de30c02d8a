package org.pellucid.api.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.gradient.GradientRules;
import org.pellucid.graph.gradient.GraphRecorder;
import org.pellucid.graph.gradient.OneHotSeeds;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.Passes;

/** Writes down what is asked of a network as graphs. Safe for use by several threads. */
final class Parts {
  private final Batching batching;
  private final GradientRules rules;
  private final boolean inRuns;

  /**
   * Parts of a network.
   *
   * @param batching of the network
   * @param rules by which it is differentiated
   * @param inRuns whether a gradient whose elements stand several times in a row may be given with
   *     each of them once, so that the engine does not write it out
   */
  Parts(Batching batching, GradientRules rules, boolean inRuns) {
    this.batching = batching;
    this.rules = rules;
    this.inRuns = inRuns;
  }

  /** A question that a {@link Part} answers. */
  sealed interface Question {}

  /**
   * The outputs and taps, and what further questions at the taps need.
   *
   * @param samples the number of samples
   * @param given tensors that are known
   * @param arrivals by known tensor how it comes; whole where nothing is said
   * @param taps tensors at which gradients may be asked for, or from which the rest of the network
   *     may be run
   */
  record Forward(int samples, Set<String> given, Map<String, Arrival> arrivals, Set<String> taps)
      implements Question {}

  /**
   * How the samples of a tensor come.
   *
   * @param pieces the samples in each of the tensors that are stacked; a single one stands for all
   *     samples
   */
  record Arrival(List<Integer> pieces) {
    /** One sample for all. */
    static final Arrival ONE = new Arrival(List.of(1));
  }

  /**
   * The outputs and taps, and gradients, but nothing for further questions.
   *
   * @param forward what is asked of the network
   * @param seeded the tensor at which the seed stands, which depends on one of {@code at}
   * @param top whether the seed is 1 at each sample's largest element, otherwise it is given
   * @param at taps whose gradients are wanted
   */
  record Fused(Forward forward, String seeded, boolean top, Set<String> at) implements Question {}

  /**
   * Tensors of the network, and nothing for further questions.
   *
   * @param samples the number of samples
   * @param wanted tensors that nodes make
   * @param concurrent whether several runs of it go on at once
   */
  record Prefix(int samples, List<String> wanted, boolean concurrent) implements Question {}

  /**
   * Gradients.
   *
   * @param samples the number of samples
   * @param seeded tensors at which seeds stand, of which each depends on one that is asked for
   * @param at tensors whose gradients are wanted
   */
  record Backward(int samples, Set<String> seeded, Set<String> at) implements Question {}

  /**
   * Writes down what answers a question.
   *
   * @throws UnsupportedModelException if a node between seeds and taps has no gradient rule
   */
  Part of(Question question) {
    if (question instanceof Forward forward) {
      return forward(forward);
    }
    if (question instanceof Fused fused) {
      return fused(fused);
    }
    return question instanceof Backward backward ? backward(backward) : prefix((Prefix) question);
  }

  private Part forward(Forward question) {
    ModelGraph network = batching.at(question.samples());
    Set<String> kept = asked(network, question);
    ModelGraph run = Passes.cut(network, question.given(), List.copyOf(kept));
    question.taps().forEach(tap -> kept.addAll(bypass(run, tap)));
    kept.addAll(residuals(network, question.taps()));
    kept.removeAll(network.constants().keySet());
    Map<String, Part.Source> sources = new HashMap<>();
    ModelGraph rest =
        assembled(Passes.cut(network, question.given(), List.copyOf(kept)), question, sources);
    return part(rest, sources, kept, Map.of(), Optional.empty());
  }

  private static Set<String> asked(ModelGraph network, Forward question) {
    Set<String> asked = new LinkedHashSet<>(network.outputs());
    asked.addAll(question.taps());
    return asked;
  }

  private Part fused(Fused question) {
    Forward forward = question.forward();
    ModelGraph network = batching.at(forward.samples());
    Set<String> asked = asked(network, forward);
    asked.removeAll(network.constants().keySet());
    Map<String, Part.Source> sources = new HashMap<>();
    Optional<String> chosen = Optional.empty();
    Differentiation differentiation;
    if (question.top()) {
      GraphRecorder recorder = new GraphRecorder(network, "seed");
      String largest = OneHotSeeds.largest(recorder, question.seeded(), forward.samples());
      String seed = OneHotSeeds.of(recorder, question.seeded(), largest, forward.samples());
      Map<String, String> seeds = Map.of(question.seeded(), seed);
      differentiation = Differentiation.seeded(recorder.graph(), seeds, question.at(), rules);
      chosen = Optional.of(largest);
    } else {
      differentiation =
          Differentiation.of(network, Set.of(question.seeded()), question.at(), rules);
      String seed = differentiation.seeds().get(question.seeded());
      sources.put(seed, Part.Source.seed(question.seeded()));
    }
    Map<String, String> gradients = gradients(differentiation);
    List<String> outputs = new ArrayList<>(asked);
    outputs.addAll(gradients.values());
    chosen.ifPresent(outputs::add);
    ModelGraph run = Passes.cut(differentiation.graph(), forward.given(), outputs);
    return part(assembled(run, forward, sources), sources, asked, gradients, chosen);
  }

  /** By tensor its gradient, or what stands there in runs. */
  private Map<String, String> gradients(Differentiation differentiation) {
    Map<String, String> gradients = new LinkedHashMap<>(differentiation.gradients());
    if (inRuns) {
      gradients.replaceAll((tensor, gradient) -> beforeRuns(differentiation.graph(), gradient));
    }
    return gradients;
  }

  /** What is expanded along the last axes alone to make a tensor; otherwise the tensor itself. */
  private static String beforeRuns(ModelGraph graph, String tensor) {
    Node node = graph.producer(tensor).orElse(null);
    while (node != null && node.operation() instanceof Unary.Identity) {
      node = graph.producer(node.inputs().get(0)).orElse(null);
    }
    if (node == null || !(node.operation() instanceof Expand)) {
      return tensor;
    }
    String given = node.inputs().get(0);
    Shape small = graph.type(given).shape();
    Shape whole = graph.type(tensor).shape();
    if (small.rank() != whole.rank() || graph.producer(given).isEmpty()) {
      return tensor;
    }
    int axis = 0;
    while (axis < whole.rank() && small.dim(axis) == whole.dim(axis)) {
      axis++;
    }
    return small.sizeOf(axis, small.rank()) == 1 ? given : tensor;
  }

  /**
   * A part that computes what is wanted as far as it is not given.
   *
   * @param sources of inputs that are not tensors of the network, whole
   */
  private static Part part(
      ModelGraph run,
      Map<String, Part.Source> sources,
      Set<String> wanted,
      Map<String, String> gradients,
      Optional<String> chosen) {
    Map<String, String> results = new LinkedHashMap<>();
    Set<String> passed = new HashSet<>();
    for (String tensor : wanted) {
      if (run.producer(tensor).isPresent()) {
        results.put(tensor, tensor);
      } else {
        passed.add(tensor);
      }
    }
    List<String> outputs = new ArrayList<>(results.values());
    outputs.addAll(gradients.values());
    chosen.ifPresent(outputs::add);
    return part(
        Passes.cut(run, Set.of(), outputs),
        input -> sources.getOrDefault(input, Part.Source.whole(input)),
        results,
        passed,
        gradients,
        chosen);
  }

  private static Part part(
      ModelGraph graph,
      Function<String, Part.Source> source,
      Map<String, String> results,
      Set<String> passed,
      Map<String, String> gradients,
      Optional<String> chosen) {
    Map<String, Part.Source> sources = new LinkedHashMap<>();
    graph.inputs().keySet().forEach(input -> sources.put(input, source.apply(input)));
    return new Part(graph, sources, results, passed, gradients, chosen);
  }

  /**
   * What must be kept of a run for gradients at any of the taps, for seeds at any of the taps and
   * the outputs. What is asked of that later is a part of it, so that its residuals are among
   * these.
   */
  private Set<String> residuals(ModelGraph network, Set<String> taps) {
    Set<String> seeded = new LinkedHashSet<>();
    for (String output : network.outputs()) {
      if (network.type(output).elementType().isFloating()) {
        seeded.add(output);
      }
    }
    seeded.addAll(taps);
    try {
      return taps.isEmpty()
          ? Set.of()
          : Differentiation.of(network, seeded, taps, rules).residuals();
    } catch (UnsupportedModelException missing) {
      // A question that leads past the node without a rule fails when it is asked.
      return residualsOfWhatHasRules(network, seeded, taps);
    }
  }

  private Set<String> residualsOfWhatHasRules(
      ModelGraph network, Set<String> seeded, Set<String> taps) {
    Set<String> residuals = new LinkedHashSet<>();
    for (String seed : seeded) {
      for (String tap : taps) {
        try {
          residuals.addAll(
              Differentiation.of(network, Set.of(seed), Set.of(tap), rules).residuals());
        } catch (UnsupportedModelException missing) {
          continue;
        }
      }
    }
    return residuals;
  }

  /** Tensors beside a tap that the rest of the network reads. */
  private static Set<String> bypass(ModelGraph run, String tap) {
    Set<String> downstream = run.downstream(Set.of(tap));
    Set<String> bypass = new LinkedHashSet<>();
    for (Node node : run.nodes()) {
      if (downstream.contains(node.output())) {
        node.inputs().stream().filter(input -> !downstream.contains(input)).forEach(bypass::add);
      }
    }
    return bypass;
  }

  /**
   * Puts inputs together from what comes for them.
   *
   * @param sources takes what is put into the inputs that are not whole
   */
  private ModelGraph assembled(
      ModelGraph rest, Forward question, Map<String, Part.Source> sources) {
    if (question.arrivals().isEmpty()) {
      return rest;
    }
    Map<String, TensorType> inputs = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Map.Entry<String, TensorType> input : rest.inputs().entrySet()) {
      String name = input.getKey();
      TensorType type = input.getValue();
      Arrival arrival = question.arrivals().get(name);
      int axis = arrival == null ? Samples.NONE : batching.axis(name);
      if (axis == Samples.NONE) {
        inputs.put(name, type);
        continue;
      }
      List<String> pieces = new ArrayList<>();
      for (int samples : arrival.pieces()) {
        String piece = unused(name + "/piece_" + pieces.size(), rest);
        inputs.put(piece, type.withShape(batching.shape(name, samples)));
        sources.put(piece, new Part.Source(name, false, pieces.size()));
        pieces.add(piece);
      }
      Operation stack =
          pieces.size() == 1
              ? new Tile(repeats(type.shape(), axis, question.samples()))
              : new Concat(axis);
      nodes.add(new Node(name, stack, pieces, name, ""));
    }
    nodes.addAll(rest.nodes());
    return ModelGraph.of(inputs, rest.constants(), nodes, rest.outputs(), rest.metadata());
  }

  private static String unused(String name, ModelGraph graph) {
    String free = name;
    while (graph.has(free)) {
      free += "_";
    }
    return free;
  }

  private static List<Integer> repeats(Shape shape, int axis, int times) {
    return IntStream.range(0, shape.rank()).mapToObj(a -> a == axis ? times : 1).toList();
  }

  private Part prefix(Prefix question) {
    ModelGraph network = batching.at(question.samples());
    Map<String, String> results = new LinkedHashMap<>();
    question.wanted().forEach(tensor -> results.put(tensor, tensor));
    return part(
        Passes.cut(network, Set.of(), question.wanted()),
        Part.Source::whole,
        results,
        Set.of(),
        Map.of(),
        Optional.empty());
  }

  private Part backward(Backward question) {
    // What was resumed has the same gradients: what the tap replaced is not upstream of any that
    // is asked for.
    Differentiation differentiation =
        Differentiation.of(
            batching.at(question.samples()), question.seeded(), question.at(), rules);
    Map<String, String> gradients = gradients(differentiation);
    Map<String, String> seeds = new HashMap<>();
    differentiation.seeds().forEach((tensor, input) -> seeds.put(input, tensor));
    return part(
        Passes.cut(differentiation.backward(), Set.of(), List.copyOf(gradients.values())),
        input ->
            seeds.containsKey(input)
                ? Part.Source.seed(seeds.get(input))
                : Part.Source.whole(input),
        Map.of(),
        Set.of(),
        gradients,
        Optional.empty());
  }
}
