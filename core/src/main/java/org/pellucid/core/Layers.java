package org.pellucid.core;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Tap;
import org.pellucid.core.text.NearestNames;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Layouts;
import org.pellucid.graph.pass.TokenGrids;
import org.pellucid.graph.pass.TokenLayout;

/**
 * The layers of a network that can be explained, in the order in which they are computed: every
 * tensor between the input and the scores that holds feature maps of more than one cell. Immutable.
 */
public final class Layers {
  private static final Pattern BY_OPERATION = Pattern.compile("([A-Za-z]\\w*):(-?\\d{1,6})");

  private final ImmutableList<Layer> layers;
  private final String inputName;
  private final Optional<Layer> input;

  /** What makes each tensor, in the graph's own words, where the model has others for it. */
  private final ImmutableMap<Tap, String> operations;

  private Layers(
      ImmutableList<Layer> layers,
      ImmutableMap<Tap, String> operations,
      String inputName,
      Optional<Layer> input) {
    this.layers = layers;
    this.operations = operations;
    this.inputName = inputName;
    this.input = input;
  }

  /** Finds the layers of a network without tokens. */
  public static Layers of(ModelGraph graph, String input, String scores) {
    return of(TokenGrids.of(graph, input, scores, TokenLayout.AUTO), input, scores);
  }

