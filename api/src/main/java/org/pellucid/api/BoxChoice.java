package org.pellucid.api;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which of a detector's boxes is explained, and for which class.
 *
 * @param index the box by index; empty for the one that overlaps, or scores highest
 * @param overlapping a rectangle in pixels of the input; of the boxes that overlap it by half or
 *     more (or, where none does, by most), the one with the highest score is meant
 * @param classIndex the class; empty for the box's highest
 * @since 0.1.0
 */
public record BoxChoice(
    OptionalInt index, Optional<Detections.Box> overlapping, OptionalInt classIndex) {
  /** The box with the highest score. */
  public static final BoxChoice HIGHEST =
      new BoxChoice(OptionalInt.empty(), Optional.empty(), OptionalInt.empty());

  /** A box by index, from 0. */
  public static BoxChoice of(int index) {
    return new BoxChoice(OptionalInt.of(index), Optional.empty(), OptionalInt.empty());
  }

  /** The box that overlaps a rectangle. */
  public static BoxChoice overlapping(Detections.Box rectangle) {
    return new BoxChoice(OptionalInt.empty(), Optional.of(rectangle), OptionalInt.empty());
  }

  /** The same for a class. */
  public BoxChoice forClass(int wanted) {
    return new BoxChoice(index, overlapping, OptionalInt.of(wanted));
  }
}
