package org.pellucid.api;

import org.pellucid.graph.Tensor;

/**
 * The cosine of the angle between what is read, f, and another image's, r: {@code f r / (|f| |r|)},
 * from -1 to 1. Its derivative by f is {@code (r / |r| - cos f / |f|) / |f|}; where f is zero there
 * is no angle, and value and derivative are 0. Immutable.
 */
final class SimilarityTarget implements Target {
  private final double[] unit;

  /**
   * Similarity to a reference.
   *
   * @param reference r, not all zeros
   */
  SimilarityTarget(double[] reference) {
    double length = length(reference);
    if (!(length > 0) || !Double.isFinite(length)) {
      throw new InvalidRequestException(
          "Similarity needs a reference with a direction, found one of length " + length);
    }
    unit = new double[reference.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = reference[i] / length;
    }
  }

  private static double length(double[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Override
  public String describe() {
    return "cosine similarity";
  }

  @Override
  public Target resolve(Tensor scores) {
    if (scores.size() != unit.length) {
      throw new InvalidRequestException(
          "Similarity compares numbers of the same count; the reference has "
              + unit.length
              + ", and the model gives "
              + scores.size());
    }
    return this;
  }

  @Override
  public double value(double[] scores) {
    double length = length(scores);
    return length == 0 ? 0 : dot(scores, unit) / length;
  }

  @Override
  public double[] seed(double[] scores) {
    double length = length(scores);
    double[] seed = new double[scores.length];
    double cosine = value(scores);
    for (int i = 0; i < seed.length && length > 0; i++) {
      seed[i] = (unit[i] - cosine * scores[i] / length) / length;
    }
    return seed;
  }

  /**
   * With u = f / |f| and c the cosine: {@code (-(r u^T) - (u r^T) + 3 c u u^T - c I) v / |f|^2}, r
   * being of length 1.
   */
  @Override
  public double[] curvature(double[] scores, double[] direction) {
    double length = length(scores);
    double[] curvature = new double[scores.length];
    if (length == 0) {
      return curvature;
    }
    double cosine = value(scores);
    double along = dot(scores, direction) / length;
    double towards = dot(unit, direction);
    for (int i = 0; i < curvature.length; i++) {
      double u = scores[i] / length;
      curvature[i] =
          (-unit[i] * along - u * towards + 3 * cosine * u * along - cosine * direction[i])
              / (length * length);
    }
    return curvature;
  }
}
