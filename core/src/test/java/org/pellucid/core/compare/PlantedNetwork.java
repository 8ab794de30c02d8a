package org.pellucid.core.compare;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/**
 * Convolution, ReLU (the layer), convolution ("pre"), ReLU ("relu2"), and a classifier of 3
 * classes. The first unit of "pre" is zero for the image, to the rounding of one bias.
 */
final class PlantedNetwork {
  static final String LAYER = "layer";

  private PlantedNetwork() {}

  static Tensor image() {
    return random(new Random(3), 1, 1, 6, 6);
  }

  /** Moves the planted unit of each sample up by a part of the largest value. */
  static void nudge(Node node, double[] elements, double part) {
    if (node.output().equals("pre")) {
      double largest = MapAgreement.largest(elements);
      for (int sample = 0; sample * 8 < elements.length; sample++) {
        // From wherever it is to above zero: the planted unit is below.
        elements[sample * 8] += part * largest;
      }
    }
  }

  private static Tensor random(Random random, int... dims) {
    Shape shape = Shape.of(dims);
    double[] values = random.doubles(shape.size(), -1, 1).toArray();
    return Tensor.of(shape, values).cast(ElementType.FLOAT32);
  }

  static ModelGraph graph() {
    Tensor atZero = Tensor.of(Shape.of(2), new float[2]);
    Tensor pre =
        new ReferenceInterpreter(graph(atZero))
            .run(Map.of("image", image()), Set.of("pre"))
            .get("pre");
    // A trifle below zero, by less than what the nudge moves it.
    double largest = MapAgreement.largest(pre.toDoubleArray());
    return graph(
        Tensor.of(Shape.of(2), new float[] {(float) (-pre.get(0) - 3e-7 * largest), 0.1f}));
  }

  private static ModelGraph graph(Tensor bias) {
    Random random = new Random(7);
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("w1", random(random, 2, 1, 3, 3));
    constants.put("b1", random(random, 2));
    constants.put("w2", random(random, 2, 2, 3, 3));
    constants.put("b2", bias);
    constants.put("w3", random(random, 3, 8));
    List<Integer> one = List.of(1, 1);
    List<Integer> none = List.of(0, 0);
    Conv conv = new Conv(one, one, none, none, 1);
    List<Node> nodes =
        List.of(
            new Node("conv", conv, List.of("image", "w1", "b1"), "conv", ""),
            new Node("relu", new Unary.Relu(), List.of("conv"), LAYER, ""),
            new Node("conv2", conv, List.of(LAYER, "w2", "b2"), "pre", ""),
            new Node("relu2", new Unary.Relu(), List.of("pre"), "relu2", ""),
            new Node("flat", new Reshape(Shape.of(1, 8)), List.of("relu2"), "flat", ""),
            new Node("gemm", new Gemm(1, 1, false, true), List.of("flat", "w3"), "scores", ""));
    Map<String, TensorType> inputs =
        Map.of("image", new TensorType(ElementType.FLOAT32, Shape.of(1, 1, 6, 6)));
    return ModelGraph.of(inputs, constants, nodes, List.of("scores"), Map.of());
  }

  static Path write(Path folder) {
    Path file = folder.resolve("planted.onnx");
    OnnxWriter.write(graph(), file, WriteOptions.DEFAULT);
    return file;
  }
}
