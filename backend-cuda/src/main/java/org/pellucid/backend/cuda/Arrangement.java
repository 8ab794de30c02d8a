package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;

/**
 * Where the elements of a result come from: along each of its axes, for each index, how far into
 * the source it leads, or {@link #OUTSIDE}.
 */
final class Arrangement {
  /** Nothing of the source. */
  static final int OUTSIDE = -1;

  /** A source's index for an index of the result, or {@link #OUTSIDE}. */
  @FunctionalInterface
  interface Source {
    /** The index along an axis. */
    int of(int axis, int index);
  }

  private final List<int[]> tables = new ArrayList<>();

  /** An arrangement without axes: one element. */
  Arrangement() {}

  /**
   * An arrangement of a source.
   *
   * @param shape of the result
   * @param steps from one index of the source to the next, for each axis of the result
   */
  static Arrangement of(Shape shape, int[] steps, Source source) {
    Arrangement arrangement = new Arrangement();
    for (int axis = 0; axis < shape.rank(); axis++) {
      int a = axis;
      arrangement.axis(
          IntStream.range(0, shape.dim(axis))
              .map(
                  i -> {
                    int index = source.of(a, i);
                    return index == OUTSIDE ? OUTSIDE : index * steps[a];
                  })
              .toArray());
    }
    return arrangement;
  }

  /** With a further axis. */
  Arrangement axis(int... table) {
    tables.add(table);
    return this;
  }

  /** All tables, one after another. */
  int[] entries() {
    return tables.stream().flatMapToInt(Arrays::stream).toArray();
  }

  /** {@code Arrangement} of arrange.cu. */
  Structure structure(Structure structure) {
    int size = tables.stream().mapToInt(table -> table.length).reduce(1, Math::multiplyExact);
    structure.ints(size, tables.size());
    int[] lengths = new int[Chain.MOST_AXES];
    int[] starts = new int[Chain.MOST_AXES];
    int start = 0;
    for (int axis = 0; axis < tables.size(); axis++) {
      lengths[axis] = tables.get(axis).length;
      starts[axis] = start;
      start += lengths[axis];
    }
    return structure.ints(lengths).ints(starts);
  }
}
