package org.pellucid.api;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.graph.Shape;

/**
 * The moments of a layer's gradients that are the same in all cells of each feature map: a number
 * per map is computed with, and elements are written out only for who asks for them.
 */
final class MapMoments implements AveragedGradients {
  private final Shape shape;
  private final double scale;
  private final SampleAverage average;
  private final int cells;
  private GradientMoments writtenOut;

  /**
   * Moments of what was summed.
   *
   * @param average of the three powers of gradient / scale, a number per map
   * @param cells of a map
   */
  MapMoments(Shape shape, double scale, SampleAverage average, int cells) {
    this.shape = shape;
    this.scale = scale;
    this.average = average;
    this.cells = cells;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public int samples() {
    return average.samples();
  }

  @Override
  public double effectiveSamples() {
    return average.effectiveSamples();
  }

  @Override
  public int groups() {
    return average.groups();
  }

  @Override
  public GradientMoments moments() {
    if (writtenOut == null) {
      writtenOut = MomentSums.moments(shape, scale, average, cells);
    }
    return writtenOut;
  }

  @Override
  public List<double[]> evaluate(MomentFormula formula) {
    return evaluate(formula, average.mean());
  }

  @Override
  public List<List<double[]>> evaluateWithoutGroups(MomentFormula formula) {
    return IntStream.range(0, groups())
        .mapToObj(group -> evaluate(formula, average.meanWithout(group)))
        .toList();
  }

  private List<double[]> evaluate(MomentFormula formula, double[] means) {
    return GradientMoments.evaluate(
        formula, power(means, 0), power(means, 1), power(means, 2), scale);
  }

  private Field power(double[] means, int number) {
    int maps = means.length / 3;
    return Field.repeated(Arrays.copyOfRange(means, number * maps, (number + 1) * maps), cells);
  }
}
