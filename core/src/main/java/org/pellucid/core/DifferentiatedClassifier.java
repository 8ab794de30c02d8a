package org.pellucid.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pellucid.api.ClosedFormExplainer;
import org.pellucid.api.Explainer;
import org.pellucid.api.GraphAlgebra;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Options;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.gradient.GradientRules;
import org.pellucid.graph.gradient.GraphRecorder;
import org.pellucid.graph.gradient.OneHotSeeds;
import org.pellucid.graph.op.Terms;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Layouts;
import org.pellucid.graph.pass.Passes;

/**
 * Composes a {@link DifferentiatedModel}: the network, the seed, its gradients, and the outputs.
 */
final class DifferentiatedClassifier {
  private static final String CLASS = "class";
  private static final String SCORES = "scores";
  private static final String MAP = "map";
  private static final String ACTIVATIONS = "activations/";
  private static final String GRADIENTS = "gradients/";

  private final Classifier classifier;
  private final String target;
  private final Optional<FixedTarget> fixed;
  private final List<Layer> layers;
  private final Optional<ClosedFormExplainer> method;
  private final Options options;
  private final ModelGraph graph;
  private final Layouts layouts;
  private final int samples;
  private final int classes;

  /**
   * Resolves a request.
   *
   * @throws InvalidRequestException if it names what is not there, or asks for a map that is no
   *     formula in activations and gradients
   */
  DifferentiatedClassifier(Classifier classifier, DifferentiationRequest request) {
    this.classifier = classifier;
    this.target = request.target();
    this.fixed =
        target.equals(DifferentiationRequest.CLASS_INPUT) || target.equals("top")
            ? Optional.empty()
            : Optional.of(FixedTarget.of(classifier, target));
    checkClasses();
    Set<Layer> asked = new LinkedHashSet<>();
    request.layers().forEach(name -> asked.add(classifier.layers().find(name)));
    this.layers =
        asked.isEmpty()
            ? List.of(classifier.layersBefore(new Tap(explained())).byDefault())
            : List.copyOf(asked);
    this.method = request.method().map(this::closedForm);
    this.options =
        method
            .map(explainer -> ResolvedRequest.options(explainer, request.options()))
            .orElse(Options.DEFAULTS);
    this.graph = classifier.graphWith(layers.stream().map(Layer::tap).toList());
    this.layouts = Layouts.of(graph);
    this.samples = Batching.of(graph).samples();
    this.classes = Math.toIntExact(graph.type(classifier.head().logits()).shape().size() / samples);
    if (method.isPresent()) {
      checkMap();
    } else if (!request.options().isEmpty()) {
      throw new InvalidRequestException(
          "Options " + request.options().keySet() + " were given, and no method that has them");
    }
  }

  /** The predicted class is one of several scores. */
  private void checkClasses() {
    ClassifierHead head = classifier.head();
    if (target.equals("top") && (head.isBinary() || head.segmentation().isPresent())) {
      throw new InvalidRequestException(
          "Target \""
              + target
              + "\" is one of several classes with a score each; this model has "
              + (head.isBinary()
                  ? "a single score: positive or negative is one of its sides"
                  : "one for each class and cell: output:I or neuron:LAYER@K is one of its numbers"));
    }
  }

  /** The tensor whose number is explained. */
  private String explained() {
    return fixed.map(known -> known.reads().tensor()).orElse(logits());
  }

  private ClosedFormExplainer closedForm(String name) {
    Explainer explainer = classifier.registry().explainer(name);
    if (explainer instanceof ClosedFormExplainer formula) {
      return formula;
    }
    throw new InvalidRequestException(
        "The method "
            + explainer.id()
            + " is no formula in the activations and gradients of one pass, and cannot be part of"
            + " a model; these can: "
            + classifier.registry().explainers().stream()
                .filter(ClosedFormExplainer.class::isInstance)
                .map(Explainer::id)
                .collect(Collectors.joining(", ")));
  }

