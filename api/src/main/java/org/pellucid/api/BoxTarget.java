package org.pellucid.api;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pellucid.graph.Tensor;

/** The score of a detector's box for a class: that of the class, times the box's objectness. */
record BoxTarget(Detections layout, BoxChoice choice) implements Target {
  private static final double HALF = 0.5;

  @Override
  public String describe() {
    return choice.index().isPresent() ? "box " + choice.index().getAsInt() : "box";
  }

  @Override
  public Target resolve(Tensor scores) {
    double[] values = scores.toDoubleArray();
    if (choice.classIndex().isPresent() && choice.classIndex().getAsInt() >= layout.classes()) {
      throw new InvalidRequestException(
          "Class "
              + choice.classIndex().getAsInt()
              + " of a box was asked for; the detector has classes 0 to "
              + (layout.classes() - 1));
    }
    Detections.Box[] boxes = layout.boxes(values);
    int box = choose(values, boxes);
    int classIndex = choice.classIndex().orElseGet(() -> bestClass(values, box));
    String description =
        String.format(
            Locale.ROOT,
            "class %d of box %d (%.0f,%.0f,%.0f,%.0f)",
            classIndex,
            box,
            boxes[box].left(),
            boxes[box].top(),
            boxes[box].right() - boxes[box].left(),
            boxes[box].bottom() - boxes[box].top());
    int element = layout.classElement(box, classIndex);
    return layout.objectness().isPresent()
        ? new ProductTarget(
            description, classIndex, layout.element(box, layout.objectness().getAsInt()), element)
        : new ElementsTarget(description, OptionalInt.of(classIndex), new int[] {element}, 1);
  }

  private int choose(double[] values, Detections.Box[] boxes) {
    if (choice.index().isPresent()) {
      int index = choice.index().getAsInt();
      if (index < 0 || index >= boxes.length) {
        throw new InvalidRequestException(
            "Box " + index + " was asked for; the detector has boxes 0 to " + (boxes.length - 1));
      }
      return index;
    }
    if (choice.overlapping().isEmpty()) {
      return best(values, IntStream.range(0, boxes.length));
    }
    Detections.Box wanted = choice.overlapping().get();
    double most = 0;
    for (Detections.Box box : boxes) {
      most = Math.max(most, box.overlap(wanted));
    }
    if (most == 0) {
      int highest = best(values, IntStream.range(0, boxes.length));
      throw new InvalidRequestException(
          String.format(
              Locale.ROOT,
              "No box overlaps the rectangle that was asked for; the one with the highest score is"
                  + " box %d, from column %.0f, row %.0f to column %.0f, row %.0f of the input",
              highest,
              boxes[highest].left(),
              boxes[highest].top(),
              boxes[highest].right(),
              boxes[highest].bottom()));
    }
    double enough = Math.min(HALF, most);
    return best(
        values, IntStream.range(0, boxes.length).filter(i -> boxes[i].overlap(wanted) >= enough));
  }

  /** The box with the highest score, the first of equals. */
  private int best(double[] values, IntStream boxes) {
    return boxes.reduce((a, b) -> score(values, b) > score(values, a) ? b : a).orElseThrow();
  }

  private double score(double[] values, int box) {
    return layout.score(values, box, choice.classIndex().orElseGet(() -> bestClass(values, box)));
  }

  private int bestClass(double[] values, int box) {
    return IntStream.range(0, layout.classes())
        .reduce((a, b) -> layout.score(values, box, b) > layout.score(values, box, a) ? b : a)
        .orElseThrow();
  }

  @Override
  public double value(double[] scores) {
    throw new IllegalStateException("A box is resolved before it is evaluated");
  }

  @Override
  public double[] seed(double[] scores) {
    throw new IllegalStateException("A box is resolved before it is evaluated");
  }
}
