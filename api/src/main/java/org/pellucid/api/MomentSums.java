package org.pellucid.api;

import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.graph.Shape;

/**
 * Sums the powers of gradients sample by sample; see {@link GradientMoments}. As long as each
 * feature map has one gradient in all its cells, as before an average over them, it is summed once.
 */
final class MomentSums {
  private final Shape shape;
  private final int size;

  /** How many neighbours are equal in every sample so far: all cells of a feature map, or 1. */
  private int run;

  private SampleAverage average;
  private double[] powers;
  private double largest;
  private double scale = 1;

  MomentSums(Shape shape, int samples, ScoreScale score) {
    this.shape = shape;
    this.size = Math.toIntExact(shape.size());
    this.run = Math.max(1, Math.toIntExact(shape.sizeOf(1, shape.rank())));
    SampleWeights weights = new SampleWeights(Math.multiplyExact(3, size), samples, score);
    int numbers = 3 * (size / run);
    this.average =
        new SampleAverage(weights, new double[numbers], new double[weights.groups()][numbers]);
    this.powers = new double[numbers];
  }

  /** Adds the next sample. */
  void add(double score, Field gradients) {
    double[] numbers = summed(gradients);
    raiseScale(numbers);
    // Exact, as the scale is a power of two.
    double factor = 1 / scale;
    int count = numbers.length;
    for (int i = 0; i < count; i++) {
      double g = numbers[i] * factor;
      powers[i] = g;
      powers[count + i] = g * g;
      powers[2 * count + i] = g * g * g;
    }
    average.add(score, powers);
  }

  /** One gradient of each feature map as long as that is all there is, otherwise each cell's. */
  private double[] summed(Field gradients) {
    if (run == 1) {
      return gradients.values();
    }
    Optional<double[]> perMap = gradients.perMap();
    if (perMap.isPresent()) {
      return perMap.get();
    }
    double[] all = gradients.values();
    if (isInRuns(all)) {
      double[] numbers = new double[size / run];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = all[i * run];
      }
      return numbers;
    }
    average = average.spread(run);
    powers = new double[3 * size];
    run = 1;
    return all;
  }

  private boolean isInRuns(double[] gradients) {
    for (int start = 0; start < size; start += run) {
      double first = gradients[start];
      for (int i = start + 1; i < start + run; i++) {
        if (gradients[i] != first) {
          return false;
        }
      }
    }
    return true;
  }

  /** Brings the sums so far to a new scale, exactly but for underflow, when the gradients grow. */
  private void raiseScale(double[] gradients) {
    double max = largest;
    for (double gradient : gradients) {
      max = Math.max(max, Math.abs(gradient));
    }
    if (!(max > largest) || Double.isInfinite(max)) {
      return;
    }
    double raised = GradientMoments.scaleOf(max);
    if (average.samples() > 0 && largest > 0) {
      double ratio = scale / raised;
      int count = gradients.length;
      average.rescale(0, count, ratio);
      average.rescale(count, 2 * count, ratio * ratio);
      average.rescale(2 * count, 3 * count, ratio * ratio * ratio);
    }
    largest = max;
    scale = raised;
  }

  /** What was summed. */
  GradientMoments moments() {
    return moments(shape, scale, average, run);
  }

  /** The same, without an element for each cell where one per feature map was summed. */
  AveragedGradients averages() {
    return run == 1 ? moments() : new MapMoments(shape, scale, average, run);
  }

  /**
   * What was summed.
   *
   * @param average of the three powers of gradient / scale
   * @param run how many elements of the layer each number of the average stands for
   */
  static GradientMoments moments(Shape shape, double scale, SampleAverage average, int run) {
    int count = Math.toIntExact(shape.size()) / run;
    List<GradientMoments> leaveOut =
        new AbstractList<>() {
          @Override
          public GradientMoments get(int group) {
            return new GradientMoments(
                shape,
                average.samplesWithout(group),
                average.effectiveSamplesWithout(group),
                scale,
                SampleAverage.spread(average.meanWithout(group, 0, count), run),
                SampleAverage.spread(average.meanWithout(group, count, 2 * count), run),
                SampleAverage.spread(average.meanWithout(group, 2 * count, 3 * count), run),
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
        SampleAverage.spread(average.mean(0, count), run),
        SampleAverage.spread(average.mean(count, 2 * count), run),
        SampleAverage.spread(average.mean(2 * count, 3 * count), run),
        leaveOut);
  }
}