  private void checkMap() {
    if (layers.size() != 1) {
      throw new InvalidRequestException(
          "A map is of one layer, found "
              + layers.size()
              + ": "
              + layers.stream().map(layer -> layer.tap().tensor()).toList());
    }
    boolean flat = layers.get(0).shape().rank() == 3;
    if (!flat || imageAxes().isEmpty()) {
      throw new InvalidRequestException(
          "A map needs rows and columns; the feature maps of the layer \""
              + layers.get(0).tap().tensor()
              + "\" are "
              + layers.get(0).shape()
              + " and the input \""
              + classifier.input()
              + "\" is "
              + classifier.graph().type(classifier.input()).shape());
    }
  }

  private Optional<FeatureMapAxes> imageAxes() {
    return layouts.of(classifier.input()).filter(axes -> axes.spatialAxes().size() == 2);
  }

  private String logits() {
    return classifier.head().logits();
  }

  /**
   * The model.
   *
   * @throws UnsupportedModelException if an operation between the layers and the scores has no
   *     gradient rule
   */
  DifferentiatedModel model() {
    GraphRecorder seeding = new GraphRecorder(forward(), "seed");
    String seed = seed(seeding);
    Set<String> taps = new LinkedHashSet<>();
    layers.forEach(layer -> taps.add(layer.tap().tensor()));
    Differentiation differentiation =
        Differentiation.seeded(
            seeding.graph(), Map.of(explained(), seed), taps, GradientRules.STANDARD);
    Map<String, String> gradients = differentiation.gradients();
    for (String tap : taps) {
      if (!gradients.containsKey(tap)) {
        throw new UnsupportedModelException(
            "\""
                + explained()
                + "\" has no gradient at the layer \""
                + tap
                + "\": it does not depend on it, or what lies between them is constant almost"
                + " everywhere");
      }
    }
    Set<String> taken = new HashSet<>(Set.of(SCORES, MAP));
    taps.forEach(tap -> taken.addAll(List.of(ACTIVATIONS + tap, GRADIENTS + tap)));
    UnaryOperator<String> renaming = renaming(differentiation.graph(), taken);
    GraphRecorder recorder =
        new GraphRecorder(renamed(differentiation.graph(), renaming), "explanation");
    Terms terms = new Terms(recorder);
    recorder.output(SCORES, terms.reshape(renaming.apply(logits()), Shape.of(samples, classes)));
    for (Layer layer : layers) {
      String tap = layer.tap().tensor();
      FeatureMapAxes axes = layouts.of(tap).orElseThrow();
      String activations = renaming.apply(tap);
      String gradient = renaming.apply(gradients.get(tap));
      if (method.isPresent()) {
        recorder.output(MAP, map(recorder, axes, activations, gradient));
      } else {
        recorder.output(ACTIVATIONS + tap, mapsFirst(terms, axes, activations));
        recorder.output(GRADIENTS + tap, mapsFirst(terms, axes, gradient));
      }
    }
    return new DifferentiatedModel(
        classifier, Passes.simplify(recorder.graph(), Set.of()), properties());
  }

  /** The network up to the scores, as fast as it can be with the layers in it. */
  private ModelGraph forward() {
    Set<String> keep = new LinkedHashSet<>(List.of(logits(), explained()));
    layers.forEach(layer -> keep.add(layer.tap().tensor()));
    ModelGraph scores =
        ModelGraph.of(
            graph.inputs(),
            graph.constants(),
            graph.nodes(),
            keep.stream().toList(),
            graph.metadata());
    return Passes.foldBatchNormalization(Passes.simplify(scores, Set.of()), keep);
  }

