package org.pellucid.backend.dl4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * A tensor: an array of ND4J where it is floating or bool and has elements, otherwise in Java
 * memory.
 */
final class Nd4jValue implements Value {
  private final Shape shape;
  private final INDArray array;
  private final Tensor tensor;

  private Nd4jValue(Shape shape, INDArray array, Tensor tensor) {
    this.shape = shape;
    this.array = array;
    this.tensor = tensor;
  }

  /** Takes an array over. */
  static Nd4jValue of(INDArray array, Shape shape) {
    return new Nd4jValue(shape, array, null);
  }

  /** Takes a tensor over, its floats in a precision. */
  static Nd4jValue of(Tensor tensor, DataType precision) {
    if (isNative(tensor.elementType(), tensor.shape())) {
      return new Nd4jValue(tensor.shape(), NativeArrays.upload(tensor, precision), null);
    }
    ElementType floats = precision == DataType.DOUBLE ? ElementType.FLOAT64 : ElementType.FLOAT32;
    return new Nd4jValue(
        tensor.shape(), null, tensor.elementType().isFloating() ? tensor.cast(floats) : tensor);
  }

  /** Whether such a tensor is an array of ND4J. */
  static boolean isNative(ElementType type, Shape shape) {
    return type != ElementType.INT64 && shape.size() > 0;
  }

  /** The array, or null. */
  INDArray array() {
    return array;
  }

  @Override
  public Tensor toTensor() {
    return array == null ? tensor : NativeArrays.download(array, shape);
  }

  @Override
  public void close() {
    if (array != null && !array.wasClosed()) {
      array.close();
    }
  }
}
