package org.pellucid.graph.op;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** What all operations that reduce axes share. */
final class Reduction {
  private Reduction() {}

  /** A shape whose reduced axes stay with length 1 or are dropped. */
  static Shape shape(Shape x, List<Integer> axes, boolean keepDims) {
    return Shape.of(
        IntStream.range(0, x.rank())
            .filter(axis -> keepDims || !axes.contains(axis))
            .map(axis -> axes.contains(axis) ? 1 : x.dim(axis))
            .toArray());
  }

  /** Reduces floating elements. */
  static Tensor floating(Reduce operation, Tensor x) {
    Shape output = shape(x.shape(), operation.axes(), operation.keepDims());
    int[] results = results(x.shape(), operation.axes());
    double[] elements = x.toDoubleArray();
    double[] reduced = new double[(int) output.size()];
    Arrays.fill(reduced, operation.neutral());
    for (int i = 0; i < elements.length; i++) {
      reduced[results[i]] = operation.combine(reduced[results[i]], elements[i]);
    }
    return Tensor.of(output, reduced);
  }

  /** Reduces int64 elements. */
  static Tensor integers(Reduce operation, Tensor x) {
    Shape output = shape(x.shape(), operation.axes(), operation.keepDims());
    int[] results = results(x.shape(), operation.axes());
    long[] elements = x.toLongArray();
    long[] reduced = new long[(int) output.size()];
    // Casting saturates: infinities become the ends of the range.
    Arrays.fill(reduced, (long) operation.neutral());
    for (int i = 0; i < elements.length; i++) {
      reduced[results[i]] = operation.combine(reduced[results[i]], elements[i]);
    }
    return Tensor.of(output, reduced);
  }

  /** For each element of x, the position of the result that it goes into. */
  static int[] results(Shape x, List<Integer> axes) {
    return Positions.broadcast(shape(x, axes, true), x);
  }

  /** Samples stay apart unless their axis is reduced. */
  static Samples samples(int axis, List<Integer> axes, boolean keepDims) {
    if (axes.contains(axis)) {
      return Samples.mix("it reduces axis " + axis + ", which holds the samples");
    }
    return Samples.along(
        keepDims ? axis : axis - (int) axes.stream().filter(reduced -> reduced < axis).count());
  }
}
