package org.pellucid.backend.cuda;

import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * How tensors lie on the card: floats and truth values, which are 0 and 1, as float or double by
 * the model's precision. Integers stay in Java memory, and so does what has no elements.
 *
 * @param wide whether they are double
 */
record Numbers(boolean wide) {
  /** Whether such a tensor lies on the card. */
  static boolean onCard(ElementType type, Shape shape) {
    return type != ElementType.INT64 && shape.size() > 0;
  }

  /** The bytes of an element. */
  int width() {
    return wide ? Double.BYTES : Float.BYTES;
  }

  /** The type of floats in Java memory. */
  ElementType floats() {
    return wide ? ElementType.FLOAT64 : ElementType.FLOAT32;
  }

  /** An attribute of a kernel, of type {@code real}. */
  Object real(double value) {
    return wide ? (Object) value : (Object) (float) value;
  }

  /** Copies a tensor to the card. */
  void upload(Tensor tensor, DeviceBuffer buffer) {
    if (wide) {
      buffer.write(tensor.cast(ElementType.FLOAT64).doubles());
    } else {
      buffer.write(tensor.cast(ElementType.FLOAT32).floats());
    }
  }

  /** Copies a tensor from the card. */
  Tensor download(DeviceBuffer buffer, ElementType type, Shape shape) {
    int size = Math.toIntExact(shape.size());
    Tensor numbers;
    if (wide) {
      double[] elements = new double[size];
      buffer.read(elements);
      numbers = Tensor.of(shape, elements);
    } else {
      float[] elements = new float[size];
      buffer.read(elements);
      numbers = Tensor.of(shape, elements);
    }
    return type == ElementType.BOOL ? numbers.cast(ElementType.BOOL) : numbers;
  }
}
