package org.pellucid.graph;

import java.util.Arrays;

/**
 * The lengths of a tensor's axes, outermost first. Immutable. A scalar has rank 0 and size 1; an
 * axis may have length 0.
 */
public final class Shape {
  private final int[] dims;

  private Shape(int[] dims) {
    this.dims = dims;
  }

  /**
   * A shape from its axis lengths.
   *
   * @throws IllegalArgumentException if a length is negative
   */
  public static Shape of(int... dims) {
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException(
            "A shape has lengths of at least 0, found " + Arrays.toString(dims));
      }
    }
    return new Shape(dims.clone());
  }

  /** The number of axes. */
  public int rank() {
    return dims.length;
  }

  /** The length of an axis; negative axes count from the end (-1 is the last). */
  public int dim(int axis) {
    return dims[axis < 0 ? axis + dims.length : axis];
  }

  /** The axis lengths, as a copy. */
  public int[] dims() {
    return dims.clone();
  }

  /** The number of elements. */
  public long size() {
    return sizeOf(0, dims.length);
  }

  /** The product of the lengths of the axes {@code from} (inclusive) to {@code to} (exclusive). */
  public long sizeOf(int from, int to) {
    long size = 1;
    for (int i = from; i < to; i++) {
      size = Math.multiplyExact(size, (long) dims[i]);
    }
    return size;
  }

  /** This shape with one axis of another length. */
  public Shape with(int axis, int length) {
    int[] changed = dims.clone();
    changed[axis < 0 ? axis + dims.length : axis] = length;
    return of(changed);
  }

  /** Row-major strides in elements: {@code strides[i]} is the step of axis {@code i}. */
  public int[] strides() {
    int[] strides = new int[dims.length];
    int step = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= dims[i];
    }
    return strides;
  }

  /** An axis of a tensor of this rank as a number from 0; negative axes count from the end. */
  public int axis(int axis) {
    if (axis < -rank() || axis >= rank()) {
      throw new IllegalArgumentException(
          "Axis " + axis + " asked of shape " + this + ", which has axes 0 to " + (rank() - 1));
    }
    return axis < 0 ? axis + rank() : axis;
  }

  /**
   * The shape that both shapes broadcast to, by the multidirectional rule of NumPy and ONNX.
   *
   * @throws IllegalArgumentException if they do not broadcast
   */
  public static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] dims = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.rank() ? a.dim(-i) : 1;
      int y = i <= b.rank() ? b.dim(-i) : 1;
      if (x != y && x != 1 && y != 1) {
        throw new IllegalArgumentException("Shapes " + a + " and " + b + " do not broadcast");
      }
      dims[rank - i] = x == 1 ? y : x;
    }
    return new Shape(dims);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** As {@code [1, 3, 224, 224]}. */
  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
