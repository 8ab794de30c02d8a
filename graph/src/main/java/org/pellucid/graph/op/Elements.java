package org.pellucid.graph.op;

import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * The elements of tensors as arrays to compute with: double for floating types, long for int64,
 * byte for bool.
 */
final class Elements {
  private Elements() {}

  /** A tensor in the type that evaluation answers: FLOAT64 if it is floating. */
  static Tensor widen(Tensor x) {
    return x.elementType().isFloating() ? x.cast(ElementType.FLOAT64) : x;
  }

  /** The elements of a bool tensor as a new array. */
  static byte[] truths(Tensor x) {
    byte[] truths = new byte[x.size()];
    x.bools().get(truths);
    return truths;
  }

  /** The elements as a new array, to copy from whatever their type. */
  static Object array(Tensor x) {
    return switch (x.elementType()) {
      case FLOAT32, FLOAT64 -> x.toDoubleArray();
      case INT64 -> x.toLongArray();
      case BOOL -> truths(x);
    };
  }

  /** An array for elements of a type. */
  static Object newArray(ElementType type, int length) {
    return switch (type) {
      case FLOAT32, FLOAT64 -> new double[length];
      case INT64 -> new long[length];
      case BOOL -> new byte[length];
    };
  }

  /** The tensor over an array that {@link #array} or {@link #newArray} made. */
  static Tensor tensor(Shape shape, Object array) {
    if (array instanceof double[] floating) {
      return Tensor.of(shape, floating);
    }
    return array instanceof long[] integers
        ? Tensor.of(shape, integers)
        : Tensor.of(shape, (byte[]) array);
  }
}
