package org.pellucid.onnx;

/** A protobuf message that is being written, field by field, also by tests of other modules. */
public final class OnnxMessage {
  private final ProtobufMessage message;

  /** An empty message. */
  public OnnxMessage() {
    this(new ProtobufMessage());
  }

  OnnxMessage(ProtobufMessage message) {
    this.message = message;
  }

  /** A whole number. */
  public OnnxMessage number(int field, long value) {
    message.number(field, value);
    return this;
  }

  /** A float. */
  public OnnxMessage real(int field, float value) {
    message.real(field, value);
    return this;
  }

  /** A double. */
  public OnnxMessage wideReal(int field, double value) {
    message.wideReal(field, value);
    return this;
  }

  /** A string. */
  public OnnxMessage text(int field, String value) {
    message.text(field, value);
    return this;
  }

  /** Bytes. */
  public OnnxMessage blob(int field, byte[] value) {
    message.blob(field, value);
    return this;
  }

  /** A message within this one. */
  public OnnxMessage message(int field, OnnxMessage value) {
    message.message(field, value.message);
    return this;
  }

  /** Whole numbers, packed. */
  public OnnxMessage packed(int field, long... values) {
    message.packed(field, values);
    return this;
  }

  /** Floats, packed. */
  public OnnxMessage packed(int field, float... values) {
    message.packed(field, values);
    return this;
  }

  /** Bytes as they are, for what no valid message has. */
  public OnnxMessage raw(byte... anything) {
    message.raw(anything);
    return this;
  }

  /** The message so far. */
  public byte[] toByteArray() {
    return message.toByteArray();
  }
}
