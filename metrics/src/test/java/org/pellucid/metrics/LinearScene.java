package org.pellucid.metrics;

import java.util.BitSet;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Target;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.TestTrial;

/**
 * An image of 2 by 2 pixels and one channel, and a network of two classes whose first score is a
 * weighted sum of the pixels and whose second is 0: the probability of the first is Sigmoid of that
 * sum.
 */
final class LinearScene {
  private LinearScene() {}

  /** The explained class is the first. */
  static TestTrial trial(double[] pixels, double... weights) {
    double[] all = new double[2 * weights.length];
    System.arraycopy(weights, 0, all, 0, weights.length);
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 1, 2, weights.length / 2)
            .constant(
                "weight", Tensor.of(Shape.of(2, weights.length), all).cast(ElementType.FLOAT32))
            .node("flat", new Reshape(Shape.of(1, weights.length)), "image")
            .node("scores", new Gemm(1, 1, false, true), "flat", "weight")
            .build("scores");
    return TestTrial.of(
        graph, Tensor.of(Shape.of(1, 1, 2, weights.length / 2), pixels), Target.ofClass(0));
  }

  static double sigmoid(double score) {
    return 1 / (1 + Math.exp(-score));
  }

  /** Pixels of an image of 2 rows. */
  static ObjectMask mask(int width, int... pixels) {
    BitSet set = new BitSet();
    for (int pixel : pixels) {
      set.set(pixel);
    }
    return ObjectMask.of(2, width, set);
  }
}
