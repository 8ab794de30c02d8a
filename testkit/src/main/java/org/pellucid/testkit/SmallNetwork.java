package org.pellucid.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.pellucid.api.MapSelection;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Region;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/**
 * One small random network in several layouts and with several outputs: a convolution, ReLU, the
 * {@link #LAYER}, another convolution and ReLU, and a linear classifier of 3 classes. Gradients at
 * the layer depend on the image. The input is called {@code image}.
 */
public final class SmallNetwork {
  /** The layer, 3 feature maps of 3 by 4 cells. */
  public static final Tap LAYER = new Tap("layer");

  private static final int CLASSES = 3;

  private static final List<Integer> TO_NCHW = List.of(0, 3, 1, 2);
  private static final List<Integer> TO_NHWC = List.of(0, 2, 3, 1);

  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Random random = new Random(11);

  private SmallNetwork() {}

  /** Input [1, 2, 4, 5], layer [1, 3, 3, 4], scores [1, 3]. */
  public static ModelGraph channelsFirst() {
    SmallNetwork network = new SmallNetwork();
    network.input("image", Shape.of(1, 2, 4, 5));
    network.conv("image", "conv", 2, 3, 2);
    network.node(new Unary.Relu(), "layer", "conv");
    network.head("layer");
    return network.graph("scores");
  }

  /** The same with input [1, 4, 5, 2] and the layer as [1, 3, 4, 3]. */
  public static ModelGraph channelsLast() {
    SmallNetwork network = new SmallNetwork();
    network.input("image", Shape.of(1, 4, 5, 2));
    network.node(new Transpose(TO_NCHW), "first", "image");
    network.conv("first", "conv", 2, 3, 2);
    network.node(new Unary.Relu(), "relu", "conv");
    network.node(new Transpose(TO_NHWC), "layer", "relu");
    network.node(new Transpose(TO_NCHW), "back", "layer");
    network.head("back");
    return network.graph("scores");
  }

  /** The first network with its scores in another shape, and probabilities as only output. */
  public static ModelGraph withScores(Shape shape) {
    SmallNetwork network = new SmallNetwork();
    network.input("image", Shape.of(1, 2, 4, 5));
    network.conv("image", "conv", 2, 3, 2);
    network.node(new Unary.Relu(), "layer", "conv");
    network.head("layer");
    network.node(new Reshape(shape), "shaped", "scores");
    network.node(new Softmax(network.classAxis(shape)), "probabilities", "shaped");
    return network.graph("probabilities");
  }

  private int classAxis(Shape shape) {
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis) == CLASSES) {
        return axis;
      }
    }
    throw new IllegalArgumentException("No axis of " + CLASSES + " classes in " + shape);
  }

  /** The first network with a sum over the batch in its head, so that samples mix. */
  public static ModelGraph mixing() {
    SmallNetwork network = new SmallNetwork();
    network.input("image", Shape.of(1, 2, 4, 5));
    network.conv("image", "conv", 2, 3, 2);
    network.node(new Unary.Relu(), "layer", "conv");
    network.node(new Reduce.ReduceSum(List.of(0), true), "mixed", "layer");
    network.head("mixed");
    return network.graph("scores");
  }

  /** One score per image, [1]. */
  public static ModelGraph singleScore() {
    SmallNetwork network = new SmallNetwork();
    network.input("image", Shape.of(1, 2, 4, 5));
    network.conv("image", "conv", 2, 3, 2);
    network.node(new Unary.Relu(), "layer", "conv");
    network.node(new Reduce.ReduceSum(List.of(1, 2, 3), false), "scores", "layer");
    return network.graph("scores");
  }

  /** Selections of every kind, of a {@link #LAYER} of 3 feature maps of 3 by 4 cells. */
  public static Stream<Selection> selections() {
    Selection all = Selection.of(LAYER);
    List<Region> regions = List.of(Region.cells(0, 1, 2, 2), Region.cell(2, 3));
    Stream<Selection> neurons =
        Stream.of(NeuronSelection.Role.values())
            .map(role -> all.with(new NeuronSelection(regions, role)));
    return Stream.concat(
        Stream.of(
            all,
            all.with(new MapSelection.Indices(List.of(0, 2))),
            all.with(new MapSelection.TopByContribution(2)),
            all.with(new MapSelection.TopByContribution(1))
                .with(new NeuronSelection(regions, NeuronSelection.Role.BOTH))),
        neurons);
  }

  /** A random image for the first network. */
  public static Tensor image() {
    return Tensor.of(Shape.of(1, 2, 4, 5), values(new Random(5), 40));
  }

  /** The same image for the second network. */
  public static Tensor imageChannelsLast() {
    return new Transpose(TO_NHWC).evaluate(List.of(image()));
  }

  private static double[] values(Random random, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextGaussian();
    }
    return values;
  }

  private void input(String name, Shape shape) {
    inputs.put(name, new TensorType(ElementType.FLOAT32, shape));
  }

  private void node(Operation operation, String output, String... from) {
    nodes.add(new Node(output, operation, List.of(from), output, ""));
  }

  private void conv(String from, String output, int channels, int maps, int kernel) {
    Shape shape = Shape.of(maps, channels, kernel, kernel);
    constants.put(output + "/weight", Tensor.of(shape, values(random, (int) shape.size())));
    constants.put(output + "/bias", Tensor.of(Shape.of(maps), values(random, maps)));
    List<Integer> one = List.of(1, 1);
    node(
        new Conv(one, one, List.of(0, 0), List.of(0, 0), 1),
        output,
        from,
        output + "/weight",
        output + "/bias");
  }

  /** Two more layers, so that gradients at the layer depend on the image. */
  private void head(String from) {
    conv(from, "conv2", 3, 4, 2);
    node(new Unary.Relu(), "relu2", "conv2");
    node(new Reshape(Shape.of(1, 24)), "flat", "relu2");
    constants.put("classifier", Tensor.of(Shape.of(CLASSES, 24), values(random, 24 * CLASSES)));
    node(new Gemm(1, 1, false, true), "scores", "flat", "classifier");
  }

  private ModelGraph graph(String output) {
    Map<String, Tensor> narrow = new LinkedHashMap<>();
    constants.forEach((name, value) -> narrow.put(name, value.cast(ElementType.FLOAT32)));
    return ModelGraph.of(inputs, narrow, nodes, List.of(output), Map.of());
  }
}
