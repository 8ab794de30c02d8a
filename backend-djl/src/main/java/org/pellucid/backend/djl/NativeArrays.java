package org.pellucid.backend.djl;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Copies tensors into native arrays and back, straight from one memory to the other. */
final class NativeArrays {
  /** Elements copied at once: a native buffer that Java sees has at most 2 GiB. */
  private static final long CHUNK = 1L << 27;

  private NativeArrays() {}

  /** The engine's type for an element type, floating ones being in the run's precision. */
  static DataType type(ElementType type, DataType precision) {
    return switch (type) {
      case FLOAT32, FLOAT64 -> precision;
      case INT64 -> DataType.INT64;
      case BOOL -> DataType.BOOLEAN;
    };
  }

  static ai.djl.ndarray.types.Shape shape(Shape shape) {
    return new ai.djl.ndarray.types.Shape(Arrays.stream(shape.dims()).asLongStream().toArray());
  }

  static Shape shape(ai.djl.ndarray.types.Shape shape) {
    return Shape.of(LongStream.of(shape.getShape()).mapToInt(Math::toIntExact).toArray());
  }

  /** A tensor as a native array of a manager and on its device. */
  static PtNDArray upload(PtNDManager manager, Tensor tensor, DataType type) {
    PtNDArray array =
        JniUtils.createEmptyNdArray(
            manager, shape(tensor.shape()), type, Device.cpu(), SparseFormat.DENSE);
    long size = tensor.size();
    if (size <= CHUNK) {
      if (size > 0) {
        fill(array.toByteBuffer(true), tensor, 0, type);
      }
    } else {
      try (PtNDArray flat = JniUtils.reshape(array, new long[] {-1})) {
        for (long from = 0; from < size; from += CHUNK) {
          try (PtNDArray part = JniUtils.slice(flat, 0, from, Math.min(from + CHUNK, size), 1)) {
            fill(part.toByteBuffer(true), tensor, (int) from, type);
          }
        }
      }
    }
    if (manager.getDevice().equals(array.getDevice())) {
      return array;
    }
    try (array) {
      return array.toDevice(manager.getDevice(), false);
    }
  }

  private static void fill(ByteBuffer target, Tensor tensor, int from, DataType type) {
    target.order(ByteOrder.nativeOrder());
    switch (type) {
      case FLOAT32 -> {
        FloatBuffer floats = target.asFloatBuffer();
        int count = floats.remaining();
        if (tensor.elementType() == ElementType.FLOAT32) {
          floats.put(tensor.floats().slice(from, count));
        } else {
          for (int i = 0; i < count; i++) {
            floats.put(i, (float) tensor.get(from + i));
          }
        }
      }
      case FLOAT64 -> {
        DoubleBuffer doubles = target.asDoubleBuffer();
        int count = doubles.remaining();
        if (tensor.elementType() == ElementType.FLOAT64) {
          doubles.put(tensor.doubles().slice(from, count));
        } else {
          for (int i = 0; i < count; i++) {
            doubles.put(i, tensor.get(from + i));
          }
        }
      }
      case INT64 -> {
        int count = target.remaining() / Long.BYTES;
        target.asLongBuffer().put(tensor.longs().slice(from, count));
      }
      case BOOLEAN -> target.put(tensor.bools().slice(from, target.remaining()));
      default -> throw new IllegalArgumentException("No tensor is uploaded as " + type);
    }
  }

  /** A native array as a tensor. */
  static Tensor download(PtNDArray array) {
    Shape shape = shape(array.getShape());
    int size = Math.toIntExact(shape.size());
    // A copy in row-major order is made where the array is a view, and must go again.
    try (PtNDManager manager = (PtNDManager) array.getManager().newSubManager()) {
      PtNDArray view = adopt(JniUtils.detachGradient(array), manager);
      return switch (array.getDataType()) {
        case FLOAT32 -> {
          float[] elements = new float[size];
          for (int from = 0; from < size; from += (int) CHUNK) {
            int count = (int) Math.min(CHUNK, size - from);
            bytes(view, from, count, size).asFloatBuffer().get(elements, from, count);
          }
          yield Tensor.of(shape, elements);
        }
        case FLOAT64 -> {
          double[] elements = new double[size];
          for (int from = 0; from < size; from += (int) CHUNK) {
            int count = (int) Math.min(CHUNK, size - from);
            bytes(view, from, count, size).asDoubleBuffer().get(elements, from, count);
          }
          yield Tensor.of(shape, elements);
        }
        case INT64 -> {
          long[] elements = new long[size];
          if (size > 0) {
            bytes(view, 0, size, size).asLongBuffer().get(elements);
          }
          yield Tensor.of(shape, elements);
        }
        case BOOLEAN -> {
          byte[] elements = new byte[size];
          if (size > 0) {
            bytes(view, 0, size, size).get(elements);
          }
          yield Tensor.of(shape, elements);
        }
        default ->
            throw new IllegalStateException("The engine made an array of " + array.getDataType());
      };
    }
  }

  private static ByteBuffer bytes(PtNDArray view, int from, int count, int size) {
    PtNDArray part = view;
    if (count < size) {
      part = JniUtils.slice(JniUtils.reshape(view, new long[] {-1}), 0, from, from + count, 1);
    }
    return part.toByteBuffer(true).order(ByteOrder.nativeOrder());
  }

  /** Gives an array to a manager: results belong to the manager of their first operand at first. */
  static PtNDArray adopt(PtNDArray array, PtNDManager manager) {
    if (array.getManager() != manager) {
      array.attach(manager);
    }
    return array;
  }
}
