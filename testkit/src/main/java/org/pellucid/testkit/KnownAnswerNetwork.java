package org.pellucid.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

/**
 * A network whose explanations are worked out by hand. A convolution of 1 to 2 feature maps (3 by 3
 * ones, no padding, biases -50 and -75), ReLU, and a linear classifier over the flattened feature
 * maps with two classes, the second of which is the negative of the first. At the input 0..15 the
 * activations are A_0 = [0 4; 31 40] and A_1 = [0 0; 6 15], and the gradients of class 0 are its
 * row of the classifier.
 */
public final class KnownAnswerNetwork {
  /** Ones and minus ones: S = 54. */
  public static final List<Double> FIRST_HEAD = List.of(1., 1., 1., 1., 1., -1., -1., -1.);

  /** A row of many values: S = 294. */
  public static final List<Double> SECOND_HEAD = List.of(1., 2., 3., 4., -1., 1., .5, 2.);

  /** The explained layer, the ReLU. */
  public static final Tap LAYER = new Tap("relu");

  private KnownAnswerNetwork() {}

  /** The input 0..15 by name. */
  public static Map<String, Tensor> input() {
    float[] pixels = new float[16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i;
    }
    return Map.of("image", Tensor.of(Shape.of(1, 1, 4, 4), pixels));
  }

  /** The network, with input "image" [1, 1, 4, 4] and output "scores" [1, 2]. */
  public static ModelGraph graph(List<Double> head) {
    float[] ones = new float[18];
    java.util.Arrays.fill(ones, 1);
    float[] rows = new float[16];
    for (int i = 0; i < 8; i++) {
      rows[i] = head.get(i).floatValue();
      rows[8 + i] = -rows[i];
    }
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("weight", Tensor.of(Shape.of(2, 1, 3, 3), ones));
    constants.put("bias", Tensor.of(Shape.of(2), -50f, -75f));
    constants.put("head", Tensor.of(Shape.of(2, 8), rows));
    List<Integer> one = List.of(1, 1);
    List<Integer> none = List.of(0, 0);
    return ModelGraph.of(
        Map.of("image", new TensorType(ElementType.FLOAT32, Shape.of(1, 1, 4, 4))),
        constants,
        List.of(
            new Node(
                "conv",
                new Conv(one, one, none, none, 1),
                List.of("image", "weight", "bias"),
                "conv",
                ""),
            new Node("relu", new Unary.Relu(), List.of("conv"), "relu", ""),
            new Node("flat", new Reshape(Shape.of(1, 8)), List.of("relu"), "flat", ""),
            new Node("scores", new Gemm(1, 1, false, true), List.of("flat", "head"), "scores", "")),
        List.of("scores"),
        Map.of());
  }
}
