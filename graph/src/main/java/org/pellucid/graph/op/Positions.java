package org.pellucid.graph.op;

import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Where the elements of an output come from in a row-major input, for operations in which each axis
 * goes its own way: slices, transposes, broadcasts, padding. The position of an element is then the
 * sum of one offset per axis.
 */
final class Positions {
  /** The offset, and the position, of what does not come from the input. */
  static final int OUTSIDE = -1;

  private Positions() {}

  /**
   * Positions of all elements of an output, in row-major order.
   *
   * @param offset for an axis of the output and an index along it, how far into the input that
   *     leads, or {@link #OUTSIDE}
   */
  static int[] of(Shape output, IntBinaryOperator offset) {
    int[] positions = {0};
    for (int a = 0; a < output.rank(); a++) {
      int axis = a;
      int[] offsets =
          IntStream.range(0, output.dim(a)).map(index -> offset.applyAsInt(axis, index)).toArray();
      int[] finer = new int[Math.multiplyExact(positions.length, offsets.length)];
      int next = 0;
      for (int position : positions) {
        for (int step : offsets) {
          finer[next++] = position == OUTSIDE || step == OUTSIDE ? OUTSIDE : position + step;
        }
      }
      positions = finer;
    }
    return positions;
  }

  /** Positions in a tensor that is broadcast to another shape. */
  static int[] broadcast(Shape from, Shape to) {
    int[] strides = from.strides();
    int missing = to.rank() - from.rank();
    return of(
        to,
        (axis, index) ->
            axis < missing || from.dim(axis - missing) == 1 ? 0 : index * strides[axis - missing]);
  }

  /** Positions of the first elements of all lines along an axis, in row-major order. */
  static int[] lines(Shape shape, int axis) {
    int[] strides = shape.strides();
    return of(shape.with(axis, 1), (a, index) -> index * strides[a]);
  }

  /**
   * The elements at positions of a tensor; floating ones as FLOAT64.
   *
   * @param outside the element that stands for {@link #OUTSIDE}
   */
  static Tensor read(Tensor x, int[] positions, Shape shape, double outside) {
    return switch (x.elementType()) {
      case FLOAT32, FLOAT64 -> {
        double[] from = x.toDoubleArray();
        double[] to = new double[positions.length];
        for (int i = 0; i < to.length; i++) {
          to[i] = positions[i] == OUTSIDE ? outside : from[positions[i]];
        }
        yield Tensor.of(shape, to);
      }
      case INT64 -> {
        long[] from = x.toLongArray();
        long[] to = new long[positions.length];
        for (int i = 0; i < to.length; i++) {
          to[i] = positions[i] == OUTSIDE ? (long) outside : from[positions[i]];
        }
        yield Tensor.of(shape, to);
      }
      case BOOL -> {
        byte[] from = Elements.truths(x);
        byte[] to = new byte[positions.length];
        for (int i = 0; i < to.length; i++) {
          to[i] = positions[i] == OUTSIDE ? (byte) (outside != 0 ? 1 : 0) : from[positions[i]];
        }
        yield Tensor.of(shape, to);
      }
    };
  }
}
