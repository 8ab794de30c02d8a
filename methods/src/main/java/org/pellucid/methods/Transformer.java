package org.pellucid.methods;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Unary;

/**
 * A vision transformer as it is found in a graph: its attention maps, the tokens after each, and
 * the head that makes scores of the last.
 */
final class Transformer {
  /**
   * A layer.
   *
   * @param attention the attention map, [..., T, T]
   * @param tokens what the layer makes, [N, T, D]
   */
  private record Layer(String attention, String tokens) {}

  private final ModelGraph graph;
  private final Shape patches;
  private final List<Layer> layers;
  private final String scores;

  private Transformer(ModelGraph graph, Shape patches, List<Layer> layers, String scores) {
    this.graph = graph;
    this.patches = patches;
    this.layers = layers;
    this.scores = scores;
  }

  /**
   * The transformer that a probe asks.
   *
   * @throws InvalidRequestException if it is none that can be read so
   */
  static Transformer of(ModelProbe probe) {
    ModelGraph graph = probe.graph();
    String scores = probe.scoresTap().tensor();
    Set<String> leading = graph.upstream(Set.of(scores));
    Shape patches = null;
    List<String> attention = new ArrayList<>();
    int window = 0;
    for (Node node : graph.nodes()) {
      if (node.operation() instanceof Conv) {
        Shape made = graph.type(node.output()).shape();
        // The last convolution before attention begins cuts the image into patches.
        patches =
            made.rank() == 4 && attention.isEmpty() ? Shape.of(made.dim(2), made.dim(3)) : patches;
      } else if (patches != null && leading.contains(node.output()) && isAttention(graph, node)) {
        int tokens = tokens(graph, node.output());
        if (tokens >= patches.size()) {
          attention.add(node.output());
        } else {
          window = tokens;
        }
      }
    }
    if (attention.isEmpty() && window > 0) {
      throw refusal(
          "its attention looks within windows of "
              + window
              + " tokens, and no map is of all "
              + patches.size()
              + " patches");
    }
    if (attention.isEmpty()) {
      throw refusal(
          "no softmax of products that multiplies values was found, of as many tokens as"
              + " patches");
    }
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < attention.size(); i++) {
      String next = i + 1 < attention.size() ? attention.get(i + 1) : scores;
      layers.add(
          new Layer(
              attention.get(i),
              lastSum(graph, attention.get(i), next)
                  .orElseThrow(() -> refusal("no tokens are added up after an attention map"))));
    }
    return new Transformer(graph, patches, layers, scores);
  }

  private static InvalidRequestException refusal(String reason) {
    return new InvalidRequestException(
        "The method le-grad needs a vision transformer whose attention maps are in the network: "
            + reason
            + "; gradient and integrated-gradients take any network, grad-cam any layer of feature"
            + " maps");
  }

  private static int tokens(ModelGraph graph, String attention) {
    Shape shape = graph.type(attention).shape();
    return shape.dim(shape.rank() - 1);
  }

  private static boolean isAttention(ModelGraph graph, Node node) {
    Shape shape = graph.type(node.output()).shape();
    int rank = shape.rank();
    if (!(node.operation() instanceof Softmax softmax)
        || rank < 3
        || softmax.axis() != rank - 1
        || shape.dim(rank - 2) != shape.dim(rank - 1)) {
      return false;
    }
    boolean multiplies =
        graph.consumers(node.output()).stream()
            .anyMatch(next -> through(graph, next).operation() instanceof MatMul);
    return multiplies && ofProducts(graph, node.inputs().get(0));
  }

  /** The node itself, or what reads it where it only passes on. */
  private static Node through(ModelGraph graph, Node node) {
    Node at = node;
    while (passesOn(at.operation()) && graph.consumers(at.output()).size() == 1) {
      at = graph.consumers(at.output()).get(0);
    }
    return at;
  }

  private static boolean passesOn(Operation operation) {
    return operation instanceof Unary.Identity || operation instanceof Cast;
  }

  /** Whether a tensor is a product of two that vary, but for scale and what is added. */
  private static boolean ofProducts(ModelGraph graph, String tensor) {
    Node node = graph.producer(tensor).orElse(null);
    if (node == null) {
      return false;
    }
    Operation operation = node.operation();
    if (operation instanceof MatMul) {
      return node.inputs().stream().noneMatch(graph.constants()::containsKey);
    }
    boolean scales =
        passesOn(operation)
            || operation instanceof Unary.Affine
            || operation instanceof Binary.Mul
            || operation instanceof Binary.Div
            || operation instanceof Binary.Add;
    return scales && node.inputs().stream().anyMatch(input -> ofProducts(graph, input));
  }

  /** The last sum of two tensors [N, T, D] between an attention map and what comes after it. */
  private static Optional<String> lastSum(ModelGraph graph, String attention, String next) {
    Set<String> after = graph.downstream(Set.of(attention));
    Set<String> before = graph.upstream(Set.of(next));
    int tokens = tokens(graph, attention);
    return graph.nodes().stream()
        .filter(node -> node.operation() instanceof Binary.Add)
        .filter(node -> after.contains(node.output()) && before.contains(node.output()))
        .filter(node -> node.inputs().stream().noneMatch(graph.constants()::containsKey))
        .filter(
            node -> {
              Shape shape = graph.type(node.output()).shape();
              return shape.rank() == 3 && shape.dim(1) == tokens;
            })
        .map(Node::output)
        .reduce((first, second) -> second);
  }

  /** Rows and columns of patches. */
  Shape patches() {
    return patches;
  }

  /** How many layers have an attention map. */
  int layers() {
    return layers.size();
  }

  private record ReadOut(String scores) {}

  /**
   * The gradients of what the head makes of layers' tokens, each at the layer's attention map.
   *
   * @param from the first layer, up to the last
   */
  List<Tensor> gradients(ModelProbe probe, int from) {
    Map<Tap, Set<Tap>> at = new LinkedHashMap<>();
    for (int i = from; i < layers.size(); i++) {
      at.put(read(i), Set.of(new Tap(layers.get(i).attention())));
    }
    Map<Tap, Map<Tap, Tensor>> found = probe.gradients(new ReadOut(scores), this::withReadOuts, at);
    return at.keySet().stream().map(read -> found.get(read).values().iterator().next()).toList();
  }

  /** Where the head reads a layer: the network's own scores behind the last. */
  private Tap read(int layer) {
    return new Tap(layer == layers.size() - 1 ? scores : readOut(layer, scores));
  }

  private static String readOut(int layer, String tensor) {
    return "read out " + layer + "/" + tensor;
  }

  /** The network with a copy of its head behind each layer but the last. */
  private ModelGraph withReadOuts() {
    String last = layers.get(layers.size() - 1).tokens();
    Set<String> behind = graph.downstream(Set.of(last));
    Set<String> leading = graph.upstream(Set.of(scores));
    List<Node> nodes = new ArrayList<>(graph.nodes());
    List<String> outputs = new ArrayList<>(graph.outputs());
    for (int i = 0; i < layers.size() - 1; i++) {
      Map<String, String> renamed = new HashMap<>();
      renamed.put(last, layers.get(i).tokens());
      for (Node node : graph.nodes()) {
        boolean ofHead =
            behind.contains(node.output())
                && !node.output().equals(last)
                && (leading.contains(node.output()) || node.output().equals(scores));
        if (ofHead) {
          String output = readOut(i, node.output());
          renamed.put(node.output(), output);
          List<String> inputs =
              node.inputs().stream().map(name -> renamed.getOrDefault(name, name)).toList();
          nodes.add(new Node(output, node.operation(), inputs, output, ""));
        }
      }
      outputs.add(readOut(i, scores));
    }
    return ModelGraph.of(
        new LinkedHashMap<>(graph.inputs()), graph.constants(), nodes, outputs, graph.metadata());
  }
}
