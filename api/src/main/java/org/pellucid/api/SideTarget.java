package org.pellucid.api;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.graph.Tensor;

/**
 * One of the two sides of a network that has a single logit z: z speaks for class 1, and -z for
 * class 0.
 *
 * @param side which of them
 * @since 0.1.0
 */
public record SideTarget(Side side) implements Target {
  /** How a side is named. */
  public enum Side {
    /** Class 1. */
    POSITIVE,
    /** Class 0. */
    NEGATIVE,
    /** The one that the network takes for the clean image: class 1 where z is above 0. */
    TAKEN,
    /** The one that it does not take. */
    OTHER
  }

  /** The side is required. */
  public SideTarget {
    Objects.requireNonNull(side, "side");
  }

  @Override
  public String describe() {
    return switch (side) {
      case POSITIVE -> "positive";
      case NEGATIVE -> "negative";
      case TAKEN -> "top";
      case OTHER -> "top rank 2";
    };
  }

  @Override
  public Target resolve(Tensor scores) {
    if (scores.size() != 1) {
      throw new InvalidRequestException(
          "The target "
              + describe()
              + " was asked for, a side of a network with a single score; this one has "
              + scores.size()
              + ": name one of its classes");
    }
    if (side == Side.POSITIVE || side == Side.NEGATIVE) {
      return this;
    }
    boolean positive = scores.get(0) > 0;
    return new SideTarget(positive == (side == Side.TAKEN) ? Side.POSITIVE : Side.NEGATIVE);
  }

  private double sign() {
    return switch (side) {
      case POSITIVE -> 1;
      case NEGATIVE -> -1;
      case TAKEN, OTHER ->
          throw new IllegalStateException("The side taken is resolved before it is evaluated");
    };
  }

  @Override
  public OptionalInt shownClass() {
    return switch (side) {
      case POSITIVE -> OptionalInt.of(1);
      case NEGATIVE -> OptionalInt.of(0);
      case TAKEN, OTHER -> OptionalInt.empty();
    };
  }

  @Override
  public double value(double[] scores) {
    return sign() * scores[0];
  }

  @Override
  public Optional<double[]> constantSeed(int scores) {
    boolean known = side == Side.POSITIVE || side == Side.NEGATIVE;
    return known && scores == 1 ? Optional.of(new double[] {sign()}) : Optional.empty();
  }

  @Override
  public double[] seed(double[] scores) {
    return new double[] {sign()};
  }
}
