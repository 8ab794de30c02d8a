package org.pellucid.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

/**
 * Builds a network layer by layer, with random weights from a seed: uniform, of the variance 2 /
 * (inputs of a neuron) that keeps the scale of activations behind a ReLU (He et al. 2015). Every
 * layer's output is named as the layer is, and methods return that name.
 */
final class NetworkBuilder {
  private final TensorType input;
  private final SplittableRandom random;
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

  /** Begins a network on one image {@code [1, channels, size, size]} called {@code input}. */
  NetworkBuilder(int channels, int size, long seed) {
    this.input = new TensorType(ElementType.FLOAT32, Shape.of(1, channels, size, size));
    this.random = new SplittableRandom(seed);
    shapes.put("input", input.shape());
  }

  private String add(String name, Operation operation, String... inputs) {
    List<TensorType> types =
        List.of(inputs).stream()
            .map(
                i -> constants.containsKey(i) ? constants.get(i).type() : input.withShape(shape(i)))
            .toList();
    shapes.put(name, operation.infer(types).shape());
    nodes.add(new Node(name, operation, List.of(inputs), name, ""));
    return name;
  }

  private Shape shape(String tensor) {
    return shapes.get(tensor);
  }

  private String uniform(String name, double low, double high, int... dims) {
    Shape shape = Shape.of(dims);
    float[] elements = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (low + (high - low) * random.nextDouble());
    }
    constants.put(name, Tensor.of(shape, elements));
    return name;
  }

  private String weight(String name, int inputsOfNeuron, int... dims) {
    double bound = Math.sqrt(6.0 / inputsOfNeuron);
    return uniform(name, -bound, bound, dims);
  }

  /** A convolution with a bias. */
  String conv(String name, String x, int maps, int kernel, int stride, int padding) {
    int depth = shape(x).dim(1);
    return add(
        name,
        windows(stride, padding, 1),
        x,
        weight(name + ".weight", depth * kernel * kernel, maps, depth, kernel, kernel),
        uniform(name + ".bias", -0.1, 0.1, maps));
  }

  /** A convolution without a bias and the batch normalization after it. */
  String normalizedConv(
      String name, String x, int maps, int kernel, int stride, int padding, int groups) {
    int depth = shape(x).dim(1) / groups;
    String convolved =
        add(
            name + ".conv",
            windows(stride, padding, groups),
            x,
            weight(name + ".weight", depth * kernel * kernel, maps, depth, kernel, kernel));
    return normalize(name, convolved);
  }

  /** Batch normalization with random statistics near those of what it gets. */
  String normalize(String name, String x) {
    int maps = shape(x).dim(1);
    return add(
        name,
        new BatchNormalization(1e-5),
        x,
        uniform(name + ".scale", 0.5, 1.0, maps),
        uniform(name + ".shift", -0.1, 0.1, maps),
        uniform(name + ".mean", -0.1, 0.1, maps),
        uniform(name + ".variance", 0.5, 1.5, maps));
  }

  /** A convolution without a bias. */
  String plainConv(String name, String x, int maps, int kernel, int padding) {
    int depth = shape(x).dim(1);
    return add(
        name,
        windows(1, padding, 1),
        x,
        weight(name + ".weight", depth * kernel * kernel, maps, depth, kernel, kernel));
  }

  private static Conv windows(int stride, int padding, int groups) {
    return new Conv(both(stride), both(1), both(padding), both(padding), groups);
  }

  private static List<Integer> both(int value) {
    return Collections.nCopies(2, value);
  }

  String relu(String name, String x) {
    return add(name, new Unary.Relu(), x);
  }

  String hardSwish(String name, String x) {
    return add(name, new Unary.HardSwish(), x);
  }

  String hardSigmoid(String name, String x) {
    return add(name, new Unary.HardSigmoid(1.0 / 6, 0.5), x);
  }

  String mul(String name, String a, String b) {
    return add(name, new Binary.Mul(), a, b);
  }

  String add(String name, String a, String b) {
    return add(name, new Binary.Add(), a, b);
  }

  String concat(String name, String a, String b) {
    return add(name, new Concat(1), a, b);
  }

  String maxPool(String name, String x, int kernel, int stride, int padding) {
    return add(
        name,
        new MaxPool(both(kernel), both(stride), both(1), both(padding), both(padding), false),
        x);
  }

  String averagePool(String name, String x, int kernel, int stride) {
    return add(
        name,
        new AveragePool(both(kernel), both(stride), both(1), both(0), both(0), false, false),
        x);
  }

  String globalAveragePool(String name, String x) {
    return add(name, new Reduce.ReduceMean(List.of(2, 3), true), x);
  }

  String flatten(String name, String x) {
    return add(name, new Reshape(Shape.of(1, Math.toIntExact(shape(x).size()))), x);
  }

  /** A fully connected layer with a bias. */
  String linear(String name, String x, int columns) {
    int depth = shape(x).dim(1);
    return add(
        name,
        new Gemm(1, 1, false, true),
        x,
        weight(name + ".weight", depth, columns, depth),
        uniform(name + ".bias", -0.1, 0.1, columns));
  }

  ModelGraph build(String output) {
    return ModelGraph.of(Map.of("input", input), constants, nodes, List.of(output), Map.of());
  }
}
