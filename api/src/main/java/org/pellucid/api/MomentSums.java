package org.pellucid.api;

import java.util.AbstractList;
import java.util.List;
import org.pellucid.graph.Shape;

/** Sums the powers of gradients sample by sample; see {@link GradientMoments}. */
final class MomentSums {
  private final Shape shape;
  private final int size;
  private final SampleAverage average;
  private final double[] powers;
  private double largest;
  private double scale = 1;

  MomentSums(Shape shape, int samples, ScoreScale score) {
    this.shape = shape;
    this.size = Math.toIntExact(shape.size());
    this.average = new SampleAverage(Math.multiplyExact(3, size), samples, score);
    this.powers = new double[3 * size];
  }

  /** Adds the next sample. */
  void add(double score, double[] gradients) {
    raiseScale(gradients);
    // Exact, as the scale is a power of two.
    double factor = 1 / scale;
    for (int i = 0; i < size; i++) {
      double g = gradients[i] * factor;
      powers[i] = g;
      powers[size + i] = g * g;
      powers[2 * size + i] = g * g * g;
    }
    average.add(score, powers);
  }

  /** Brings the sums so far to a new scale, exactly but for underflow, when the gradients grow. */
  private void raiseScale(double[] gradients) {
    double max = largest;
    for (double g : gradients) {
      max = Math.max(max, Math.abs(g));
    }
    if (!(max > largest) || Double.isInfinite(max)) {
      return;
    }
    double raised = GradientMoments.scaleOf(max);
    if (average.samples() > 0 && largest > 0) {
      double ratio = scale / raised;
      average.rescale(0, size, ratio);
      average.rescale(size, 2 * size, ratio * ratio);
      average.rescale(2 * size, 3 * size, ratio * ratio * ratio);
    }
    largest = max;
    scale = raised;
  }

  /** What was summed. */
  GradientMoments moments() {
    return moments(shape, scale, average);
  }

  /**
   * What was summed.
   *
   * @param average of the three powers of gradient / scale
   */
  static GradientMoments moments(Shape shape, double scale, SampleAverage average) {
    int size = Math.toIntExact(shape.size());
    List<GradientMoments> leaveOut =
        new AbstractList<>() {
          @Override
          public GradientMoments get(int group) {
            return new GradientMoments(
                shape,
                average.samplesWithout(group),
                average.effectiveSamplesWithout(group),
                scale,
                average.meanWithout(group, 0, size),
                average.meanWithout(group, size, 2 * size),
                average.meanWithout(group, 2 * size, 3 * size),
                List.of());
          }

          @Override
          public int size() {
            return average.groups();
          }
        };
    return new GradientMoments(
        shape,
        average.samples(),
        average.effectiveSamples(),
        scale,
        average.mean(0, size),
        average.mean(size, 2 * size),
        average.mean(2 * size, 3 * size),
        leaveOut);
  }
}
