package org.pellucid.onnx;

import org.pellucid.graph.Tensor;

/** Writes TensorProto messages: elements as raw data, or where else they are. */
final class TensorMessage {
  private static final int EXTERNAL = 1;

  private TensorMessage() {}

  /** A tensor with its elements. */
  static ProtobufMessage inline(String name, Tensor value) {
    return header(name, value).elements(9, value);
  }

  /** A tensor whose elements are in another file, of which only the name is said. */
  static ProtobufMessage external(String name, Tensor value, String location) {
    return entry(header(name, value), "location", location).number(14, EXTERNAL);
  }

  /** A tensor whose elements are in a part of another file. */
  static ProtobufMessage external(String name, Tensor value, String location, long offset) {
    ProtobufMessage message = header(name, value);
    entry(message, "location", location);
    entry(message, "offset", Long.toString(offset));
    entry(message, "length", Long.toString(ProtobufMessage.bytes(value)));
    return message.number(14, EXTERNAL);
  }

  private static ProtobufMessage header(String name, Tensor value) {
    ProtobufMessage message = new ProtobufMessage();
    for (int dim : value.shape().dims()) {
      message.number(1, dim);
    }
    return message.number(2, OnnxDataType.of(value.elementType()).code()).text(8, name);
  }

  private static ProtobufMessage entry(ProtobufMessage message, String key, String value) {
    return message.message(13, new ProtobufMessage().text(1, key).text(2, value));
  }
}