  /**
   * Finds the layers of a network, its tokens that lie on a grid among them.
   *
   * @param tokens where it holds tokens
   * @param input the explained input
   * @param scores the tensor of scores
   */
  public static Layers of(TokenGrids tokens, String input, String scores) {
    ModelGraph graph = tokens.with(tokens.all());
    Set<String> unread =
        tokens.all().stream()
            .filter(grid -> !grid.read())
            .map(TokenGrids.Grid::maps)
            .collect(Collectors.toSet());
    Layouts layouts = Layouts.of(graph);
    Set<String> reachable = graph.downstream(Set.of(input));
    reachable.retainAll(graph.upstream(Set.of(scores)));
    List<Node> nodes =
        graph.nodes().stream()
            .filter(node -> reachable.contains(node.output()))
            .filter(node -> !node.output().equals(scores))
            .filter(node -> graph.type(node.output()).elementType().isFloating())
            .filter(node -> isNamed(graph, node))
            .filter(node -> layouts.of(node.output()).isPresent())
            .filter(node -> cells(graph, layouts, node) > 1)
            .toList();
    int defaultIndex =
        IntStream.range(0, nodes.size())
            .filter(i -> computes(nodes.get(i)) && !unread.contains(nodes.get(i).output()))
            .reduce((first, second) -> second)
            .orElse(nodes.size() - 1);
    ImmutableList.Builder<Layer> layers = ImmutableList.builder();
    ImmutableMap.Builder<Tap, String> operations = ImmutableMap.builder();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      operations.put(new Tap(node.output()), node.operation().name());
      layers.add(
          new Layer(
              i,
              new Tap(node.output()),
              node.name(),
              node.source().isEmpty() ? node.operation().name() : sourceOperation(node),
              mapsFirst(graph, layouts, node),
              stage(graph, node),
              i == defaultIndex));
    }
    Optional<Layer> whole =
        layouts
            .of(input)
            .map(axes -> Layer.ofInput(input, mapsFirst(axes, graph.type(input).shape())));
    return new Layers(layers.build(), operations.buildOrThrow(), input, whole);
  }

  /**
   * Whether a node makes a tensor of the original model, rather than a step on the way to one,
   * which importers name after it: {@code output/step}.
   */
  private static boolean isNamed(ModelGraph graph, Node node) {
    String output = node.output();
    for (int slash = output.indexOf('/', 1); slash > 0; slash = output.indexOf('/', slash + 1)) {
      Optional<Node> whole = graph.producer(output.substring(0, slash));
      if (whole.isPresent() && whole.get().source().equals(node.source())) {
        return false;
      }
    }
    return true;
  }

  private static String sourceOperation(Node node) {
    int dash = node.source().lastIndexOf('-');
    return dash < 0 ? node.source() : node.source().substring(0, dash);
  }

  private static Shape mapsFirst(ModelGraph graph, Layouts layouts, Node node) {
    FeatureMapAxes axes = layouts.of(node.output()).orElseThrow();
    return mapsFirst(axes, graph.type(node.output()).shape());
  }

  private static Shape mapsFirst(FeatureMapAxes axes, Shape shape) {
    return Shape.of(
        IntStream.concat(
                IntStream.of(axes.channelAxis()),
                axes.spatialAxes().stream().mapToInt(Integer::intValue))
            .map(shape::dim)
            .toArray());
  }

  private static long cells(ModelGraph graph, Layouts layouts, Node node) {
    Shape shape = mapsFirst(graph, layouts, node);
    return shape.sizeOf(1, shape.rank());
  }

  /** Whether an operation makes new features, rather than pooling or moving them. */
  private static boolean computes(Node node) {
    Operation operation = node.operation();
    return node.source().equals(TokenGrids.SOURCE)
        || !(operation instanceof MaxPool
            || operation instanceof AveragePool
            || operation instanceof Reduce
            || operation instanceof Unary.Identity
            || operation instanceof Reshape
            || operation instanceof Transpose
            || operation instanceof Pad
            || operation instanceof Slice
            || operation instanceof Tile
            || operation instanceof Expand
            || operation instanceof Gather
            || operation instanceof Softmax
            || operation instanceof Cast);
  }

  private static Layer.Stage stage(ModelGraph graph, Node node) {
    if (isActivation(graph, node)) {
      return Layer.Stage.AFTER_ACTIVATION;
    }
    boolean before =
        graph.consumers(node.output()).stream().anyMatch(next -> leadsToActivation(graph, next));
    return before ? Layer.Stage.BEFORE_ACTIVATION : Layer.Stage.LINEAR;
  }

  private static boolean isActivation(ModelGraph graph, Node node) {
    Operation operation = node.operation();
    if (operation instanceof Concat) {
      return node.inputs().stream()
          .allMatch(
              input -> graph.producer(input).filter(made -> isActivation(graph, made)).isPresent());
    }
    if (movesOnly(operation)) {
      return graph.producer(node.inputs().get(0)).filter(n -> isActivation(graph, n)).isPresent();
    }
    return appliesNonlinearity(graph, node);
  }

  private static boolean movesOnly(Operation operation) {
    return operation instanceof Unary.Identity
        || operation instanceof Reshape
        || operation instanceof Transpose
        || operation instanceof MaxPool
        || operation instanceof AveragePool
        || operation instanceof Slice
        || operation instanceof Pad;
  }

  /** An activation function, also where it is written as x times a gate computed from x. */
  private static boolean appliesNonlinearity(ModelGraph graph, Node node) {
    if (node.operation() instanceof Binary.PRelu) {
      return true;
    }
    if (node.operation() instanceof Binary.Mul) {
      return gated(graph, node.inputs().get(0), node.inputs().get(1))
          || gated(graph, node.inputs().get(1), node.inputs().get(0));
    }
    return node.operation() instanceof Unary && !isArithmetic(node.operation());
  }

  private static boolean isArithmetic(Operation operation) {
    return operation instanceof Unary.Identity
        || operation instanceof Unary.Neg
        || operation instanceof Unary.Reciprocal
        || operation instanceof Unary.Sqrt
        || operation instanceof Unary.Log
        || operation instanceof Unary.Not;
  }

  private static boolean gated(ModelGraph graph, String x, String gate) {
    Optional<Node> made = graph.producer(gate);
    return made.isPresent()
        && made.get().operation() instanceof Unary
        && !isArithmetic(made.get().operation())
        && made.get().inputs().get(0).equals(x);
  }

  /** Whether a value that a node takes reaches an activation function through affine nodes only. */
  private static boolean leadsToActivation(ModelGraph graph, Node next) {
    Set<String> seen = new HashSet<>();
    Deque<Node> open = new ArrayDeque<>(List.of(next));
    while (!open.isEmpty()) {
      Node node = open.pop();
      if (appliesNonlinearity(graph, node)) {
        return true;
      }
      if (passesOn(graph, node) && seen.add(node.output())) {
        open.addAll(graph.consumers(node.output()));
      }
    }
    return false;
  }

  /** A normalisation, an addition, or a scaling by constants. */
  private static boolean passesOn(ModelGraph graph, Node node) {
    Operation operation = node.operation();
    boolean scales =
        operation instanceof Binary.Mul
            || operation instanceof Binary.Div
            || operation instanceof Binary.Sub;
    return operation instanceof BatchNormalization
        || operation instanceof Standardize
        || operation instanceof Binary.Add
        || operation instanceof Unary.Identity
        || (scales && node.inputs().stream().anyMatch(graph.constants()::containsKey));
  }

  /** All layers. */
  public List<Layer> all() {
    return layers;
  }

  /**
   * The layer that is taken when none is named: the last one before the scores that computes
   * features, rather than pooling or moving them.
   *
   * @throws InvalidRequestException if the network has no layer with feature maps
   */
  public Layer byDefault() {
    return layers.stream()
        .filter(Layer::isDefault)
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "The model has no layer that holds feature maps of more than one cell"));
  }

  /**
   * The explained input, as a layer whose feature maps are its channels: what is looked at by
   * methods that explain no layer. It is not among {@link #all}.
   *
   * @throws InvalidRequestException if the input cannot be told to have channels and space
   */
  public Layer input() {
    return input.orElseThrow(
        () ->
            new InvalidRequestException(
                "The input \"" + inputName + "\" has no channels of rows and columns"));
  }

  /**
   * A layer as users name it: its tensor's or its node's name, a suffix of one of these that only
   * one layer has, an operation (as the model calls it, or else as the graph does) and a number as
   * {@code conv:-1} (the last convolution), or its position.
   *
   * @throws InvalidRequestException if no layer, or more than one, is meant; with the nearest names
   */
  public Layer find(String text) {
    return exactly(text)
        .or(() -> byOperation(text))
        .or(() -> byPosition(text))
        .or(() -> bySuffix(text))
        .orElseThrow(() -> unknown(text));
  }

  private List<Layer> made(Function<Layer, String> by, String operation) {
    return layers.stream().filter(layer -> by.apply(layer).equalsIgnoreCase(operation)).toList();
  }

  private Optional<Layer> exactly(String text) {
    Optional<Layer> byTensor =
        layers.stream().filter(layer -> layer.tap().tensor().equals(text)).findFirst();
    return byTensor.or(
        () -> layers.stream().filter(layer -> layer.node().equals(text)).findFirst());
  }

  private Optional<Layer> byOperation(String text) {
    Matcher matcher = BY_OPERATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    List<Layer> matching = made(Layer::operation, matcher.group(1));
    if (matching.isEmpty()) {
      matching = made(layer -> operations.get(layer.tap()), matcher.group(1));
    }
    if (matching.isEmpty()) {
      // The last convolution of a network in narrow integers is asked for as that of any other.
      matching = made(Layer::operation, "QLinear" + matcher.group(1));
    }
    int number = Integer.parseInt(matcher.group(2));
    int index = number < 0 ? matching.size() + number : number;
    if (matching.isEmpty() || index < 0 || index >= matching.size()) {
      throw new InvalidRequestException(
          "Layer \""
              + text
              + "\" was asked for; the model has "
              + matching.size()
              + " layers of operation "
              + matcher.group(1).toLowerCase(Locale.ROOT)
              + (matching.isEmpty()
                  ? ""
                  : ", numbered 0 to "
                      + (matching.size() - 1)
                      + " or -"
                      + matching.size()
                      + " to -1"));
    }
    return Optional.of(matching.get(index));
  }

  private Optional<Layer> byPosition(String text) {
    OptionalInt position =
        text.matches("\\d{1,6}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    if (position.isEmpty()) {
      return Optional.empty();
    }
    if (position.getAsInt() >= layers.size()) {
      throw new InvalidRequestException(
          "Layer " + text + " was asked for; the model has layers 0 to " + (layers.size() - 1));
    }
    return Optional.of(layers.get(position.getAsInt()));
  }

  private Optional<Layer> bySuffix(String text) {
    List<Layer> matching =
        text.isEmpty()
            ? List.of()
            : layers.stream()
                .filter(layer -> layer.tap().tensor().endsWith(text) || layer.node().endsWith(text))
                .toList();
    if (matching.size() > 1) {
      throw new InvalidRequestException(
          "Layer \""
              + text
              + "\" could be any of "
              + matching.size()
              + ": "
              + matching.stream().limit(5).map(layer -> layer.tap().tensor()).toList()
              + (matching.size() > 5 ? " and more" : ""));
    }
    return matching.stream().findFirst();
  }

  private InvalidRequestException unknown(String text) {
    List<String> names = new ArrayList<>();
    layers.forEach(layer -> names.add(layer.tap().tensor()));
    return new InvalidRequestException(
        "No layer is called \""
            + text
            + "\"; the nearest names are "
            + NearestNames.quoted(text, names)
            + ", and the whole list is shown by: pellucid layers MODEL");
  }
}
