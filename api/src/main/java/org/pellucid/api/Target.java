package org.pellucid.api;

import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.graph.Tensor;

/**
 * What is explained: a scalar made of a model's scores, with its derivative by them (the seed of
 * the backward pass). Backends know nothing of it. Immutable.
 */
public interface Target {
  /** What it is, for people and files: {@code class 3}, {@code top}. */
  String describe();

  /**
   * This target with everything fixed that depends on the clean image, such as which class is on
   * top. Called once per image.
   *
   * @param scores the clean image's scores, [K]
   * @throws InvalidRequestException if the target does not fit the scores, as a class that is not
   *     there
   */
  Target resolve(Tensor scores);

  /**
   * The scalar of one sample. Only called on what {@link #resolve} returned.
   *
   * @param scores the sample's scores [K] as float64 array
   */
  double value(double[] scores);

  /**
   * The derivative of the scalar with respect to each score, [K]. Only called on what {@link
   * #resolve} returned.
   */
  double[] seed(double[] scores);

  /**
   * The seed, where it is the same whatever the scores are, so that engines can know it before they
   * run. May be called on what was not resolved.
   *
   * @param scores how many scores a sample has
   * @return the derivative by each score, [K], or empty where it depends on the scores or the
   *     target does not fit
   */
  default Optional<double[]> constantSeed(int scores) {
    return Optional.empty();
  }

  /**
   * How the seed changes with the scores: the product of the scalar's second derivatives with a
   * direction, [K]. Only called on what {@link #resolve} returned.
   *
   * @param direction a number per score
   * @return zeros, for a scalar that is a weighted sum of scores
   */
  default double[] curvature(double[] scores, double[] direction) {
    return new double[scores.length];
  }

  /** The class whose score this is; empty where it is not the score of one class. */
  default OptionalInt classIndex() {
    return OptionalInt.empty();
  }

  /** The score of a class by index. */
  static Target ofClass(int index) {
    return new ClassTarget(index);
  }

  /** The score of the class with the highest score on the clean image, the first of equals. */
  static Target top() {
    return new TopTarget(0);
  }

  /** The score of the class with the rank-th highest score on the clean image, from 0. */
  static Target top(int rank) {
    return new TopTarget(rank);
  }
}
