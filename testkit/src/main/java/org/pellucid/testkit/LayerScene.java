package org.pellucid.testkit;

import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Tap;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * A made-up layer of 5 feature maps of 3 by 4 cells behind an image of 6 by 8 pixels: activations,
 * gradients and score vary with the image, and some of each are zero or negative. It can be mapped
 * to other orders of maps or cells.
 */
final class LayerScene implements Scene {
  private static final Shape IMAGE = Shape.of(1, 1, 6, 8);

  private final double[] activations;
  private final double[] gradients;
  private final double[] image;

  LayerScene(long seed) {
    Random random = new Random(seed);
    this.activations = normal(random, (int) PLACE.size());
    this.gradients = normal(random, (int) PLACE.size());
    this.image = normal(random, (int) IMAGE.size());
  }

  private static double[] normal(Random random, int count) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextGaussian();
    }
    return numbers;
  }

  @Override
  public Tap place() {
    return ArrayProbe.LAYER;
  }

  @Override
  public int pixels() {
    return 2;
  }

  @Override
  public ModelProbe probe(IntUnaryOperator source) {
    return ArrayProbe.of(Tensor.of(IMAGE, image.clone()), input -> reordered(run(input), source));
  }

  private LayerCapture run(Tensor input) {
    double[] a = new double[activations.length];
    double[] g = new double[a.length];
    double score = 0;
    for (int i = 0; i < a.length; i++) {
      double near = input.get(i % input.size());
      double far = input.get((i * 7 + 3) % input.size());
      a[i] = Math.max(0, activations[i] + 0.4 * near);
      g[i] = i % 9 == 0 ? 0 : gradients[i] + 0.5 * Math.tanh(far);
      score += a[i] * g[i];
    }
    return new LayerCapture(ArrayProbe.LAYER, PLACE, a, g, score);
  }

  private static LayerCapture reordered(LayerCapture capture, IntUnaryOperator source) {
    double[] a = new double[capture.activations().length];
    double[] g = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      a[i] = capture.activations()[source.applyAsInt(i)];
      g[i] = capture.gradients()[source.applyAsInt(i)];
    }
    return new LayerCapture(capture.tap(), PLACE, a, g, capture.score());
  }

  @Override
  public ModelProbe constant(double[] a, double[] g) {
    return ArrayProbe.constant(a, g, 1, PLACE);
  }
}
