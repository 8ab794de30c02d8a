package org.pellucid.testkit;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

/** Small networks whose answers are known or can be had from the reference. */
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
        .node("conv", conv(1, 0), "image", "kernel", "bias")
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

  private static Conv conv(int stride, int pad) {
    return new Conv(
        List.of(stride, stride), List.of(1, 1), List.of(pad, pad), List.of(pad, pad), 1);
  }
}
