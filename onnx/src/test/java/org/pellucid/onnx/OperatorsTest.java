package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Unary;

/** Answers known by hand, at least one per family of operators, and what versions change. */
class OperatorsTest {
  @TempDir Path directory;

  private ModelGraph read(OnnxModelBuilder model) throws IOException {
    Path file = Files.write(directory.resolve("model.onnx"), model.bytes());
    return new OnnxImporter().read(file, ImportOptions.DEFAULT);
  }

  /** A graph of one node; the first tensor is the input, the others are constants. */
  private ModelGraph graph(int opset, String operator, List<Tensor> tensors, Object... attributes)
      throws IOException {
    OnnxModelBuilder model = new OnnxModelBuilder(opset);
    Object[] axes = new Object[tensors.get(0).shape().rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = tensors.get(0).shape().dim(i);
    }
    model.input("x", axes);
    List<String> names = List.of("x", "b", "c", "d", "e").subList(0, tensors.size());
    for (int i = 1; i < names.size(); i++) {
      model.initializer(names.get(i), tensors.get(i));
    }
    return read(model.node("node", operator, names, List.of("y"), attributes).output("y"));
  }

  private Tensor run(int opset, String operator, List<Tensor> tensors, Object... attributes)
      throws IOException {
    ModelGraph graph = graph(opset, operator, tensors, attributes);
    Map<String, Tensor> inputs = Map.of("x", tensors.get(0));
    return new ReferenceInterpreter(graph).run(inputs, Set.of("y")).get("y");
  }

  private static void assertValues(Tensor found, Shape shape, double... expected) {
    assertThat(found.shape()).isEqualTo(shape);
    assertThat(found.toDoubleArray()).containsExactly(expected, within(1e-6));
  }

  private static Tensor row(float... elements) {
    return Tensor.of(Shape.of(1, elements.length), elements);
  }

  private static Tensor map(int height, int width, float... elements) {
    return Tensor.of(Shape.of(1, 1, height, width), elements);
  }

  private static Tensor list(long... elements) {
    return Tensor.of(Shape.of(elements.length), elements);
  }

  @Test
  void activations() throws IOException {
    Tensor x = row(-2, 0, 3);
    assertValues(run(7, "LeakyRelu", List.of(x), "alpha", 0.5f), x.shape(), -1, 0, 3);
    assertValues(run(14, "HardSwish", List.of(x)), x.shape(), -1 / 3.0, 0, 3);
    assertValues(run(7, "HardSigmoid", List.of(x)), x.shape(), 0.1, 0.5, 1);
    assertValues(run(24, "Swish", List.of(x)), x.shape(), -0.2384058, 0, 2.8577224);
    assertValues(run(20, "Gelu", List.of(x)), x.shape(), -0.0455003, 0, 2.9959503);
    assertValues(run(10, "ThresholdedRelu", List.of(x), "alpha", 2f), x.shape(), 0, 0, 3);
  }

  @Test
  void clipTakesBoundsFromAttributesThenFromInputs() throws IOException {
    Tensor x = row(-2, 0, 3);
    assertValues(run(10, "Clip", List.of(x), "min", -1f, "max", 2f), x.shape(), -1, 0, 2);
    Tensor min = Tensor.scalar(-1f);
    Tensor max = Tensor.scalar(2f);
    assertValues(run(11, "Clip", List.of(x, min, max)), x.shape(), -1, 0, 2);
    ModelGraph open = graph(7, "Clip", List.of(x), "min", 0f);
    assertThat(open.nodes().get(0).operation())
        .isEqualTo(new Unary.Clip(0, Double.POSITIVE_INFINITY));
    // From opset 11 on the attribute means nothing.
    assertValues(run(11, "Clip", List.of(x), "min", 0f), x.shape(), -2, 0, 3);
  }

  @Test
  void arithmetic() throws IOException {
    Tensor x = row(-2, 0, 3);
    assertValues(run(8, "Sum", List.of(x, row(1), row(1, 2, 3))), x.shape(), 0, 3, 7);
    assertValues(run(8, "Mean", List.of(x, row(2, 2, 2))), x.shape(), 0, 1, 2.5);
    assertValues(run(13, "Max", List.of(x, row(1), row(0, 0, 9))), x.shape(), 1, 1, 9);
    assertValues(run(13, "Pow", List.of(x, list(2))), x.shape(), 4, 0, 9);
    assertValues(run(9, "PRelu", List.of(x, row(0.1f, 0.2f, 0.3f))), x.shape(), -0.2, 0, 3);
  }

