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
  private final Optional<Integer> fixedClass;
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
    this.fixedClass = fixedClass();
    Set<Layer> asked = new LinkedHashSet<>();
    request.layers().forEach(name -> asked.add(classifier.layers().find(name)));
    this.layers = asked.isEmpty() ? List.of(classifier.layers().byDefault()) : List.copyOf(asked);
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

  /** The class, where it is neither an input nor the predicted one. */
  private Optional<Integer> fixedClass() {
    if (target.equals(DifferentiationRequest.CLASS_INPUT) || target.equals("top")) {
      return Optional.empty();
    }
    ClassifierHead head = classifier.head();
    boolean oneClass = head.isLabel(target) || target.matches("(class:)?[^:@]+");
    if (!oneClass || head.isBinary() || head.segmentation().isPresent()) {
      throw new InvalidRequestException(
          "Target \""
              + target
              + "\" was asked for; a differentiated model takes "
              + DifferentiationRequest.CLASS_INPUT
              + ", top, or the index or label of one class");
    }
    Shape scores = classifier.graph().type(head.logits()).shape();
    if (IntStream.range(1, scores.rank()).filter(axis -> scores.dim(axis) > 1).count() > 1) {
      throw new InvalidRequestException(
          "Target \""
              + target
              + "\" was asked for, but the scores \""
              + head.logits()
              + "\" are "
              + scores
              + ", not one for each class; such a model can be differentiated for "
              + DifferentiationRequest.CLASS_INPUT
              + ", the position of a score among those of a sample, row-major, or for top");
    }
    return Optional.of(
        head.named(head.isLabel(target) ? target : target.replaceFirst("^class:", "")));
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
            seeding.graph(), Map.of(logits(), seed), taps, GradientRules.STANDARD);
    Map<String, String> gradients = differentiation.gradients();
    for (String tap : taps) {
      if (!gradients.containsKey(tap)) {
        throw new UnsupportedModelException(
            "The scores have no gradient at the layer \""
                + tap
                + "\": what lies between them is constant almost everywhere");
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
    Set<String> keep = new LinkedHashSet<>(Set.of(logits()));
    layers.forEach(layer -> keep.add(layer.tap().tensor()));
    ModelGraph scores =
        ModelGraph.of(
            graph.inputs(), graph.constants(), graph.nodes(), List.of(logits()), graph.metadata());
    return Passes.foldBatchNormalization(Passes.simplify(scores, Set.of()), keep);
  }

  /**
   * dS / dlogits of each sample: 1 for its class, otherwise 0; nothing but zeros for a class that
   * there is not.
   */
  private String seed(GraphRecorder recorder) {
    if (target.equals("top")) {
      return OneHotSeeds.top(recorder, logits(), samples);
    }
    Terms terms = new Terms(recorder);
    if (fixedClass.isEmpty()) {
      TensorType type = new TensorType(ElementType.INT64, Shape.of(samples));
      String chosen = terms.reshape(recorder.input(CLASS, type), Shape.of(samples, 1));
      return OneHotSeeds.of(recorder, logits(), chosen, samples);
    }
    TensorType type = recorder.type(logits());
    double[] row = new double[classes];
    row[fixedClass.get()] = 1;
    String oneHot =
        recorder.constant(Tensor.of(Shape.of(1, classes), row).cast(type.elementType()));
    String scores = terms.reshape(logits(), Shape.of(samples, classes));
    // Either way the same; the condition makes it a row for each sample, however many there are.
    return terms.reshape(terms.where(terms.greater(scores, 0), oneHot, oneHot), type.shape());
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
    properties.put("pellucid.target", fixedClass.map(String::valueOf).orElse(target));
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
