package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.pellucid.api.BackendException;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Tensors on their way into ONNX Runtime and out of it, with one copy each way at most. */
final class Tensors {
  private Tensors() {}

  /**
   * Takes a tensor over. A float32 tensor that lies outside of the Java heap already is not copied,
   * unless it is a mapped file: if that were made shorter, Java would notice while it copies, but
   * ONNX Runtime would end the process.
   *
   * @param tensor FLOAT32, INT64 or BOOL
   */
  static OrtValue enter(OrtEnvironment environment, Tensor tensor) throws OrtException {
    if (tensor.elementType() == ElementType.FLOAT32 && !tensor.isMapped()) {
      FloatBuffer elements = tensor.floats();
      if (elements.isDirect() && elements.order() == ByteOrder.nativeOrder()) {
        return new OrtValue(
            OnnxTensor.createTensor(environment, elements, dims(tensor.shape())), tensor);
      }
    }
    DirectBuffer memory =
        DirectBuffer.allocate((long) tensor.size() * tensor.elementType().bytes());
    try {
      return new OrtValue(fill(environment, tensor, memory.bytes()), memory);
    } catch (OrtException | RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  private static long[] dims(Shape shape) {
    return Arrays.stream(shape.dims()).asLongStream().toArray();
  }

  private static OnnxTensor fill(OrtEnvironment environment, Tensor tensor, ByteBuffer memory)
      throws OrtException {
    switch (tensor.elementType()) {
      case FLOAT32 -> memory.asFloatBuffer().put(tensor.floats());
      case INT64 -> memory.asLongBuffer().put(tensor.longs());
      case BOOL -> memory.put(tensor.bools()).rewind();
      default -> throw narrower(tensor.type());
    }
    return over(environment, tensor.type(), memory);
  }

  /**
   * A tensor over memory, which is not copied.
   *
   * @param type FLOAT32, INT64 or BOOL, and the shape
   */
  static OnnxTensor over(OrtEnvironment environment, TensorType type, ByteBuffer memory)
      throws OrtException {
    long[] dims = dims(type.shape());
    return switch (type.elementType()) {
      case FLOAT32 -> OnnxTensor.createTensor(environment, memory.asFloatBuffer(), dims);
      case INT64 -> OnnxTensor.createTensor(environment, memory.asLongBuffer(), dims);
      case BOOL -> OnnxTensor.createTensor(environment, memory, dims, OnnxJavaType.BOOL);
      default -> throw narrower(type);
    };
  }

  private static IllegalArgumentException narrower(TensorType type) {
    return new IllegalArgumentException(
        "The onnxruntime backend computes in float32, found " + type);
  }

  /** Copies a tensor to Java memory. */
  static Tensor leave(OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    Shape shape = Shape.of(Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray());
    return switch (info.type) {
      case FLOAT -> Tensor.of(shape, tensor.getFloatBuffer());
      case INT64 -> Tensor.of(shape, tensor.getLongBuffer().array());
      case BOOL -> {
        byte[] elements = new byte[Math.toIntExact(shape.size())];
        tensor.getByteBuffer().get(elements);
        yield Tensor.of(shape, elements);
      }
      default ->
          throw new BackendException(
              "ONNX Runtime gave a tensor of "
                  + info.type
                  + " where float32, int64 or bool was"
                  + " expected");
    };
  }
}