  @Test
  void convolutionPadsAsAsked() throws IOException {
    Tensor x = map(2, 2, 1, 2, 3, 4);
    Tensor w = map(2, 2, 1, 10, 100, 1000);
    assertValues(run(7, "Conv", List.of(x, w)), Shape.of(1, 1, 1, 1), 4321);
    assertValues(
        run(11, "Conv", List.of(x, w), "auto_pad", "SAME_UPPER"), x.shape(), 4321, 402, 43, 4);
    assertValues(
        run(11, "Conv", List.of(x, w), "auto_pad", "SAME_LOWER"),
        x.shape(),
        1000,
        2100,
        3010,
        4321);
  }

  @Test
  void gemm() throws IOException {
    Tensor b = Tensor.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f);
    assertValues(
        run(7, "Gemm", List.of(row(1, 0, 2), b, row(1, 1)), "transB", 1, "alpha", 0.5f),
        Shape.of(1, 2),
        4.5,
        9);
  }

  @Test
  void pools() throws IOException {
    Tensor x = map(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    int[] two = {2, 2};
    assertValues(
        run(10, "MaxPool", List.of(x), "kernel_shape", two, "strides", two, "ceil_mode", 1),
        Shape.of(1, 1, 2, 2),
        5,
        6,
        8,
        9);
    int[] pads = {1, 1, 1, 1};
    assertValues(
        run(7, "AveragePool", List.of(x), "kernel_shape", two, "strides", two, "pads", pads),
        Shape.of(1, 1, 2, 2),
        1,
        2.5,
        5.5,
        7);
    assertValues(
        run(
            7,
            "AveragePool",
            List.of(x),
            "kernel_shape",
            two,
            "strides",
            two,
            "pads",
            pads,
            "count_include_pad",
            1),
        Shape.of(1, 1, 2, 2),
        0.25,
        1.25,
        2.75,
        7);
    assertValues(run(7, "GlobalAveragePool", List.of(x)), Shape.of(1, 1, 1, 1), 5);
    assertValues(run(7, "GlobalMaxPool", List.of(x)), Shape.of(1, 1, 1, 1), 9);
    Tensor triangle = map(1, 2, 3, -4);
    assertValues(run(7, "GlobalLpPool", List.of(triangle)), Shape.of(1, 1, 1, 1), 5);
    int[] wide = {1, 2};
    assertValues(
        run(7, "LpPool", List.of(triangle), "kernel_shape", wide, "p", 1), Shape.of(1, 1, 1, 1), 7);
    // The last window reaches beyond the input.
    assertValues(
        run(
            18,
            "LpPool",
            List.of(map(1, 3, 3, -4, 2)),
            "kernel_shape",
            wide,
            "strides",
            wide,
            "ceil_mode",
            1),
        Shape.of(1, 1, 1, 2),
        5,
        2);
  }

  @Test
  void normalisations() throws IOException {
    Tensor x = Tensor.of(Shape.of(1, 2, 2), 1f, 3f, 10f, 30f);
    Tensor scale = Tensor.of(Shape.of(2), 2f, 3f);
    Tensor bias = Tensor.of(Shape.of(2), 5f, 7f);
    Tensor mean = Tensor.of(Shape.of(2), 1f, 10f);
    Tensor variance = Tensor.of(Shape.of(2), 4f, 100f);
    assertValues(
        run(15, "BatchNormalization", List.of(x, scale, bias, mean, variance), "epsilon", 0f),
        x.shape(),
        5,
        7,
        7,
        13);
    assertValues(
        run(7, "InstanceNormalization", List.of(x, scale, bias), "epsilon", 0f),
        x.shape(),
        3,
        7,
        4,
        10);
    assertValues(
        run(17, "LayerNormalization", List.of(x, scale, bias), "epsilon", 0f),
        x.shape(),
        3,
        10,
        3,
        10);
    assertValues(run(7, "LpNormalization", List.of(row(3, -4)), "p", 2), Shape.of(1, 2), 0.6, -0.8);
    assertValues(run(7, "LpNormalization", List.of(row(0, 0)), "p", 2), Shape.of(1, 2), 0, 0);
  }

  /** As exporters write a convolution whose weights are standardised each time. */
  @Test
  void batchStatisticsOfTheInputItself() throws IOException {
    Tensor x = Tensor.of(Shape.of(1, 2, 2), 1f, 3f, 10f, 30f);
    Tensor ones = Tensor.of(Shape.of(2), 1f, 1f);
    Tensor zeros = Tensor.of(Shape.of(2), 0f, 0f);
    assertValues(
        run(
            15,
            "BatchNormalization",
            List.of(x, ones, zeros, ones, ones),
            "training_mode",
            1,
            "epsilon",
            0f),
        x.shape(),
        -1,
        1,
        -1,
        1);
  }

  @Test
  void resampling() throws IOException {
    Tensor x = map(1, 2, 1, 3);
    Tensor scales = Tensor.of(Shape.of(4), 1f, 1f, 1f, 2f);
    assertValues(run(9, "Upsample", List.of(x, scales)), Shape.of(1, 1, 1, 4), 1, 1, 3, 3);
    assertValues(
        run(7, "Upsample", List.of(x), "scales", new float[] {1, 1, 1, 2}, "mode", "linear"),
        Shape.of(1, 1, 1, 4),
        1,
        2,
        3,
        3);
    assertThatThrownBy(
            () -> run(9, "Upsample", List.of(x, Tensor.of(Shape.of(4), 1f, 1f, 1f, 1e9f))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("cannot be scaled");
  }

  @Test
  void groupsAreScaledPerGroupThenPerChannel() throws IOException {
    Tensor x = Tensor.of(Shape.of(1, 4, 1), 1f, 3f, 10f, 30f);
    Tensor perGroup = Tensor.of(Shape.of(2), 2f, 3f);
    Tensor zeros = Tensor.of(Shape.of(2), 0f, 0f);
    assertValues(
        run(18, "GroupNormalization", List.of(x, perGroup, zeros), "num_groups", 2, "epsilon", 0f),
        x.shape(),
        -2,
        2,
        -3,
        3);
    Tensor perChannel = Tensor.of(Shape.of(4), 1f, 2f, 3f, 4f);
    Tensor none = Tensor.of(Shape.of(4), new float[4]);
    assertValues(
        run(21, "GroupNormalization", List.of(x, perChannel, none), "num_groups", 2, "epsilon", 0f),
        x.shape(),
        -1,
        2,
        -3,
        4);
  }

  @Test
  void shapesAndIndices() throws IOException {
    Tensor x = row(1, 2, 3, 4);
    assertValues(
        run(13, "Slice", List.of(x, list(-1), list(-100), list(1), list(-2))),
        Shape.of(1, 2),
        4,
        2);
    assertValues(run(13, "Reshape", List.of(x, list(2, -1))), Shape.of(2, 2), 1, 2, 3, 4);
    assertValues(run(13, "Tile", List.of(row(1, 2), list(1, 2))), Shape.of(1, 4), 1, 2, 1, 2);
    assertValues(
        run(11, "Pad", List.of(x, list(0, 1, 0, -2)), "mode", "constant"), Shape.of(1, 3), 0, 1, 2);
    assertValues(run(13, "Gather", List.of(x, list(3, -4)), "axis", 1), Shape.of(1, 2), 4, 1);
    ModelGraph view = graph(13, "Gather", List.of(x, list(0, 1, 2, 3)), "axis", 1);
    assertThat(view.nodes()).extracting(Node::operation).hasOnlyElementsOfType(Reshape.class);
    assertValues(run(13, "Gather", List.of(x, list(0, 1, 2, 3)), "axis", 1), x.shape(), 1, 2, 3, 4);
    assertValues(
        run(
            11,
            "DepthToSpace",
            List.of(Tensor.of(Shape.of(1, 4, 1, 1), 1f, 2f, 3f, 4f)),
            "blocksize",
            2),
        Shape.of(1, 1, 2, 2),
        1,
        2,
        3,
        4);
  }

  /** Ellipses of different lengths broadcast, which ONNX Runtime does not do. */
  @Test
  void ellipsesBroadcast() throws IOException {
    Tensor a = Tensor.of(Shape.of(2, 1, 2), 1f, 2f, 3f, 4f);
    Tensor b = Tensor.of(Shape.of(2, 2), 1f, 10f, 100f, 1000f);
    assertValues(
        run(12, "Einsum", List.of(a, b), "equation", "...i,...i->..."),
        Shape.of(2, 2),
        21,
        2100,
        43,
        4300);
    // A sum over what both only broadcast, and over what one of them does.
    assertValues(run(12, "Einsum", List.of(a, b), "equation", "abi,bi->i"), Shape.of(2), 404, 6060);
  }

  @Test
  void equationsThatDoNotFitNameTheNode() {
    Tensor x = Tensor.of(Shape.of(2, 3), new float[6]);
    for (String equation :
        new String[] {"ij,jk->ik", "ijk->i", "i->i", "ij->k", "ii->i", "i1->i"}) {
      assertThatThrownBy(() -> run(12, "Einsum", List.of(x), "equation", equation))
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("In node \"node\" (Einsum, opset 12, equation=" + equation + ")");
    }
  }

  /** Within the range the gradient passes as if nothing were rounded, beyond it is 0. */
  @Test
  void gradientsPassThroughQuantisedActivations() throws IOException {
    Tensor x = row(-3, 0.04f, 0.26f, 25.5f, 100);
    ModelGraph graph =
        read(
            new OnnxModelBuilder(13)
                .input("x", 1, 5)
                .initializer("scale", Tensor.scalar(0.1f))
                .node("q", "QuantizeLinear", List.of("x", "scale"), List.of("q"))
                .node("d", "DequantizeLinear", List.of("q", "scale"), List.of("y"))
                .output("y"));
    assertValues(
        new ReferenceInterpreter(graph).run(Map.of("x", x), Set.of("y")).get("y"),
        x.shape(),
        0,
        0,
        0.3,
        25.5,
        25.5);
    Differentiation gradient = Differentiation.of(graph, Set.of("y"), Set.of("x"));
    String output = gradient.gradients().get("x");
    Tensor ones = row(1, 1, 1, 1, 1);
    assertValues(
        new ReferenceInterpreter(gradient.graph())
            .run(Map.of("x", x, gradient.seeds().get("y"), ones), Set.of(output))
            .get(output),
        x.shape(),
        0,
        1,
        1,
        1,
        0);
  }

  /** Of ONNX Runtime's answers to these some are no numbers. */
  @Test
  void paddingWrapsAroundAsOftenAsNeeded() throws IOException {
    Tensor x = row(1, 2, 3);
    assertValues(
        run(19, "Pad", List.of(x, list(0, 4, 0, 2)), "mode", "wrap"),
        Shape.of(1, 9),
        3,
        1,
        2,
        3,
        1,
        2,
        3,
        1,
        2);
    assertValues(
        run(19, "Pad", List.of(x, list(0, -1, 0, 3)), "mode", "wrap"),
        Shape.of(1, 5),
        2,
        3,
        2,
        3,
        2);
  }

  @Test
  void attentionLooksNoFurtherThanItsWindow() throws IOException {
    // Equal scores: each position's answer is the mean of the values that it sees.
    Tensor q = Tensor.of(Shape.of(1, 1, 4, 1), new float[4]);
    Tensor v = Tensor.of(Shape.of(1, 1, 4, 1), 1f, 2f, 4f, 8f);
    assertValues(
        run(25, "Attention", List.of(q, q, v), "left_window_size", 1, "right_window_size", 0),
        q.shape(),
        1,
        1.5,
        3,
        6);
    assertValues(
        run(25, "Attention", List.of(q, q, v), "right_window_size", 1),
        q.shape(),
        1.5,
        7 / 3.0,
        15 / 4.0,
        15 / 4.0);
    assertValues(
        run(25, "Attention", List.of(q, q, v), "left_window_size", 0, "is_causal", 1),
        q.shape(),
        1,
        2,
        4,
        8);
  }

  @Test
  void wrongIndicesAndAttributesAreRefused() {
    Tensor x = Tensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f);
    Tensor beyond = Tensor.of(Shape.of(1, 1), 2L);
    assertThatThrownBy(() -> run(13, "GatherND", List.of(x, beyond)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("index 2 lies outside of its data [2, 2]");
    // In the flat form this would be the second row's first element.
    Tensor across = Tensor.of(Shape.of(1, 2), 0L, 2L);
    assertThatThrownBy(() -> run(13, "GatherElements", List.of(x, across), "axis", 1))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("index 2 lies outside of its data [2, 2]");
    assertThatThrownBy(() -> run(13, "ScatterND", List.of(x, beyond, row(1, 2))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("index 2 lies outside of its data [2, 2]");
    assertThatThrownBy(() -> run(13, "GatherElements", List.of(x, list(0))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("its indices are [1] where the data is [2, 2]");
    assertThatThrownBy(() -> run(13, "TopK", List.of(x, list(3))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("3 elements of axis 1 of [2, 2]");
    Tensor two = Tensor.of(Shape.of(1, 1), 1L);
    assertThatThrownBy(() -> run(18, "ScatterND", List.of(x, two, row(1, 2)), "reduction", "mean"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("attribute reduction=mean is not a rule");
    assertThatThrownBy(() -> run(23, "Attention", List.of(x, x, x)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("its queries are [2, 2], of rank 3 or 4");
  }

  @Test
  void splitMakesSeveralTensors() throws IOException {
    ModelGraph graph =
        read(
            new OnnxModelBuilder(18)
                .input("x", 1, 5)
                .node("s", "Split", List.of("x"), List.of("a", "b"), "axis", 1, "num_outputs", 2)
                .output("b")
                .output("a"));
    Map<String, Tensor> found =
        new ReferenceInterpreter(graph).run(Map.of("x", row(1, 2, 3, 4, 5)), Set.of("a", "b"));
    assertValues(found.get("a"), Shape.of(1, 3), 1, 2, 3);
    assertValues(found.get("b"), Shape.of(1, 2), 4, 5);
    assertThat(graph.nodes().stream().map(Node::name)).containsExactly("s", "s/1");
  }

  @Test
  void reductionsTakeAxesFromAttributesThenFromInputs() throws IOException {
    Tensor x = Tensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f);
    assertValues(
        run(13, "ReduceMean", List.of(x), "axes", new int[] {1}, "keepdims", 0),
        Shape.of(2),
        1.5,
        3.5);
    assertValues(run(18, "ReduceMean", List.of(x, list(0))), Shape.of(1, 2), 2, 3);
    assertValues(run(18, "ReduceMean", List.of(x)), Shape.of(1, 1), 2.5);
    assertValues(
        run(18, "ReduceMean", List.of(x), "noop_with_empty_axes", 1), x.shape(), 1, 2, 3, 4);
    assertValues(run(13, "ReduceL2", List.of(row(3, -4))), Shape.of(1, 1), 5);
    Tensor large = row(1000, 1000);
    assertValues(run(13, "ReduceLogSumExp", List.of(large)), Shape.of(1, 1), 1000 + Math.log(2));
  }

  @Test
  void oldSoftmaxTakesAllLaterAxesTogether() throws IOException {
    Tensor x = Tensor.of(Shape.of(1, 2, 2), new float[4]);
    assertValues(run(12, "Softmax", List.of(x)), x.shape(), 0.25, 0.25, 0.25, 0.25);
    assertValues(run(13, "Softmax", List.of(x)), x.shape(), 0.5, 0.5, 0.5, 0.5);
    // Where only one axis is longer than 1, both rules are one, and no reshape is needed.
    Tensor scores = Tensor.of(Shape.of(1, 3, 1, 1), 1f, 2f, 3f);
    assertThat(graph(7, "Softmax", List.of(scores)).nodes())
        .singleElement()
        .satisfies(node -> assertThat(node.operation()).isEqualTo(new Softmax(1)));
  }

  @Test
  void whatTrainingWouldNeedIsRefused() {
    Tensor x = row(1, 2);
    assertThatThrownBy(
            () ->
                run(
                    13,
                    "Dropout",
                    List.of(x, Tensor.scalar(0.5f), Tensor.of(Shape.of(), (byte) 1))))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("training mode");
    assertThatThrownBy(
            () ->
                read(
                    new OnnxModelBuilder(16)
                        .input("x", 2)
                        .inputOf(OnnxModelBuilder.INT64, "to", 2)
                        .node("put", "ScatterElements", List.of("x", "to", "x"), List.of("y"))
                        .output("y")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("where it writes depends on the model's input data");
  }

  @Test
  void shapesThatDependOnTheDataAreRefused() {
    assertThatThrownBy(
            () ->
                read(
                    new OnnxModelBuilder(13)
                        .input("x", 1, 2)
                        .inputOf(OnnxModelBuilder.INT64, "to", 2)
                        .node("r", "Reshape", List.of("x", "to"), List.of("y"))
                        .output("y")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("Node \"r\" uses Reshape (opset 13)")
        .hasMessageContaining("its shape depends on the model's input data");
  }

  @Test
  void wrongAttributesNameTheNode() {
    Tensor x = map(2, 2, 1, 2, 3, 4);
    assertThatThrownBy(() -> run(13, "MaxPool", List.of(x), "kernel_shape", 2))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage(
            "In node \"node\" (MaxPool, opset 13, kernel_shape=2): attribute kernel_shape should"
                + " be a list of ints, found 2");
    assertThatThrownBy(() -> run(13, "MaxPool", List.of(x)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("kernel_shape is missing");
    assertThatThrownBy(() -> run(13, "Conv", List.of(x)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("1 inputs where 2 to 3 are needed");
  }
}
