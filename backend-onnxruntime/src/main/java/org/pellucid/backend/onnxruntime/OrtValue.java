package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.Tensor;

/** A tensor of ONNX Runtime with the memory that it stands on, where that is ours. */
final class OrtValue implements Value {
  private final OnnxTensor tensor;
  private final Object memory;

  /** A tensor in ONNX Runtime's own memory. */
  OrtValue(OnnxTensor tensor) {
    this(tensor, (Object) null);
  }

  /** A tensor over memory that is freed with it. */
  OrtValue(OnnxTensor tensor, DirectBuffer memory) {
    this(tensor, (Object) memory);
  }

  /** A tensor over the memory of another, which must not be collected before. */
  OrtValue(OnnxTensor tensor, Tensor memory) {
    this(tensor, (Object) memory);
  }

  private OrtValue(OnnxTensor tensor, Object memory) {
    this.tensor = tensor;
    this.memory = memory;
  }

  OnnxTensor tensor() {
    return tensor;
  }

  @Override
  public Tensor toTensor() {
    return Tensors.leave(tensor);
  }

  @Override
  public void close() {
    tensor.close();
    if (memory instanceof DirectBuffer buffer) {
      buffer.close();
    }
  }
}
