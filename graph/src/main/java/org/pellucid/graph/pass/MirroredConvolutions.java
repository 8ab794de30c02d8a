package org.pellucid.graph.pass;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;

/**
 * For engines that convolve faster than they convolve transposed: a transposed convolution without
 * strides is the convolution with the kernel mirrored and inputs and outputs exchanged. Gradients
 * of convolutions are such. With strides the engine's own kernel does less work than a convolution
 * of what would have to be filled up with zeros.
 */
public final class MirroredConvolutions {
  /**
   * A convolution that makes fewer feature maps is left alone (unless each has its own group):
   * engines compute feature maps in blocks of 8 or 16, so that those of an image's gradient, with
   * its three channels, would cost as much as 8 or 16.
   */
  private static final int LEAST_MAPS = 8;

  private MirroredConvolutions() {}

  /**
   * The same graph with convolutions in the place of transposed ones where that is faster. Each
   * mirrored kernel is a new constant; mapped ones stay as they are. Sums run in another order.
   */
  public static ModelGraph of(ModelGraph graph) {
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    Map<Mirrored, String> mirrored = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    boolean changed = false;
    for (Node node : graph.nodes()) {
      Optional<Node> convolution = convolution(graph, node, constants, mirrored);
      changed |= convolution.isPresent();
      nodes.add(convolution.orElse(node));
    }
    if (!changed) {
      return graph;
    }
    // Kernels that were read by transposed convolutions alone are of no more use.
    for (Mirrored replaced : mirrored.keySet()) {
      boolean read =
          graph.outputs().contains(replaced.weight())
              || nodes.stream().anyMatch(node -> node.inputs().contains(replaced.weight()));
      if (!read) {
        constants.remove(replaced.weight());
      }
    }
    return ModelGraph.of(graph.inputs(), constants, nodes, graph.outputs(), graph.metadata());
  }

  /** A mirrored kernel depends on how its inputs are grouped. */
  private record Mirrored(String weight, int groups) {}

  private static Optional<Node> convolution(
      ModelGraph graph, Node node, Map<String, Tensor> constants, Map<Mirrored, String> mirrored) {
    if (!(node.operation() instanceof ConvTranspose transposed)
        || transposed.strides().stream().anyMatch(stride -> stride != 1)) {
      return Optional.empty();
    }
    Tensor weight = graph.constants().get(node.inputs().get(1));
    // A mirrored copy of a mapped weight would be on the heap, which is too small for the weights.
    if (weight == null || weight.isMapped()) {
      return Optional.empty();
    }
    int maps = weight.shape().dim(1) * transposed.groups();
    if (maps < LEAST_MAPS && transposed.groups() < maps) {
      return Optional.empty();
    }
    List<Integer> begin = new ArrayList<>();
    List<Integer> end = new ArrayList<>();
    for (int a = 0; a < transposed.strides().size(); a++) {
      int reach = (weight.shape().dim(a + 2) - 1) * transposed.dilations().get(a);
      begin.add(reach - transposed.padsBegin().get(a));
      end.add(reach - transposed.padsEnd().get(a) + transposed.outputPadding().get(a));
    }
    if (Collections.min(begin) < 0 || Collections.min(end) < 0) {
      return Optional.empty();
    }
    String name =
        mirrored.computeIfAbsent(
            new Mirrored(node.inputs().get(1), transposed.groups()),
            key -> {
              String unique = key.weight() + "/mirrored";
              while (graph.has(unique) || constants.containsKey(unique)) {
                unique += "_";
              }
              constants.put(unique, mirrored(weight, key.groups()));
              return unique;
            });
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.set(1, name);
    Conv conv =
        new Conv(transposed.strides(), transposed.dilations(), begin, end, transposed.groups());
    return Optional.of(node.with(conv).withInputs(inputs));
  }

  /** From [C, M/groups, kernel...] to [M, C/groups, kernel...] with the kernel backwards. */
  private static Tensor mirrored(Tensor weight, int groups) {
    Shape shape = weight.shape();
    int inputs = shape.dim(0) / groups;
    int maps = shape.dim(1);
    int kernel = Math.toIntExact(shape.sizeOf(2, shape.rank()));
    Shape turned = shape.with(0, maps * groups).with(1, inputs);
    int[] source = new int[weight.size()];
    for (int g = 0, i = 0; g < groups; g++) {
      for (int m = 0; m < maps; m++) {
        for (int c = 0; c < inputs; c++) {
          int start = ((g * inputs + c) * maps + m) * kernel;
          for (int k = kernel - 1; k >= 0; k--) {
            source[i++] = start + k;
          }
        }
      }
    }
    if (weight.elementType() == ElementType.FLOAT64) {
      double[] from = weight.toDoubleArray();
      return Tensor.of(turned, Arrays.stream(source).mapToDouble(i -> from[i]).toArray());
    }
    FloatBuffer from = weight.floats();
    float[] to = new float[source.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = from.get(source[i]);
    }
    return Tensor.of(turned, to);
  }
}
