package org.pellucid.graph.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.MatMul;
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
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.GraphBuilder;
import org.pellucid.graph.pass.Passes;

/**
 * Small networks with the blocks that classifiers are made of: gradients at every tensor, inside
 * and outside of the blocks, and the differentiated networks in batches.
 */
class GradientsInNetworksTest {
  private static final List<Integer> ONES = List.of(1, 1);
  private static final List<Integer> ZEROS = List.of(0, 0);
  private static final Conv SAME = new Conv(ONES, ONES, ONES, ONES, 1);
  private static final Conv PLAIN = new Conv(ONES, ONES, ZEROS, ZEROS, 1);

  private static GraphBuilder head(GraphBuilder network, String features, int channels) {
    return network
        .constant("head", 3, channels)
        .node("pooled", new Reduce.ReduceMean(List.of(2, 3), false), features)
        .node("scores", new Gemm(1, 1, false, true), "pooled", "head");
  }

  private static ModelGraph residual() {
    return head(
            new GraphBuilder()
                .input("image", 1, 2, 6, 6)
                .constant("w1", 3, 2, 3, 3)
                .constant("w2", 3, 3, 3, 3)
                .constant("w3", 4, 3, 1, 1)
                .constant("scale", 3)
                .constant("bias", 3)
                .constant("mean", 3)
                .constant("variance", 3)
                .node("conv1", SAME, "image", "w1")
                .node(
                    "norm",
                    new BatchNormalization(1e-5),
                    "conv1",
                    "scale",
                    "bias",
                    "mean",
                    "variance")
                .node(
                    "pool",
                    new MaxPool(List.of(3, 3), List.of(2, 2), ONES, ONES, ONES, false),
                    "norm")
                .node("relu", new Unary.Relu(), "pool")
                .node("conv2", SAME, "relu", "w2")
                .node("swish", new Unary.Swish(1), "conv2")
                .node("sum", new Binary.Add(), "swish", "relu")
                .node("square", new Binary.Mul(), "sum", "sum")
                .node("wide", PLAIN, "square", "w3")
                .node("gelu", new Unary.Gelu(false), "wide"),
            "gelu",
            4)
        .outputs("scores");
  }

  private static ModelGraph dense() {
    return head(
            new GraphBuilder()
                .input("image", 1, 2, 6, 6)
                .constant("w1", 2, 2, 3, 3)
                .constant("w2", 2, 4, 3, 3)
                .node("conv1", SAME, "image", "w1")
                .node("relu1", new Unary.LeakyRelu(0.1), "conv1")
                .node("two", new Concat(1), "relu1", "image")
                .node("conv2", SAME, "two", "w2")
                .node("tanh", new Unary.Tanh(), "conv2")
                .node("three", new Concat(1), "two", "tanh", "relu1")
                .node(
                    "transition",
                    new AveragePool(List.of(2, 2), List.of(2, 2), ONES, ZEROS, ZEROS, false, true),
                    "three")
                .node("normed", new Lrn(4, 0.1, 0.75, 1), "transition"),
            "normed",
            8)
        .outputs("scores");
  }

  /** Two branches with squeeze and excitation, depthwise, and hard activations. */
  private static ModelGraph branches() {
    return head(
            new GraphBuilder()
                .input("image", 1, 2, 5, 5)
                .constant("w1", 4, 2, 1, 1)
                .constant("depthwise", 4, 1, 3, 3)
                .constant("squeeze", 4, 4, 1, 1)
                .node("wide", PLAIN, "image", "w1")
                .node("hard", new Unary.HardSwish(), "wide")
                .node("deep", new Conv(List.of(2, 2), ONES, ONES, ONES, 4), "hard", "depthwise")
                .node(
                    "mean",
                    new AveragePool(List.of(3, 3), ONES, ONES, ZEROS, ZEROS, false, false),
                    "deep")
                .node("excited", PLAIN, "mean", "squeeze")
                .node("gate", new Unary.HardSigmoid(0.05, 0.1), "excited")
                .node("gated", new Binary.Mul(), "deep", "gate")
                .node(
                    "around",
                    new AveragePool(List.of(3, 3), ONES, ONES, ONES, ONES, false, false),
                    "deep")
                .node("cut", new Unary.Clip(-1, 2), "around")
                .node(
                    "reflected",
                    new Pad(List.of(0, 0, 1, 1), List.of(0, 0, 0, 1), Pad.Mode.REFLECT, 0),
                    "cut")
                .node(
                    "part",
                    new Slice(List.of(0, 0, 1, 0), List.of(1, 4, 3, 3), List.of(1, 1, 1, 1)),
                    "reflected")
                .node("both", new Concat(1), "gated", "part"),
            "both",
            8)
        .outputs("scores");
  }

