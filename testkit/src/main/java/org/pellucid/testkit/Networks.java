package org.pellucid.testkit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/**
 * Small networks whose answers are known or can be had from the reference. All take an input {@code
 * image} and are written for one sample.
 */
public final class Networks {
  private Networks() {}

  /**
   * A network small enough to do by hand: a 3x3 convolution of ones from one map to two, with
   * biases -50 and -75, ReLU, and a linear layer over the flattened maps with the rows (1, 1, 1, 1,
   * 1, -1, -1, -1) and zeros. For the input 0, 1, ..., 15 as 4x4 the ReLU's maps are (0 4; 31 40)
   * and (0 0; 6 15), the score of class 0 is 54, and its derivatives at the ReLU are (1 1; 1 1) and
   * (1 -1; -1 -1). Input {@code image} [1, 1, 4, 4]; output {@code scores} [1, 2]; tensors {@code
   * conv} and {@code relu} [1, 2, 2, 2].
   */
  public static ModelGraph knownAnswer() {
    return knownAnswer(1, 1, 1, 1, 1, -1, -1, -1);
  }

  /**
   * {@link #knownAnswer()} with another row for class 0, which is its gradient at the ReLU. The
   * score of (1, 2, 3, 4, -1, 1, 0.5, 2) is 294.
   */
  public static ModelGraph knownAnswer(float... row) {
    float[] ones = new float[18];
    Arrays.fill(ones, 1);
    return new GraphBuilder()
        .input("image", 1, 1, 4, 4)
        .constant("kernel", Tensor.of(Shape.of(2, 1, 3, 3), ones))
        .constant("bias", Tensor.of(Shape.of(2), -50f, -75f))
        .constant("rows", Tensor.of(Shape.of(2, 8), Arrays.copyOf(row, 16)))
        .node("conv", conv(0), "image", "kernel", "bias")
        .node("relu", new Unary.Relu(), "conv")
        .node("flat", new Reshape(Shape.of(1, 8)), "relu")
        .node("scores", new Gemm(1, 1, false, true), "flat", "rows")
        .build("scores");
  }

  /** The input of {@link #knownAnswer}: 0, 1, ..., 15. */
  public static Tensor knownAnswerImage() {
    float[] image = new float[16];
    for (int i = 0; i < image.length; i++) {
      image[i] = i;
    }
    return Tensor.of(Shape.of(1, 1, 4, 4), image);
  }

  /**
   * A residual network: a stem, two blocks with shortcuts (the second through a 1x1 convolution
   * with stride), the mean of each map, a linear layer. Image [1, 2, 6, 6]; output {@code scores}
   * [1, 3].
   */
  public static ModelGraph residual() {
    Values values = new Values(11);
    return new GraphBuilder()
        .input("image", 1, 2, 6, 6)
        .constant("w0", weights(values, 4, 2, 3, 3))
        .constant("w1", weights(values, 4, 4, 3, 3))
        .constant("w2", weights(values, 4, 4, 3, 3))
        .constant("w3", weights(values, 6, 4, 3, 3))
        .constant("w4", weights(values, 6, 4, 1, 1))
        .constant("b0", weights(values, 4))
        .constant("scale", narrow(values.positive(4)))
        .constant("shift", weights(values, 4))
        .constant("mean", weights(values, 4))
        .constant("variance", narrow(values.positive(4)))
        .constant("head", weights(values, 3, 6))
        .constant("head bias", weights(values, 3))
        .node("stem", conv(1), "image", "w0", "b0")
        .node("block1 in", new Unary.Relu(), "stem")
        .node("block1 conv1", conv(1), "block1 in", "w1")
        .node(
            "block1 norm",
            new BatchNormalization(1e-5),
            "block1 conv1",
            "scale",
            "shift",
            "mean",
            "variance")
        .node("block1 relu", new Unary.Relu(), "block1 norm")
        .node("block1 conv2", conv(1), "block1 relu", "w2")
        .node("block1 sum", new Binary.Add(), "block1 conv2", "block1 in")
        .node("block1 out", new Unary.Relu(), "block1 sum")
        .node("block2 conv", strided(1), "block1 out", "w3")
        .node("block2 shortcut", strided(0), "block1 out", "w4")
        .node("block2 sum", new Binary.Add(), "block2 conv", "block2 shortcut")
        .node("block2 out", new Unary.Swish(1), "block2 sum")
        .node("means", new Reduce.ReduceMean(List.of(2, 3), false), "block2 out")
        .node("scores", new Gemm(1, 1, false, true), "means", "head", "head bias")
        .build("scores");
  }

