package org.pellucid.api;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * What is explained: a scalar made of a model's scores, with its derivative by them (the seed of
 * the backward pass). Backends know nothing of it. Immutable.
 *
 * @since 0.1.0
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

  /** The class whose score this is, by its index among the scores; empty where it is another. */
  default OptionalInt classIndex() {
    return OptionalInt.empty();
  }

  /**
   * The class that this is about, as people count classes: also where its score is not one of its
   * own, as that of a class in a part of a segmentation, or of a side of a single logit.
   */
  default OptionalInt shownClass() {
    return classIndex();
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

  /** How much higher one target is than another: why this one rather than that. */
  static Target contrast(Target one, Target other) {
    return new SumTarget(List.of(new SumTarget.Term(1, one), new SumTarget.Term(-1, other)));
  }

  /** A weighted sum of targets. */
  static Target sum(SumTarget.Term... terms) {
    return new SumTarget(List.of(terms));
  }

  /** That a network with a single logit says yes: the logit, as class 1. */
  static Target positive() {
    return new SideTarget(SideTarget.Side.POSITIVE);
  }

  /** That a network with a single logit says no: the negated logit, as class 0. */
  static Target negative() {
    return new SideTarget(SideTarget.Side.NEGATIVE);
  }

  /**
   * One of the two sides of a network with a single logit, by what it says of the clean image.
   *
   * @param taken the side that it takes, rather than the other
   */
  static Target side(boolean taken) {
    return new SideTarget(taken ? SideTarget.Side.TAKEN : SideTarget.Side.OTHER);
  }

  /** A number of an output that is no class, as a regression has. */
  static Target output(int index) {
    return element("output " + index, index);
  }

  /**
   * A single element of what is read.
   *
   * @param description what it is, for people and files
   * @param index its index, row-major
   */
  static Target element(String description, int index) {
    return new ElementsTarget(description, OptionalInt.empty(), new int[] {index}, 1);
  }

  /**
   * The mean of a feature map that is read in place of the scores.
   *
   * @param layer the shape of one sample of the tensor that is read
   * @param channelAxis which of its axes counts feature maps
   * @param map the feature map, from 0
   * @throws InvalidRequestException if there is no such feature map
   */
  static Target featureMap(Shape layer, int channelAxis, int map) {
    return ElementsTarget.featureMap(layer, channelAxis, map);
  }

  /**
   * How similar a tensor is to another image's: the cosine of the angle between them.
   *
   * @param reference the other image's, row-major, of the length of what is read; not all zeros
   */
  static Target similarTo(double[] reference) {
    return new SimilarityTarget(reference);
  }

  /** A class of a segmentation, within the cells where the network sees it on the clean image. */
  static Target segment(Segmentation layout, int classIndex) {
    return new SegmentTarget(layout, SegmentTarget.Which.CLASS, classIndex, Optional.empty());
  }

  /**
   * A class of a segmentation, within given cells.
   *
   * @param cells a number of {@link Segmentation#cells()}, row-major; true for those that take part
   */
  static Target segment(Segmentation layout, int classIndex, boolean[] cells) {
    return new SegmentTarget(layout, SegmentTarget.Which.CLASS, classIndex, Optional.of(cells));
  }

  /** The rank-th largest class of a segmentation, from 0, within its cells on the clean image. */
  static Target topSegment(Segmentation layout, int rank) {
    return new SegmentTarget(layout, SegmentTarget.Which.RANK, rank, Optional.empty());
  }

  /** The score of a detector's box. */
  static Target box(Detections layout, BoxChoice choice) {
    return new BoxTarget(layout, choice);
  }

  /**
   * The probability of a class: Softmax over all scores.
   *
   * @param of a class, by index or rank
   * @throws InvalidRequestException when resolved, if it is none whose score is one of the model's
   */
  static Target softmax(Target of) {
    return new ProbabilityTarget(of, true);
  }

  /**
   * A probability of its own: Sigmoid of a target.
   *
   * @param of a class, or a side of a single logit
   */
  static Target sigmoid(Target of) {
    return new ProbabilityTarget(of, false);
  }
}
