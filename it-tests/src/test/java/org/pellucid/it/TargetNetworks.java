package org.pellucid.it;

import java.util.List;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.GraphBuilder;

/**
 * Networks of every kind that targets are for, small enough to be worked out by hand. The image is
 * 1, 2, 3, 4; the feature maps of {@code layer} are the image and twice the image.
 */
final class TargetNetworks {
  private TargetNetworks() {}

  static GraphBuilder beginning() {
    return new GraphBuilder()
        .input("image", 1, 1, 2, 2)
        .constant("w", Tensor.of(Shape.of(2, 1, 1, 1), 1f, 2f))
        .node("conv", pointwise(), "image", "w")
        .node("layer", new Unary.Relu(), "conv");
  }

  static Conv pointwise() {
    return new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1);
  }

  /** Scores 10, 20 and -7 by the given weights of the layer's 8 neurons each. */
  static ModelGraph classifier() {
    return linear(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, -1);
  }

  static ModelGraph linear(float... weights) {
    return beginning()
        .constant("rows", Tensor.of(Shape.of(weights.length / 8, 8), weights))
        .node("flat", new Reshape(Shape.of(1, 8)), "layer")
        .node("scores", new Gemm(1, 1, false, true), "flat", "rows")
        .node("probabilities", new Unary.Sigmoid(), "scores")
        .build("probabilities");
  }

  /** One score, of -7. */
  static ModelGraph singleLogit() {
    return linear(1, 0, 0, 0, 0, 0, 0, -1);
  }

  /** Class 0 scores x, class 1 scores 2x - 3: class 0 where x is 1, 2 and, being first, 3. */
  static ModelGraph segmentation() {
    return beginning()
        .constant("classes", Tensor.of(Shape.of(2, 2, 1, 1), 1f, 0f, 0f, 1f))
        .constant("bias", Tensor.of(Shape.of(2), 0f, -3f))
        .node("scores", pointwise(), "layer", "classes", "bias")
        .build("scores");
  }

  /**
   * Eight boxes of one class: centre and size as parts of the image, objectness, and the class's
   * score. That of box 1, at the right below, are sums of the feature maps by 8 and by 16, 1.25
   * each; all others are a quarter, at the left above.
   */
  static ModelGraph detector() {
    float[] rows = new float[48 * 8];
    float[] still = new float[48];
    for (int box = 0; box < 8; box++) {
      boolean moving = box == 1;
      float[] fields = {.25f, .25f, .5f, .5f, .25f, .25f};
      float[] other = {.75f, .75f, .5f, .5f, 0, 0};
      System.arraycopy(moving ? other : fields, 0, still, box * 6, 6);
    }
    for (int i = 0; i < 4; i++) {
      rows[10 * 8 + i] = 1 / 8f;
      rows[11 * 8 + 4 + i] = 1 / 16f;
    }
    return beginning()
        .constant("rows", Tensor.of(Shape.of(48, 8), rows))
        .constant("still", Tensor.of(Shape.of(1, 48), still))
        .node("flat", new Reshape(Shape.of(1, 8)), "layer")
        .node("moving", new Gemm(1, 1, false, true), "flat", "rows")
        .node("all", new Binary.Add(), "moving", "still")
        .node("boxes", new Reshape(Shape.of(1, 8, 6)), "all")
        .build("boxes");
  }
}
