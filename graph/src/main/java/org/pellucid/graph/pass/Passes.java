package org.pellucid.graph.pass;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;

/**
 * Rewrites of a graph that keep what it computes. Inputs, outputs and the tensors that a caller
 * wants to keep stay, with the values they had.
 */
public final class Passes {
  /** A constant is not folded into one that is larger than this and larger than what made it. */
  private static final long LARGE_CONSTANT = 1 << 16;

  private Passes() {}

  /**
   * Computes what depends on constants alone, and drops what nothing needs. Exact in every
   * precision, but for the rounding of folded constants to their element type. What depends on
   * mapped tensors is left to the engine, as it might not fit into the heap.
   *
   * @param keep tensors that must exist afterwards: taps, scores
   */
  public static ModelGraph simplify(ModelGraph graph, Set<String> keep) {
    return dropDead(foldConstants(graph, false), keep);
  }

  /**
   * As {@link #simplify}, but without any rounding: a node whose result its element type cannot
   * hold is left to be computed in the precision of the run.
   *
   * @param keep tensors that must exist afterwards: taps, scores
   */
  public static ModelGraph simplifyExactly(ModelGraph graph, Set<String> keep) {
    return dropDead(foldConstants(graph, true), keep);
  }

  private static ModelGraph foldConstants(ModelGraph graph, boolean exactly) {
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      TensorType type = graph.type(node.output());
      List<Tensor> inputs = node.inputs().stream().map(constants::get).toList();
      if (!constants.keySet().containsAll(node.inputs())
          || blowsUp(type, inputs)
          || inputs.stream().anyMatch(Tensor::isMapped)) {
        nodes.add(node);
        continue;
      }
      Tensor value = evaluate(node, inputs);
      Tensor folded = value.cast(type.elementType());
      if (exactly && !isEqual(folded, value)) {
        nodes.add(node);
      } else {
        constants.put(node.output(), folded);
      }
    }
    return nodes.size() == graph.nodes().size()
        ? graph
        : ModelGraph.of(graph.inputs(), constants, nodes, graph.outputs(), graph.metadata());
  }

  private static boolean isEqual(Tensor narrowed, Tensor value) {
    return value.elementType() == narrowed.elementType()
        || IntStream.range(0, value.size())
            .allMatch(i -> Double.compare(narrowed.get(i), value.get(i)) == 0);
  }

  private static Tensor evaluate(Node node, List<Tensor> inputs) {
    try {
      return node.operation().evaluate(inputs);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new MalformedInputException(
          "In " + node.describe() + ", which depends on constants alone: " + e.getMessage(), e);
    }
  }

  private static boolean blowsUp(TensorType output, List<Tensor> inputs) {
    long size = output.shape().size();
    return size > LARGE_CONSTANT
        && size > inputs.stream().mapToLong(input -> input.shape().size()).sum();
  }

  private static ModelGraph dropDead(ModelGraph graph, Set<String> keep) {
    Set<String> wanted = new LinkedHashSet<>(graph.outputs());
    keep.stream().filter(graph::has).forEach(wanted::add);
    Set<String> needed = graph.upstream(wanted);
    List<Node> nodes =
        graph.nodes().stream().filter(node -> needed.contains(node.output())).toList();
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    constants.keySet().retainAll(needed);
    return nodes.size() == graph.nodes().size() && constants.size() == graph.constants().size()
        ? graph
        : ModelGraph.of(graph.inputs(), constants, nodes, graph.outputs(), graph.metadata());
  }

  /**
   * A part of a graph: what computes some tensors from others.
   *
   * @param given tensors that are known and become inputs, in this order; those that the outputs do
   *     not need are left out
   * @param outputs tensors of the graph, the outputs of the part
   * @return the part, with the graph's names; inputs of the graph that are needed and not given
   *     stay inputs, after the given ones
   * @throws IllegalArgumentException if the graph has no such tensor
   */
  public static ModelGraph cut(ModelGraph graph, Set<String> given, List<String> outputs) {
    Set<String> needed = new HashSet<>(outputs);
    Deque<Node> nodes = new ArrayDeque<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (needed.contains(node.output()) && !given.contains(node.output())) {
        nodes.addFirst(node);
        needed.addAll(node.inputs());
      }
    }
    Map<String, TensorType> inputs = new LinkedHashMap<>();
    given.stream().filter(needed::contains).forEach(name -> inputs.put(name, graph.type(name)));
    graph.inputs().keySet().stream()
        .filter(needed::contains)
        .forEach(name -> inputs.put(name, graph.type(name)));
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    constants.keySet().retainAll(needed);
    constants.keySet().removeAll(inputs.keySet());
    return ModelGraph.of(inputs, constants, List.copyOf(nodes), outputs, graph.metadata());
  }

  /**
   * Folds each BatchNormalization with constant parameters into the convolution or Gemm before it,
   * unless the tensor between them is kept, an output, or read elsewhere, or the weights are mapped
   * ({@link Tensor#isMapped()}). The folded weights are rounded to float32 once more: not for runs
   * in double precision.
   *
   * @param keep tensors that must exist afterwards: taps, scores
   */
  public static ModelGraph foldBatchNormalization(ModelGraph graph, Set<String> keep) {
    Set<String> fixed = new HashSet<>(keep);
    fixed.addAll(graph.outputs());
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.constants());
    Map<String, Node> folded = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      folded.put(node.output(), node);
      if (!(node.operation() instanceof BatchNormalization normalization)
          || !constants.keySet().containsAll(node.inputs().subList(1, 5))) {
        continue;
      }
      String between = node.inputs().get(0);
      Node before = folded.get(between);
      if (before == null || fixed.contains(between) || graph.consumers(between).size() != 1) {
        continue;
      }
      foldInto(before, node, normalization, constants)
          .ifPresent(
              merged -> {
                folded.remove(between);
                folded.put(node.output(), merged);
              });
    }
    return dropDead(
        ModelGraph.of(
            graph.inputs(),
            constants,
            List.copyOf(folded.values()),
            graph.outputs(),
            graph.metadata()),
        keep);
  }

  private static Optional<Node> foldInto(
      Node linear, Node norm, BatchNormalization normalization, Map<String, Tensor> constants) {
    Tensor weight = constants.get(linear.inputs().size() > 1 ? linear.inputs().get(1) : "");
    boolean hasBias = linear.inputs().size() > 2;
    Tensor bias = hasBias ? constants.get(linear.inputs().get(2)) : null;
    double[] scale = constants.get(norm.inputs().get(1)).toDoubleArray();
    int channels = scale.length;
    if (weight == null
        || weight.isMapped()
        || (hasBias && (bias == null || bias.size() != channels))) {
      return Optional.empty();
    }
    boolean outputAxisFirst;
    if (linear.operation() instanceof Conv) {
      outputAxisFirst = true;
    } else if (linear.operation() instanceof Gemm gemm && gemm.alpha() == 1 && gemm.beta() == 1) {
      outputAxisFirst = gemm.transposeB();
    } else {
      return Optional.empty();
    }
    double[] shift = constants.get(norm.inputs().get(2)).toDoubleArray();
    double[] mean = constants.get(norm.inputs().get(3)).toDoubleArray();
    double[] variance = constants.get(norm.inputs().get(4)).toDoubleArray();
    float[] foldedBias = new float[channels];
    for (int c = 0; c < channels; c++) {
      scale[c] /= Math.sqrt(variance[c] + normalization.epsilon());
      foldedBias[c] = (float) (((bias == null ? 0 : bias.get(c)) - mean[c]) * scale[c] + shift[c]);
    }
    float[] foldedWeight = weight.toFloatArray();
    int perChannel = foldedWeight.length / channels;
    for (int i = 0; i < foldedWeight.length; i++) {
      foldedWeight[i] =
          (float) (foldedWeight[i] * scale[outputAxisFirst ? i / perChannel : i % channels]);
    }
    String weightName = norm.output() + "/folded_weight";
    String biasName = norm.output() + "/folded_bias";
    constants.put(weightName, Tensor.of(weight.shape(), foldedWeight));
    constants.put(biasName, Tensor.of(Shape.of(channels), foldedBias));
    return Optional.of(
        new Node(
            norm.name(),
            linear.operation(),
            List.of(linear.inputs().get(0), weightName, biasName),
            norm.output(),
            linear.source().isEmpty() ? "" : linear.source() + "+" + norm.source()));
  }
}
