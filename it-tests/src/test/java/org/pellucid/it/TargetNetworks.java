package org.pellucid.it;

import java.util.List;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.GraphBuilder;

/**
 * Networks of every kind that targets are for, small enough to be worked out by hand. The image is
 * 1, 2, 3, 4; the feature maps of {@code layer} are the image and twice the image.
 */
final class TargetNetworks {
  private static final float[] CLASSES = {
    1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, -1
  };

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

  /** Scores 10, 20 and -7, each of a class that may be there beside others. */
  static ModelGraph classifier() {
    return sigmoid(CLASSES);
  }

  /** The same scores, of classes that exclude each other. */
  static ModelGraph exclusive() {
    return linear(CLASSES).node("probabilities", new Softmax(1), "scores").build("probabilities");
  }

  private static ModelGraph sigmoid(float... weights) {
    return linear(weights)
        .node("probabilities", new Unary.Sigmoid(), "scores")
        .build("probabilities");
  }

  /** Scores by the given weights of the layer's 8 neurons each. */
  private static GraphBuilder linear(float... weights) {
    return beginning()
        .constant("rows", Tensor.of(Shape.of(weights.length / 8, 8), weights))
        .node("flat", new Reshape(Shape.of(1, 8)), "layer")
        .node("scores", new Gemm(1, 1, false, true), "flat", "rows");
  }

  /** One score, of -7. */
  static ModelGraph singleLogit() {
    return sigmoid(1, 0, 0, 0, 0, 0, 0, -1);
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
    return detector(false, .75f, .75f, .5f, .5f);
  }

  /**
   * The same with another box 1.
   *
   * @param fieldsFirst whether the output is [1, 6, 8], rather than [1, 8, 6]
   */
  static ModelGraph detector(boolean fieldsFirst, float... second) {
    float[] rows = new float[48 * 8];
    float[] still = new float[48];
    for (int box = 0; box < 8; box++) {
      float[] fields = {.25f, .25f, .5f, .5f, .25f, .25f};
      System.arraycopy(fields, 0, still, box * 6, 6);
    }
    System.arraycopy(second, 0, still, 6, 4);
    still[10] = 0;
    still[11] = 0;
    for (int i = 0; i < 4; i++) {
      rows[10 * 8 + i] = 1 / 8f;
      rows[11 * 8 + 4 + i] = 1 / 16f;
    }
    GraphBuilder network =
        beginning()
            .constant("rows", Tensor.of(Shape.of(48, 8), rows))
            .constant("still", Tensor.of(Shape.of(1, 48), still))
            .node("flat", new Reshape(Shape.of(1, 8)), "layer")
            .node("moving", new Gemm(1, 1, false, true), "flat", "rows")
            .node("all", new Binary.Add(), "moving", "still")
            .node("boxes", new Reshape(Shape.of(1, 8, 6)), "all");
    return fieldsFirst
        ? network.node("fields", new Transpose(List.of(0, 2, 1)), "boxes").build("fields")
        : network.build("boxes");
  }
}
