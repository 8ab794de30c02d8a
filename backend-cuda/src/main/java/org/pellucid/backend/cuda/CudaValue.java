package org.pellucid.backend.cuda;

import org.pellucid.api.engine.Value;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** A tensor on the card; in Java memory where it is of integers or has no elements. */
final class CudaValue implements Value {
  private final CudaEngine engine;
  private final TensorType type;
  private final DeviceBuffer buffer;
  private final Tensor tensor;
  private boolean closed;

  private CudaValue(CudaEngine engine, TensorType type, DeviceBuffer buffer, Tensor tensor) {
    this.engine = engine;
    this.type = type;
    this.buffer = buffer;
    this.tensor = tensor;
  }

  /** A tensor on the card, whose memory goes back to the engine. */
  static CudaValue of(CudaEngine engine, TensorType type, DeviceBuffer buffer) {
    return new CudaValue(engine, type, buffer, null);
  }

  /** A tensor in Java memory. */
  static CudaValue of(CudaEngine engine, Tensor tensor) {
    Tensor kept =
        tensor.elementType().isFloating() ? tensor.cast(engine.numbers().floats()) : tensor;
    return new CudaValue(engine, kept.type(), null, kept);
  }

  /** Its memory on the card, or null. */
  DeviceBuffer buffer() {
    return buffer;
  }

  /** The tensor in Java memory, or null. */
  Tensor tensor() {
    return tensor;
  }

  /** The same in memory of its own, to be closed by the caller. */
  CudaValue copy() {
    if (buffer == null) {
      return of(engine, tensor);
    }
    try (CudaContext.Use use = engine.context().use()) {
      DeviceBuffer other = engine.allocate(type.shape());
      try {
        other.copyFrom(buffer);
        return of(engine, type, other);
      } catch (RuntimeException | Error e) {
        engine.release(other);
        throw e;
      }
    }
  }

  @Override
  public Tensor toTensor() {
    if (tensor != null) {
      return tensor;
    }
    ElementType elements = type.elementType();
    return engine.download(buffer, elements, type.shape());
  }

  @Override
  public void close() {
    if (buffer != null && !closed) {
      closed = true;
      engine.release(buffer);
    }
  }
}
