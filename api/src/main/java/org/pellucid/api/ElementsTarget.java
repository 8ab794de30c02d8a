package org.pellucid.api;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** A weighted sum of some elements of what is read, all of the same weight. Immutable. */
final class ElementsTarget implements Target {
  private final String description;
  private final OptionalInt classIndex;
  private final int[] elements;
  private final double weight;

  /**
   * A sum of elements.
   *
   * @param classIndex the class that the elements are of
   * @param elements indices into what is read, row-major, ascending
   */
  ElementsTarget(String description, OptionalInt classIndex, int[] elements, double weight) {
    this.description = description;
    this.classIndex = classIndex;
    this.elements = elements.clone();
    this.weight = weight;
  }

  /** The mean of a feature map. */
  static Target featureMap(Shape layer, int channelAxis, int map) {
    int maps = layer.dim(channelAxis);
    if (map < 0 || map >= maps) {
      throw new InvalidRequestException(
          "Feature map "
              + map
              + " was asked for as target; there are "
              + maps
              + ", numbered 0 to "
              + (maps - 1));
    }
    int run = Math.toIntExact(layer.sizeOf(channelAxis + 1, layer.rank()));
    int outer = Math.toIntExact(layer.sizeOf(0, channelAxis));
    int[] elements = new int[outer * run];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (i / run * maps + map) * run + i % run;
    }
    return new ElementsTarget(
        "feature map " + map, OptionalInt.empty(), elements, 1.0 / elements.length);
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public OptionalInt shownClass() {
    return classIndex;
  }

  @Override
  public Target resolve(Tensor scores) {
    if (!isWithin(scores.size())) {
      throw new InvalidRequestException(
          "The target "
              + description
              + " was asked for; there are elements 0 to "
              + (scores.size() - 1));
    }
    return this;
  }

  @Override
  public double value(double[] scores) {
    double sum = 0;
    for (int element : elements) {
      sum += scores[element];
    }
    return weight * sum;
  }

  @Override
  public double[] seed(double[] scores) {
    return seed(scores.length);
  }

  private double[] seed(int scores) {
    double[] seed = new double[scores];
    for (int element : elements) {
      seed[element] = weight;
    }
    return seed;
  }

  @Override
  public Optional<double[]> constantSeed(int scores) {
    return isWithin(scores) ? Optional.of(seed(scores)) : Optional.empty();
  }

  private boolean isWithin(int scores) {
    return elements[0] >= 0 && elements[elements.length - 1] < scores;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ElementsTarget that
        && description.equals(that.description)
        && classIndex.equals(that.classIndex)
        && Arrays.equals(elements, that.elements)
        && weight == that.weight;
  }

  @Override
  public int hashCode() {
    return 31 * description.hashCode() + Arrays.hashCode(elements);
  }

  @Override
  public String toString() {
    return description;
  }
}
