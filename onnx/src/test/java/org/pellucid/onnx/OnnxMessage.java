package org.pellucid.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A protobuf message that is being written, field by field. */
public final class OnnxMessage {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

  private interface Write {
    void run() throws IOException;
  }

  private OnnxMessage write(Write write) {
    try {
      write.run();
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** A whole number. */
  public OnnxMessage number(int field, long value) {
    return write(() -> out.writeInt64(field, value));
  }

  /** A float. */
  public OnnxMessage real(int field, float value) {
    return write(() -> out.writeFloat(field, value));
  }

  /** A double. */
  public OnnxMessage wideReal(int field, double value) {
    return write(() -> out.writeDouble(field, value));
  }

  /** A string. */
  public OnnxMessage text(int field, String value) {
    return blob(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes. */
  public OnnxMessage blob(int field, byte[] value) {
    return write(() -> out.writeBytes(field, ByteString.copyFrom(value)));
  }

  /** A message within this one. */
  public OnnxMessage message(int field, OnnxMessage value) {
    return blob(field, value.toByteArray());
  }

  /** Whole numbers, packed. */
  public OnnxMessage packed(int field, long... values) {
    OnnxMessage list = new OnnxMessage();
    for (long value : values) {
      list.write(() -> list.out.writeInt64NoTag(value));
    }
    return blob(field, list.toByteArray());
  }

  /** Floats, packed. */
  public OnnxMessage packed(int field, float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return blob(field, buffer.array());
  }

  /** Bytes as they are, for what no valid message has. */
  public OnnxMessage raw(byte... anything) {
    return write(() -> out.writeRawBytes(anything));
  }

  /** The message so far. */
  public byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
