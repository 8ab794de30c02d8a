package org.pellucid.api;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.graph.Shape;

/**
 * Where a detector that was exported without suppression of overlapping boxes has its boxes and
 * their scores.
 *
 * @param scores the shape of one image's tensor of scores; all axes but two have length 1
 * @param boxAxis the axis that counts boxes
 * @param fieldAxis the axis that counts what is said of a box
 * @param firstClass the field of class 0; those of the other classes follow
 * @param objectness the field that multiplies each class's score, where there is one
 * @param form how a box is written
 * @param boxes per box four numbers, where they stand in another tensor; else fields 0 to 3 are the
 *     box
 * @param inputHeight rows of the model's input
 * @param inputWidth columns of the model's input
 * @since 0.1.0
 */
public record Detections(
    Shape scores,
    int boxAxis,
    int fieldAxis,
    int firstClass,
    OptionalInt objectness,
    Form form,
    Optional<double[]> boxes,
    int inputHeight,
    int inputWidth) {
  /**
   * The four numbers of a box, in pixels of the input or, where none of all boxes exceeds {@link
   * #RELATIVE}, as parts of its width and height.
   */
  public enum Form {
    /** Column and row of the centre, width, height. */
    CXCYWH,
    /** Columns and rows of two corners. */
    XYXY,
    /** Rows and columns of two corners. */
    YXYX,
    /** Column and row of a corner, width, height. */
    XYWH
  }

  /**
   * Up to which magnitude coordinates count as parts of the input: boxes may reach out a little.
   */
  public static final double RELATIVE = 2;

  /** A box in pixels of the input, from its left upper corner to its right lower one. */
  public record Box(double left, double top, double right, double bottom) {
    /** The area of what two boxes share by that of what they cover; 0 where both are empty. */
    public double overlap(Box other) {
      double width = Math.min(right, other.right) - Math.max(left, other.left);
      double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
      double shared = Math.max(0, width) * Math.max(0, height);
      double covered = area() + other.area() - shared;
      return covered > 0 ? shared / covered : 0;
    }

    private double area() {
      return Math.max(0, right - left) * Math.max(0, bottom - top);
    }
  }

  /** At least one class; boxes in number. */
  public Detections {
    Objects.requireNonNull(form, "form");
    if (scores.dim(fieldAxis) <= firstClass) {
      throw new InvalidRequestException(
          "A detector says at least one class's score of a box; scores of shape "
              + scores
              + " leave none");
    }
    if (boxes.isPresent() && boxes.get().length != 4 * scores.dim(boxAxis)) {
      throw new InvalidRequestException(
          "Each of the "
              + scores.dim(boxAxis)
              + " boxes has 4 numbers, found "
              + boxes.get().length
              + " in all");
    }
  }

  /** The number of boxes. */
  public int count() {
    return scores.dim(boxAxis);
  }

  /** The number of classes. */
  public int classes() {
    return scores.dim(fieldAxis) - firstClass;
  }

  /** The index of a field of a box, row-major. */
  int element(int box, int field) {
    int[] strides = scores.strides();
    return box * strides[boxAxis] + field * strides[fieldAxis];
  }

  /** The index of a class's score of a box, row-major. */
  int classElement(int box, int classIndex) {
    return element(box, firstClass + classIndex);
  }

  /** A class's score of a box. */
  double score(double[] values, int box, int classIndex) {
    double score = values[classElement(box, classIndex)];
    return objectness.isPresent() ? values[element(box, objectness.getAsInt())] * score : score;
  }

  /** All boxes in pixels of the input. */
  Box[] boxes(double[] values) {
    double[] numbers = boxes.orElseGet(() -> fields(values));
    double largest = 0;
    for (double number : numbers) {
      largest = Math.max(largest, Math.abs(number));
    }
    boolean relative = largest <= RELATIVE;
    double x = relative ? inputWidth : 1;
    double y = relative ? inputHeight : 1;
    Box[] found = new Box[count()];
    for (int i = 0; i < found.length; i++) {
      double a = numbers[4 * i];
      double b = numbers[4 * i + 1];
      double c = numbers[4 * i + 2];
      double d = numbers[4 * i + 3];
      found[i] =
          switch (form) {
            case CXCYWH ->
                new Box(x * (a - c / 2), y * (b - d / 2), x * (a + c / 2), y * (b + d / 2));
            case XYXY -> new Box(x * a, y * b, x * c, y * d);
            case YXYX -> new Box(x * b, y * a, x * d, y * c);
            case XYWH -> new Box(x * a, y * b, x * (a + c), y * (b + d));
          };
    }
    return found;
  }

  private double[] fields(double[] values) {
    double[] numbers = new double[4 * count()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = values[element(i / 4, i % 4)];
    }
    return numbers;
  }
}