  /**
   * The derivative of what is explained by what it reads, of each sample: for a class 1 at its
   * score, otherwise 0; nothing but zeros for a class that there is not.
   */
  private String seed(GraphRecorder recorder) {
    if (target.equals("top")) {
      return OneHotSeeds.top(recorder, logits(), samples);
    }
    Terms terms = new Terms(recorder);
    if (fixed.isEmpty()) {
      TensorType type = new TensorType(ElementType.INT64, Shape.of(samples));
      String chosen = terms.reshape(recorder.input(CLASS, type), Shape.of(samples, 1));
      return OneHotSeeds.of(recorder, logits(), chosen, samples);
    }
    TensorType type = recorder.type(explained());
    double[] seed = fixed.get().seed();
    String row =
        recorder.constant(Tensor.of(Shape.of(1, seed.length), seed).cast(type.elementType()));
    String read = terms.reshape(explained(), Shape.of(samples, seed.length));
    // Either way the same; the condition makes it a row for each sample, however many there are.
    return terms.reshape(terms.where(terms.greater(read, 0), row, row), type.shape());
  }

  /** Other names for tensors that have one of the names that outputs must have. */
  private static UnaryOperator<String> renaming(ModelGraph graph, Set<String> taken) {
    Map<String, String> others = new LinkedHashMap<>();
    for (String name : taken) {
      if (graph.has(name) && !graph.inputs().containsKey(name)) {
        String other = "model/" + name;
        while (graph.has(other) || taken.contains(other)) {
          other = "model/" + other;
        }
        others.put(name, other);
      }
    }
    return name -> others.getOrDefault(name, name);
  }

  /** The graph without outputs, with other names for some tensors. */
  private static ModelGraph renamed(ModelGraph graph, UnaryOperator<String> renaming) {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    graph.constants().forEach((name, value) -> constants.put(renaming.apply(name), value));
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(
          new Node(
              node.name(),
              node.operation(),
              node.inputs().stream().map(renaming).toList(),
              renaming.apply(node.output()),
              node.source()));
    }
    return ModelGraph.of(graph.inputs(), constants, nodes, List.of(), graph.metadata());
  }

  /** A tensor of feature maps as [N, maps, spatial...]. */
  private static String mapsFirst(Terms terms, FeatureMapAxes axes, String tensor) {
    List<Integer> order = new ArrayList<>(List.of(axes.sampleAxis(), axes.channelAxis()));
    order.addAll(axes.spatialAxes());
    boolean same = IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i);
    return same ? tensor : terms.transpose(tensor, order);
  }

  private String map(
      GraphRecorder recorder, FeatureMapAxes axes, String activations, String gradients) {
    GraphAlgebra algebra = new GraphAlgebra(recorder, activations, axes);
    String raw = method.orElseThrow().map(algebra, activations, gradients, options);
    Terms terms = new Terms(recorder);
    Shape input = classifier.graph().type(classifier.input()).shape();
    List<Integer> space = imageAxes().orElseThrow().spatialAxes();
    return new UpsampledMap(recorder)
        .of(
            mapsFirst(terms, axes, raw),
            List.of(mapsFirst(terms, axes, activations), mapsFirst(terms, axes, gradients)),
            input.dim(space.get(0)),
            input.dim(space.get(1)));
  }

  private Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("pellucid.version", Version.current());
    properties.put("pellucid.model", classifier.file().name());
    properties.put("pellucid.modelSha256", classifier.file().sha256());
    properties.put(
        "pellucid.layers",
        layers.stream().map(layer -> layer.tap().tensor()).collect(Collectors.joining("\n")));
    properties.put("pellucid.target", fixed.map(FixedTarget::description).orElse(target));
    method.ifPresent(
        explainer -> {
          properties.put("pellucid.method", explainer.id());
          options
              .describe(explainer.options())
              .forEach((name, value) -> properties.put("pellucid.option." + name, value));
        });
    properties.put("pellucid.input", classifier.input());
    classifier
        .knownPreset()
        .ifPresent(preset -> properties.put("pellucid.preset", preset.toJson()));
    return properties;
  }
}