  /**
   * A dense network: each layer reads the concatenation of all before it. Image [1, 2, 6, 6];
   * output {@code scores} [1, 3].
   */
  public static ModelGraph dense() {
    Values values = new Values(12);
    return new GraphBuilder()
        .input("image", 1, 2, 6, 6)
        .constant("w0", weights(values, 3, 2, 3, 3))
        .constant("w1", weights(values, 2, 3, 3, 3))
        .constant("w2", weights(values, 2, 5, 3, 3))
        .constant("head", weights(values, 28, 3))
        .node("stem", conv(1), "image", "w0")
        .node("layer0", new Unary.Relu(), "stem")
        .node("conv1", conv(1), "layer0", "w1")
        .node("layer1", new Unary.Gelu(false), "conv1")
        .node("concat1", new Concat(1), "layer0", "layer1")
        .node("conv2", conv(1), "concat1", "w2")
        .node("layer2", new Unary.LeakyRelu(0.1), "conv2")
        .node("concat2", new Concat(1), "concat1", "layer2")
        .node(
            "pool",
            new AveragePool(
                List.of(3, 3),
                List.of(3, 3),
                List.of(1, 1),
                List.of(0, 0),
                List.of(0, 0),
                false,
                false),
            "concat2")
        .node("flat", new Reshape(Shape.of(1, 28)), "pool")
        .node("scores", new Gemm(1, 1, false, false), "flat", "head")
        .build("scores");
  }

