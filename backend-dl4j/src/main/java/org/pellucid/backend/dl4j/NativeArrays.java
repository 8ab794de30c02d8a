package org.pellucid.backend.dl4j;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Arrays of ND4J: all of them row-major without gaps, in memory of their own outside the Java heap.
 */
final class NativeArrays {
  private NativeArrays() {}

  /** A new array, whose elements are what was left in memory. */
  static INDArray make(DataType type, long... dims) {
    return Nd4j.createUninitializedDetached(type, 'c', dims);
  }

  /** A shape's lengths. */
  static long[] dims(Shape shape) {
    long[] dims = new long[shape.rank()];
    for (int a = 0; a < dims.length; a++) {
      dims[a] = shape.dim(a);
    }
    return dims;
  }

  /** Copies a floating or bool tensor, which is not empty; floats become those of a type. */
  static INDArray upload(Tensor tensor, DataType precision) {
    INDArray array =
        make(
            tensor.elementType() == ElementType.BOOL ? DataType.BOOL : precision,
            dims(tensor.shape()));
    try {
      fill(array, tensor);
      return array;
    } catch (RuntimeException | Error e) {
      array.close();
      throw e;
    }
  }

  private static void fill(INDArray array, Tensor tensor) {
    switch (array.dataType()) {
      case FLOAT -> floats(array).put(tensor.cast(ElementType.FLOAT32).floats());
      case DOUBLE -> doubles(array).put(tensor.cast(ElementType.FLOAT64).doubles());
      default -> bytes(array).put(tensor.bools());
    }
  }

  /** Indices as an array of one axis. */
  static INDArray indices(long... numbers) {
    INDArray array = make(DataType.INT64, numbers.length);
    Pointer memory = array.data().pointer();
    new LongPointer(memory).position(0).put(numbers);
    return array;
  }

  /** Copies an array to Java memory. */
  static Tensor download(INDArray array, Shape shape) {
    int size = Math.toIntExact(shape.size());
    switch (array.dataType()) {
      case FLOAT -> {
        float[] elements = new float[size];
        floats(array).get(elements);
        return Tensor.of(shape, elements);
      }
      case DOUBLE -> {
        double[] elements = new double[size];
        doubles(array).get(elements);
        return Tensor.of(shape, elements);
      }
      default -> {
        byte[] elements = new byte[size];
        bytes(array).get(elements);
        return Tensor.of(shape, elements);
      }
    }
  }

  /** Copies the elements of one array into another of the same size and type. */
  static void copy(INDArray from, INDArray to) {
    long bytes = to.length() * to.dataType().width();
    Pointer.memcpy(to.data().addressPointer(), from.data().addressPointer(), bytes);
  }

  private static FloatBuffer floats(INDArray array) {
    return ((FloatPointer) array.data().pointer()).position(0).capacity(array.length()).asBuffer();
  }

  private static DoubleBuffer doubles(INDArray array) {
    return ((DoublePointer) array.data().pointer()).position(0).capacity(array.length()).asBuffer();
  }

  private static ByteBuffer bytes(INDArray array) {
    return new BytePointer(array.data().pointer()).position(0).capacity(array.length()).asBuffer();
  }
}
