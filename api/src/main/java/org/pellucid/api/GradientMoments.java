package org.pellucid.api;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.graph.Shape;

/**
 * Averages over noisy copies of the powers of a layer's gradient, D_p = sum_m omega_m g_m^p / sum_m
 * omega_m for p = 1, 2, 3 (omega = 1, or exp(S_m - max S)). To be safe against underflow they are
 * of g / scale: multiply by scale^p. Numbers that are not finite are passed on.
 *
 * @param shape K and the spatial lengths, as {@link LayerCapture}
 * @param samples how many copies were averaged
 * @param effectiveSamples (sum omega)^2 / sum omega^2; equal to samples for the logit
 * @param scale {@link #scaleOf} the largest magnitude of any g
 * @param first D_1 of g / scale, row-major; not to be changed
 * @param second D_2 of g / scale
 * @param third D_3 of g / scale
 * @param leaveOut for each of at most 10 groups of samples the same averages without that group,
 *     for the jackknife; empty when there are fewer than 2 samples, and in those without a group.
 *     Each may be computed when it is asked for
 * @since 0.1.0
 */
public record GradientMoments(
    Shape shape,
    int samples,
    double effectiveSamples,
    double scale,
    double[] first,
    double[] second,
    double[] third,
    List<GradientMoments> leaveOut)
    implements AveragedGradients {
  /** Elements of a layer from which on a formula without groups is computed on several threads. */
  private static final int LARGE = 1 << 14;

  /** Wraps the list, which is given away. */
  public GradientMoments {
    leaveOut = Collections.unmodifiableList(leaveOut);
  }

  /** The moments of one sample: its gradient's own powers. */
  public static GradientMoments of(LayerCapture capture) {
    double[] gradients = capture.gradients();
    double scale = scaleOf(largest(gradients));
    double[] first = new double[gradients.length];
    double[] second = new double[gradients.length];
    double[] third = new double[gradients.length];
    for (int i = 0; i < gradients.length; i++) {
      double g = gradients[i] / scale;
      // The same to the last bit as the average of one sample, in which -0 becomes 0.
      first[i] = g + 0.0;
      second[i] = g * g;
      third[i] = g * g * g + 0.0;
    }
    return new GradientMoments(capture.shape(), 1, 1, scale, first, second, third, List.of());
  }

  @Override
  public int groups() {
    return leaveOut.size();
  }

  /** These. */
  @Override
  public GradientMoments moments() {
    return this;
  }

  /** Computed by {@link ArrayAlgebra}. */
  @Override
  public List<double[]> evaluate(MomentFormula formula) {
    return evaluate(formula, field(first), field(second), field(third), scale);
  }

  /** What a formula makes of averages of the powers of g / scale. */
  static List<double[]> evaluate(
      MomentFormula formula, Field first, Field second, Field third, double scale) {
    MomentFormula.Powers<Field> powers =
        new MomentFormula.Powers<>(first, second, third, ArrayAlgebra.INSTANCE.constant(scale));
    return formula.results(ArrayAlgebra.INSTANCE, formula.given(), powers).stream()
        .map(Field::values)
        .toList();
  }

  private Field field(double[] values) {
    return new Field(shape.dim(0), values.length / shape.dim(0), values);
  }

  /**
   * Those of large layers on all cores: beside a graphics card they would take longer than the
   * network.
   */
  @Override
  public List<List<double[]>> evaluateWithoutGroups(MomentFormula formula) {
    IntStream each = IntStream.range(0, groups());
    return (shape.size() >= LARGE ? each.parallel() : each)
        .mapToObj(group -> leaveOut.get(group).evaluate(formula))
        .toList();
  }

  /** The largest magnitude of any of some numbers; NaN where one is. */
  static double largest(double[] numbers) {
    double largest = 0;
    for (double number : numbers) {
      largest = Math.max(largest, Math.abs(number));
    }
    return largest;
  }

  /**
   * The scale for gradients of a largest magnitude: the highest power of two that does not exceed
   * it (so that dividing by it is exact); 1 where it is zero or not finite.
   */
  public static double scaleOf(double largest) {
    if (!(largest > 0) || Double.isInfinite(largest)) {
      return 1;
    }
    return Math.scalb(1.0, Math.max(Math.getExponent(largest), Double.MIN_EXPONENT));
  }
}
