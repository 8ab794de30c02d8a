package org.pellucid.methods;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Layouts;

/** The stages of a network: what lies between two changes of resolution. */
final class Stages {
  private Stages() {}

  /**
   * The ends of the stages before a layer, the finest first, and the layer: of each finer
   * resolution the last tensor of feature maps through which everything passes on its way to the
   * layer.
   */
  static List<Tap> before(ModelGraph graph, Tap layer) {
    Layouts layouts = Layouts.of(graph);
    FeatureMapAxes axes = layouts.of(layer.tensor()).orElseThrow();
    Shape own = space(graph, layer.tensor(), axes);
    Map<Shape, Tap> ends = new LinkedHashMap<>();
    Set<String> seen = graph.downstream(weighed(graph));
    for (String tensor : passages(graph, layer.tensor())) {
      if (!seen.contains(tensor)) {
        // The image, in another order or scale.
        continue;
      }
      layouts
          .of(tensor)
          .filter(found -> found.spatialAxes().size() == 2)
          .map(found -> space(graph, tensor, found))
          .filter(space -> space.dim(0) > own.dim(0) && space.dim(1) > own.dim(1))
          .ifPresent(
              space -> {
                // What comes later replaces what came before, at its place in the order.
                ends.remove(space);
                ends.put(space, new Tap(tensor));
              });
    }
    List<Tap> layers = new ArrayList<>(ends.values());
    layers.add(layer);
    return layers;
  }

  /** What layers with weights make. */
  private static Set<String> weighed(ModelGraph graph) {
    return graph.nodes().stream()
        .filter(
            node ->
                node.operation() instanceof Conv
                    || node.operation() instanceof Gemm
                    || node.operation() instanceof MatMul)
        .map(Node::output)
        .collect(Collectors.toSet());
  }

  private static Shape space(ModelGraph graph, String tensor, FeatureMapAxes axes) {
    Shape shape = graph.type(tensor).shape();
    return Shape.of(axes.spatialAxes().stream().mapToInt(shape::dim).toArray());
  }

  /** The tensors through which everything passes from the inputs to a tensor, in order. */
  private static List<String> passages(ModelGraph graph, String end) {
    Set<String> varying = graph.downstream(graph.inputs().keySet());
    Set<String> upstream = graph.upstream(Set.of(end));
    List<Node> nodes =
        graph.nodes().stream()
            .filter(node -> upstream.contains(node.output()) || node.output().equals(end))
            .filter(node -> varying.contains(node.output()))
            .toList();
    Map<String, Integer> readers = new HashMap<>();
    for (Node node : nodes) {
      new HashSet<>(node.inputs()).forEach(input -> readers.merge(input, 1, Integer::sum));
    }
    Set<String> open = new HashSet<>(graph.inputs().keySet());
    open.removeIf(input -> !readers.containsKey(input));
    List<String> passages = new ArrayList<>();
    for (Node node : nodes) {
      for (String input : new HashSet<>(node.inputs())) {
        if (readers.merge(input, -1, Integer::sum) == 0) {
          open.remove(input);
        }
      }
      open.add(node.output());
      if (open.size() == 1) {
        passages.add(node.output());
      }
    }
    return passages;
  }
}
