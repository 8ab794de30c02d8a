package org.pellucid.onnx;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.Tensor;

/**
 * A protobuf message that is being written, field by field. The elements of tensors are referred
 * to, not copied, until the message is sent somewhere; so a message may be larger than any array.
 */
final class ProtobufMessage {
  /** Takes the bytes of a message or tensor, piece by piece. */
  interface Sink {
    void accept(ByteBuffer piece) throws IOException;
  }

  /** A run of bytes, or the elements of a tensor; one of the two is null. */
  private record Part(byte[] bytes, Tensor tensor) {}

  private interface Write {
    void run() throws IOException;
  }

  /** A multiple of every element's size. */
  private static final int PIECE = 1 << 20;

  /** Fields are flushed one by one: the stream's buffer need not be large. */
  private static final int BUFFER = 64;

  private final List<Part> parts = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes, BUFFER);

  /** The bytes of all {@link #parts}. */
  private long size;

  private ProtobufMessage write(Write write) {
    try {
      write.run();
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** A whole number. */
  ProtobufMessage number(int field, long value) {
    return write(() -> out.writeInt64(field, value));
  }

  /** A float. */
  ProtobufMessage real(int field, float value) {
    return write(() -> out.writeFloat(field, value));
  }

  /** A double. */
  ProtobufMessage wideReal(int field, double value) {
    return write(() -> out.writeDouble(field, value));
  }

  /** A string. */
  ProtobufMessage text(int field, String value) {
    return blob(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes. */
  ProtobufMessage blob(int field, byte[] value) {
    return write(() -> out.writeByteArray(field, value));
  }

  /** Whole numbers, packed. */
  ProtobufMessage packed(int field, long... values) {
    ProtobufMessage list = new ProtobufMessage();
    for (long value : values) {
      list.write(() -> list.out.writeInt64NoTag(value));
    }
    return message(field, list);
  }

  /** Floats, packed. */
  ProtobufMessage packed(int field, float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return blob(field, buffer.array());
  }

  /** Bytes as they are, without a field around them. */
  ProtobufMessage raw(byte... anything) {
    return write(() -> out.writeRawBytes(anything));
  }

  /** A message within this one, as it is now; what is added to it later is not in this one. */
  ProtobufMessage message(int field, ProtobufMessage value) {
    begin(field, value.size());
    value.parts.forEach(this::add);
    return write(() -> out.writeRawBytes(value.bytes.toByteArray()));
  }

  /** The elements of a tensor, little-endian as ONNX stores them; its buffer is not copied. */
  ProtobufMessage elements(int field, Tensor value) {
    begin(field, bytes(value));
    add(new Part(null, value));
    return this;
  }

  private void begin(int field, long length) {
    write(
        () -> {
          out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeUInt64NoTag(length);
        });
  }

  private void add(Part part) {
    if (bytes.size() > 0) {
      parts.add(new Part(bytes.toByteArray(), null));
      size += bytes.size();
      bytes.reset();
    }
    parts.add(part);
    size += part.tensor() == null ? part.bytes().length : bytes(part.tensor());
  }

  /** How many bytes the message has so far. */
  long size() {
    return size + bytes.size();
  }

  /** How many bytes a tensor's elements are. */
  static long bytes(Tensor tensor) {
    return tensor.shape().size() * tensor.elementType().bytes();
  }

  /** Sends the message so far. */
  void writeTo(Sink sink) throws IOException {
    for (Part part : parts) {
      if (part.tensor() == null) {
        sink.accept(ByteBuffer.wrap(part.bytes()));
      } else {
        writeElements(part.tensor(), sink);
      }
    }
    sink.accept(ByteBuffer.wrap(bytes.toByteArray()));
  }

  /** Sends a tensor's elements, little-endian. */
  static void writeElements(Tensor tensor, Sink sink) throws IOException {
    int width = tensor.elementType().bytes();
    int step = PIECE / width;
    ByteBuffer piece =
        ByteBuffer.allocate((int) Math.min(PIECE, bytes(tensor))).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < tensor.size(); ) {
      int count = Math.min(step, tensor.size() - from);
      piece.clear();
      switch (tensor.elementType()) {
        case FLOAT32 -> piece.asFloatBuffer().put(tensor.floats().slice(from, count));
        case FLOAT64 -> piece.asDoubleBuffer().put(tensor.doubles().slice(from, count));
        case INT64 -> piece.asLongBuffer().put(tensor.longs().slice(from, count));
        case BOOL -> piece.duplicate().put(tensor.bools().slice(from, count));
      }
      sink.accept(piece.limit(count * width));
      from += count;
    }
  }

  /**
   * The message so far in one array.
   *
   * @throws IllegalStateException if it has 2^31 bytes or more
   */
  byte[] toByteArray() {
    if (size() > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException("A message of " + size() + " bytes does not fit into memory");
    }
    ByteBuffer whole = ByteBuffer.allocate((int) size());
    try {
      writeTo(whole::put);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return whole.array();
  }
}
