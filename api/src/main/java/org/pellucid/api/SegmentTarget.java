package org.pellucid.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pellucid.graph.Tensor;

/**
 * A class of a segmentation within some cells M: the sum of its scores there, {@code sum_{ij in M}
 * y^c_ij}, as in Vinogradova, Dibrov and Myers, <i>Towards Interpretable Semantic Segmentation via
 * Gradient-weighted Class Activation Mapping</i> (2020), arXiv 2002.11434. M is given, or is where
 * the class is seen on the clean image.
 *
 * @param layout where the scores are
 * @param which what number counts
 * @param number the class, or its rank by the number of cells where it is seen
 * @param cells M; empty for where the class is seen
 */
record SegmentTarget(
    Segmentation layout, SegmentTarget.Which which, int number, Optional<boolean[]> cells)
    implements Target {
  /** How a class is named. */
  enum Which {
    /** By index. */
    CLASS,
    /** By the number of cells where it is seen, from 0, the most. */
    RANK
  }

  @Override
  public String describe() {
    String named = which == Which.CLASS ? "class " + number : "class of rank " + (number + 1);
    return named + (cells.isPresent() ? " within given cells" : " where it is seen");
  }

  @Override
  public Target resolve(Tensor scores) {
    if (number < 0 || number >= layout.classes()) {
      throw new InvalidRequestException(
          "Class "
              + number
              + " was asked for; the model has classes 0 to "
              + (layout.classes() - 1));
    }
    if (cells.isPresent() && cells.get().length != layout.cells()) {
      throw new InvalidRequestException(
          "A mask has a value for each of the "
              + layout.cells()
              + " cells of the scores, found "
              + cells.get().length);
    }
    double[] values = scores.toDoubleArray();
    int classIndex = which == Which.CLASS ? number : ranked(values);
    int[] elements =
        IntStream.range(0, layout.cells())
            .filter(
                cell ->
                    cells
                        .map(mask -> mask[cell])
                        .orElseGet(() -> layout.classAt(values, cell) == classIndex))
            .map(cell -> layout.element(classIndex, cell))
            .toArray();
    if (elements.length == 0) {
      throw new InvalidRequestException(nowhere(values, classIndex));
    }
    return new ElementsTarget(
        "class " + classIndex + " in " + elements.length + " cells",
        OptionalInt.of(classIndex),
        elements,
        1);
  }

  private int ranked(double[] values) {
    int[] areas = layout.areas(values);
    return IntStream.range(0, areas.length)
        .boxed()
        .sorted((a, b) -> Integer.compare(areas[b], areas[a]))
        .skip(number)
        .findFirst()
        .orElseThrow();
  }

  private String nowhere(double[] values, int classIndex) {
    if (cells.isPresent()) {
      return "The mask for class " + classIndex + " covers no cell of the scores";
    }
    int[] areas = layout.areas(values);
    List<String> seen = new ArrayList<>();
    for (int c = 0; c < areas.length && seen.size() < 8; c++) {
      if (areas[c] > 0) {
        seen.add("class " + c + " in " + areas[c] + " cells");
      }
    }
    return "The model sees class "
        + classIndex
        + " nowhere on this image"
        + (seen.isEmpty() ? "" : "; it sees " + String.join(", ", seen))
        + ". Name another class, or the cells to explain";
  }

  @Override
  public double value(double[] scores) {
    throw new IllegalStateException("A segment is resolved before it is evaluated");
  }

  @Override
  public double[] seed(double[] scores) {
    throw new IllegalStateException("A segment is resolved before it is evaluated");
  }
}