  /**
   * Two branches, a gate over channels, a normalisation over channels last, and several outputs.
   * Image [1, 2, 6, 6]; outputs {@code scores} [1, 3], {@code probabilities} [1, 3] and {@code
   * class} int64 [1].
   */
  public static ModelGraph branches() {
    Values values = new Values(13);
    return new GraphBuilder()
        .input("image", 1, 2, 6, 6)
        .constant("w0", weights(values, 4, 2, 3, 3))
        .constant("wide", weights(values, 3, 4, 3, 3))
        .constant("narrow", weights(values, 2, 4, 1, 1))
        .constant("squeeze", weights(values, 5, 5))
        .constant("head", weights(values, 5, 3))
        .constant("offset", weights(values, 1, 3))
        .node("stem", conv(1), "image", "w0")
        .node("trunk", new Unary.LeakyRelu(0.2), "stem")
        .node("left", conv(1), "trunk", "wide")
        .node(
            "pooled",
            new MaxPool(
                List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1), false),
            "trunk")
        .node("right", conv(0), "pooled", "narrow")
        .node("joined", new Concat(1), "left", "right")
        .node("squeezed", new Reduce.ReduceMean(List.of(2, 3), false), "joined")
        .node("excited", new Gemm(1, 1, false, true), "squeezed", "squeeze")
        .node("gate", new Unary.Sigmoid(), "excited")
        .node("gate maps", new Reshape(Shape.of(1, 5, 1, 1)), "gate")
        .node("gated", new Binary.Mul(), "joined", "gate maps")
        .node("channels last", new Transpose(List.of(0, 2, 3, 1)), "gated")
        .node("normal", new Standardize(List.of(3), 1e-5), "channels last")
        .node("active", new Unary.Elu(1), "normal")
        .node("means", new Reduce.ReduceMean(List.of(1, 2), false), "active")
        .node("products", new Gemm(1, 1, false, false), "means", "head")
        .node("scores", new Binary.Add(), "offset", "products")
        .node("probabilities", new Softmax(1), "scores")
        .node("class", new ArgMax(1, false, false), "scores")
        .build("scores", "probabilities", "class");
  }

  /**
   * A vision transformer of two layers: patches of 2 by 2 pixels, a class token before them,
   * attention of two heads and a layer of neurons, each added to the tokens; scores of the class
   * token. Image [1, 2, 4, 4]; output {@code scores} [1, 3]; tensors {@code attention1}, {@code
   * attention2} [1, 2, 5, 5], {@code tokens1}, {@code tokens2} [1, 5, 4].
   */
  public static ModelGraph transformer() {
    Values values = new Values(17);
    List<Integer> two = List.of(2, 2);
    GraphBuilder network =
        new GraphBuilder()
            .input("image", 1, 2, 4, 4)
            .constant("patch", weights(values, 4, 2, 2, 2))
            .constant("class token", weights(values, 1, 1, 4))
            .constant("positions", weights(values, 1, 5, 4))
            .constant("head", weights(values, 3, 4))
            .node(
                "patches",
                new Conv(two, List.of(1, 1), List.of(0, 0), List.of(0, 0), 1),
                "image",
                "patch")
            .node("rows", new Reshape(Shape.of(1, 4, 4)), "patches")
            .node("patch tokens", new Transpose(List.of(0, 2, 1)), "rows")
            .node("all tokens", new Concat(1), "class token", "patch tokens")
            .node("tokens0", new Binary.Add(), "all tokens", "positions");
    for (int layer = 1; layer <= 2; layer++) {
      transformerLayer(network, values, layer);
    }
    List<Integer> ones = List.of(1, 1, 1);
    return network
        .node("first", new Slice(List.of(0, 0, 0), List.of(1, 1, 4), ones), "tokens2")
        .node("class", new Reshape(Shape.of(1, 4)), "first")
        .node("scores", new Gemm(1, 1, false, true), "class", "head")
        .build("scores");
  }

  private static void transformerLayer(GraphBuilder network, Values values, int layer) {
    String before = "tokens" + (layer - 1);
    for (String part : List.of("query", "key", "value")) {
      network
          .constant(part + layer + " weights", weights(values, 4, 4))
          .node(part + layer + " all", new MatMul(), before, part + layer + " weights")
          .node(part + layer + " split", new Reshape(Shape.of(1, 5, 2, 2)), part + layer + " all")
          .node(part + layer, new Transpose(List.of(0, 2, 1, 3)), part + layer + " split");
    }
    network
        .constant("mixed" + layer + " weights", weights(values, 4, 4))
        .constant("neurons" + layer + " weights", weights(values, 4, 4))
        .node("turned" + layer, new Transpose(List.of(0, 1, 3, 2)), "key" + layer)
        .node("products" + layer, new MatMul(), "query" + layer, "turned" + layer)
        .node("scaled" + layer, new Unary.Affine(Math.sqrt(0.5), 0), "products" + layer)
        .node("attention" + layer, new Softmax(3), "scaled" + layer)
        .node("attended" + layer, new MatMul(), "attention" + layer, "value" + layer)
        .node("joined" + layer, new Transpose(List.of(0, 2, 1, 3)), "attended" + layer)
        .node("flat" + layer, new Reshape(Shape.of(1, 5, 4)), "joined" + layer)
        .node("mixed" + layer, new MatMul(), "flat" + layer, "mixed" + layer + " weights")
        .node("between" + layer, new Binary.Add(), before, "mixed" + layer)
        .node("neurons" + layer, new MatMul(), "between" + layer, "neurons" + layer + " weights")
        .node("active" + layer, new Unary.Gelu(false), "neurons" + layer)
        .node("tokens" + layer, new Binary.Add(), "between" + layer, "active" + layer);
  }

  /**
   * A network of which samples may mix, so that it runs only for the two samples it was written
   * for: a softmax over them. Image [2, 3]; output {@code scores} [2, 3].
   */
  public static ModelGraph mixing() {
    return new GraphBuilder()
        .input("image", 2, 3)
        .node("scores", new Softmax(0), "image")
        .build("scores");
  }

  /** A batch of images for a network that takes {@code image}, drawn from a seed. */
  public static Tensor images(ModelGraph graph, int samples, long seed) {
    return new Values(seed).signed(graph.type("image").shape().with(0, samples).dims());
  }

  /**
   * The network with a tensor's value given from outside: it becomes an input, and what made it is
   * dropped. An oracle for resuming, and for gradients by differences.
   */
  public static ModelGraph cut(ModelGraph graph, String tensor) {
    Map<String, TensorType> inputs = new LinkedHashMap<>(graph.inputs());
    inputs.put(tensor, graph.type(tensor));
    List<Node> nodes =
        graph.nodes().stream().filter(node -> !node.output().equals(tensor)).toList();
    return ModelGraph.of(inputs, graph.constants(), nodes, graph.outputs(), Map.of());
  }

  /** Weights that keep activations at their size. */
  private static Tensor weights(Values values, int... dims) {
    long inputs = dims.length == 1 ? 1 : Shape.of(dims).sizeOf(1, dims.length);
    double spread = 2 / Math.sqrt((double) inputs);
    return narrow(values.floats(u -> spread * (2 * u - 1), dims));
  }

  private static Tensor narrow(Tensor tensor) {
    return tensor.cast(ElementType.FLOAT32);
  }

  private static Conv conv(int pad) {
    return conv(1, pad);
  }

  private static Conv strided(int pad) {
    return conv(2, pad);
  }

  private static Conv conv(int stride, int pad) {
    return new Conv(
        List.of(stride, stride), List.of(1, 1), List.of(pad, pad), List.of(pad, pad), 1);
  }
}