  private static ModelGraph attention() {
    return new GraphBuilder()
        .input("image", 1, 4, 2, 3)
        .constant("queries", 4, 4)
        .constant("gain", 4)
        .constant("head", 4, 3)
        .node("rows", new Reshape(Shape.of(1, 4, 6)), "image")
        .node("tokens", new Transpose(List.of(0, 2, 1)), "rows")
        .node("normed", new Standardize(List.of(2), 1e-5), "tokens")
        .node("scaled", new Binary.Mul(), "normed", "gain")
        .node("asked", new MatMul(), "scaled", "queries")
        .node("keys", new Transpose(List.of(0, 2, 1)), "scaled")
        .node("products", new MatMul(), "asked", "keys")
        .node("weights", new Softmax(2), "products")
        .node("mixed", new MatMul(), "weights", "scaled")
        .node("added", new Binary.Add(), "mixed", "tokens")
        .node("activated", new Unary.Gelu(true), "added")
        .node("tiled", new Tile(List.of(1, 2, 1)), "activated")
        .node("steps", new Slice(List.of(0, 10, 0), List.of(1, 4, 4), List.of(1, -3, 1)), "tiled")
        .node("largest", new Reduce.ReduceMax(List.of(1), false), "steps")
        .node("scores", new MatMul(), "largest", "head")
        .outputs("scores");
  }

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of("residual", residual()),
        Arguments.of("dense", dense()),
        Arguments.of("branches", branches()),
        Arguments.of("attention", attention()));
  }

  private static Tensor random(Shape shape, long seed) {
    return Tensor.of(shape, new Random(seed).doubles(shape.size(), -1, 1).toArray());
  }

  private static Map<String, Tensor> run(
      ModelGraph graph, Map<String, Tensor> inputs, Set<String> wanted) {
    return new ReferenceInterpreter(graph).run(inputs, wanted);
  }

  private static Set<String> everywhere(ModelGraph graph) {
    Set<String> tensors = new LinkedHashSet<>(graph.inputs().keySet());
    graph.nodes().stream().map(Node::output).forEach(tensors::add);
    return tensors;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void gradientsAtEveryTensorAreThoseOfDifferences(String name, ModelGraph graph) {
    Set<String> all = everywhere(graph);
    Tensor image = random(graph.type("image").shape(), 3);
    // A seed at an inner tensor too: what is asked adds up.
    String inner = graph.nodes().get(graph.nodes().size() / 2).output();
    Map<String, Tensor> seeds =
        Map.of(
            "scores",
            random(graph.type("scores").shape(), 4),
            inner,
            random(graph.type(inner).shape(), 5));
    Differentiation d = Differentiation.of(graph, seeds.keySet(), all);
    Map<String, Tensor> inputs = new HashMap<>(Map.of("image", image));
    seeds.forEach((tensor, seed) -> inputs.put(d.seeds().get(tensor), seed));
    Map<String, Tensor> gradients = run(d.graph(), inputs, new HashSet<>(d.gradients().values()));
    Map<String, Tensor> values = run(graph, Map.of("image", image), all);
    for (String at : all) {
      double[] expected = differences(graph, values, seeds, at);
      double[] actual = gradients.get(d.gradients().get(at)).toDoubleArray();
      assertThat(actual).as(at).hasSize(expected.length);
      for (int i = 0; i < actual.length; i++) {
        assertThat(actual[i])
            .as("element %s at %s", i, at)
            .isCloseTo(expected[i], within(1e-6 * Math.max(1, Math.abs(expected[i]))));
      }
    }
  }

  /**
   * Central differences of the seeded sum when a tensor is moved and what depends on it follows.
   */
  private static double[] differences(
      ModelGraph graph, Map<String, Tensor> values, Map<String, Tensor> seeds, String at) {
    Map<String, Tensor> moving = new LinkedHashMap<>(seeds);
    moving.keySet().retainAll(graph.downstream(Set.of(at)));
    ModelGraph rest = Passes.cut(graph, Set.of(at), List.copyOf(moving.keySet()));
    Map<String, Tensor> inputs = new HashMap<>();
    rest.inputs().keySet().forEach(input -> inputs.put(input, values.get(input)));
    double[] elements = values.get(at).toDoubleArray();
    double[] gradient = new double[elements.length];
    for (int i = 0; i < elements.length; i++) {
      for (int sign = -1; sign <= 1; sign += 2) {
        double[] moved = elements.clone();
        moved[i] += sign * 1e-5;
        inputs.put(at, Tensor.of(values.get(at).shape(), moved));
        Map<String, Tensor> results = run(rest, inputs, moving.keySet());
        for (Map.Entry<String, Tensor> seed : moving.entrySet()) {
          Tensor result = results.get(seed.getKey());
          for (int o = 0; o < result.size(); o++) {
            gradient[i] += sign * seed.getValue().get(o) * result.get(o) / 2e-5;
          }
        }
      }
    }
    return gradient;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void differentiatedNetworksRunInBatches(String name, ModelGraph graph) {
    Set<String> all = everywhere(graph);
    Differentiation single = Differentiation.of(graph, Set.of("scores"), all);
    Batching batching = Batching.of(single.graph());
    assertThat(batching.obstacle()).isEmpty();
    single
        .gradients()
        .forEach(
            (at, gradient) ->
                assertThat(batching.axis(gradient)).as(at).isEqualTo(Batching.of(graph).axis(at)));
    // To differentiate and to stack samples change places.
    Differentiation batched = Differentiation.of(Batching.of(graph).at(3), Set.of("scores"), all);
    ModelGraph stacked = batching.at(3);
    assertThat(stacked.nodes()).isEqualTo(batched.graph().nodes());
    assertThat(stacked.inputs()).isEqualTo(batched.graph().inputs());
    assertThat(stacked.outputs()).isEqualTo(batched.graph().outputs());

    Shape image = graph.type("image").shape();
    Tensor images = random(image.with(0, 3), 6);
    Tensor seeds = random(Shape.of(3, 3), 7);
    Set<String> wanted = new HashSet<>(single.gradients().values());
    String seed = single.seeds().get("scores");
    Map<String, Tensor> together = run(stacked, Map.of("image", images, seed, seeds), wanted);
    for (int n = 0; n < 3; n++) {
      Map<String, Tensor> alone =
          run(
              single.graph(),
              Map.of("image", sample(images, n, image), seed, sample(seeds, n, Shape.of(1, 3))),
              wanted);
      for (String gradient : wanted) {
        double[] expected = alone.get(gradient).toDoubleArray();
        for (int i = 0; i < expected.length; i++) {
          assertThat(together.get(gradient).get(n * expected.length + i))
              .as("%s of sample %s", gradient, n)
              .isCloseTo(expected[i], within(1e-12 * Math.max(1, Math.abs(expected[i]))));
        }
      }
    }
  }

  private static Tensor sample(Tensor batch, int index, Shape one) {
    double[] elements = new double[(int) one.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = batch.get(index * elements.length + i);
    }
    return Tensor.of(one, elements);
  }

  /** The gradient of one score's gradient in a direction is a product with second derivatives. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void gradientsOfGradientsAreThoseOfDifferences(String name, ModelGraph graph) {
    Differentiation first = Differentiation.of(graph, Set.of("scores"), Set.of("image"));
    String gradient = first.gradients().get("image");
    Differentiation second = Differentiation.of(first.graph(), Set.of(gradient), Set.of("image"));
    Shape shape = graph.type("image").shape();
    Tensor direction = random(shape, 8);
    Tensor image = random(shape, 3);
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put(first.seeds().get("scores"), random(Shape.of(1, 3), 9));
    inputs.put(second.seeds().get(gradient), direction);
    inputs.put("image", image);
    String product = second.gradients().get("image");
    Tensor actual = run(second.graph(), inputs, Set.of(product)).get(product);
    double[] expected = new double[image.size()];
    for (int sign = -1; sign <= 1; sign += 2) {
      double[] moved = image.toDoubleArray();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += sign * 1e-5 * direction.get(i);
      }
      inputs.put("image", Tensor.of(shape, moved));
      Tensor slope = run(first.graph(), inputs, Set.of(gradient)).get(gradient);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += sign * slope.get(i) / 2e-5;
      }
    }
    // The second derivatives are symmetric, so those along the direction are their product with it.
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual.get(i))
          .isCloseTo(expected[i], within(1e-6 * Math.max(1, Math.abs(expected[i]))));
    }
  }
}
