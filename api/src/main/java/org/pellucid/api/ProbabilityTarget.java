package org.pellucid.api;

import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.graph.Tensor;

/**
 * The probability that a network gives a class: Softmax over all scores, or Sigmoid of the class's
 * own.
 *
 * @param of the class, whose score is squashed
 * @param softmax over all scores, where the class is one of them; else Sigmoid of its score
 */
record ProbabilityTarget(Target of, boolean softmax) implements Target {
  @Override
  public String describe() {
    return "probability of " + of.describe();
  }

  @Override
  public Target resolve(Tensor scores) {
    Target resolved = of.resolve(scores);
    if (softmax && resolved.classIndex().isEmpty()) {
      throw new InvalidRequestException(
          "Softmax gives probabilities of classes; " + resolved.describe() + " is none of its own");
    }
    return new ProbabilityTarget(resolved, softmax);
  }

  @Override
  public OptionalInt shownClass() {
    return of.shownClass();
  }

  @Override
  public Optional<double[]> constantSeed(int scores) {
    return Optional.empty();
  }

  @Override
  public double value(double[] scores) {
    if (!softmax) {
      return 1 / (1 + Math.exp(-of.value(scores)));
    }
    double own = scores[of.classIndex().orElseThrow()];
    double sum = 0;
    for (double score : scores) {
      sum += Math.exp(score - own);
    }
    return 1 / sum;
  }

  /** Softmax of all scores, safe against overflow. */
  private static double[] probabilities(double[] scores) {
    double highest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      highest = Math.max(highest, score);
    }
    double[] p = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(scores[i] - highest);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  /** Softmax: p_c (delta_cj - p_j). Sigmoid: p (1 - p) dS/dz. */
  @Override
  public double[] seed(double[] scores) {
    if (!softmax) {
      double p = value(scores);
      double[] seed = of.seed(scores);
      for (int i = 0; i < seed.length; i++) {
        seed[i] *= p * (1 - p);
      }
      return seed;
    }
    double[] p = probabilities(scores);
    int own = of.classIndex().orElseThrow();
    double[] seed = new double[p.length];
    for (int j = 0; j < p.length; j++) {
      seed[j] = p[own] * ((j == own ? 1 : 0) - p[j]);
    }
    return seed;
  }

  /**
   * The seed's derivative along a direction d. Softmax: with p' = p (d - sum p d), p_c' (delta_cj -
   * p_j) - p_c p_j'. Sigmoid, whose scores are weighted sums: p (1 - p) (1 - 2 p) (seed d) seed.
   */
  @Override
  public double[] curvature(double[] scores, double[] direction) {
    double[] curvature = new double[scores.length];
    if (!softmax) {
      double p = value(scores);
      double[] seed = of.seed(scores);
      double along = 0;
      for (int i = 0; i < seed.length; i++) {
        along += seed[i] * direction[i];
      }
      for (int i = 0; i < seed.length; i++) {
        curvature[i] = p * (1 - p) * (1 - 2 * p) * along * seed[i];
      }
      return curvature;
    }
    double[] p = probabilities(scores);
    int own = of.classIndex().orElseThrow();
    double mean = 0;
    for (int i = 0; i < p.length; i++) {
      mean += p[i] * direction[i];
    }
    double change = p[own] * (direction[own] - mean);
    for (int j = 0; j < p.length; j++) {
      curvature[j] = change * ((j == own ? 1 : 0) - p[j]) - p[own] * p[j] * (direction[j] - mean);
    }
    return curvature;
  }
}
