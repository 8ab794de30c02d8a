package org.pellucid.methods;

import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Target;
import org.pellucid.graph.Tensor;

/** A weighted sum of scores as a target: sum_c s_c y_c. */
final class WeightedScores implements Target {
  private final String description;
  private final double[] weights;

  /**
   * A target.
   *
   * @param weights s, a number per score
   */
  WeightedScores(String description, double[] weights) {
    this.description = description;
    this.weights = weights.clone();
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public Target resolve(Tensor scores) {
    if (scores.size() != weights.length) {
      throw new InvalidRequestException(
          "Weights of " + weights.length + " scores were given, found " + scores.size());
    }
    return this;
  }

  @Override
  public double value(double[] scores) {
    double sum = 0;
    for (int c = 0; c < weights.length; c++) {
      // Scores without weight may be infinite.
      sum += weights[c] == 0 ? 0 : weights[c] * scores[c];
    }
    return sum;
  }

  @Override
  public double[] seed(double[] scores) {
    return weights.clone();
  }
}
