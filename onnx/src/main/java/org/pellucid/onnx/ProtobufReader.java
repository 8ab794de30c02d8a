package org.pellucid.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.pellucid.graph.MalformedInputException;

/**
 * Reads the fields of protobuf messages from a file. What it keeps is bounded, whatever the file
 * says: lengths are checked against what is there before anything is allocated, long texts are
 * refused or left out, and the number of all parts is limited. Messages are only entered by those
 * who know them, so that no nesting in a file becomes a recursion.
 */
final class ProtobufReader {
  /** Strings, numbers and messages that a file may have outside of its tensors' elements. */
  private static final int MOST_PARTS = 4_000_000;

  private static final int LONGEST_TEXT = 1 << 16;

  private final ModelFile file;
  private final CodedInputStream in;
  private int parts;

  /** Reads a whole file, of less than 2 GiB. */
  ProtobufReader(ModelFile file) throws IOException {
    this.file = file;
    this.in = CodedInputStream.newInstance(file.stream(), 1 << 16);
    in.setSizeLimit(Integer.MAX_VALUE);
    in.pushLimit(Math.toIntExact(file.size()));
  }

  /** What is done with a field of a message. */
  interface FieldReader {
    /** Reads the field's value; false if it is not wanted and must be skipped. */
    boolean read(int field, int wireType) throws IOException;
  }

  /** Reads all fields up to the current limit. */
  void fields(FieldReader reader) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int wireType = WireFormat.getTagWireType(tag);
      if (wireType == WireFormat.WIRETYPE_START_GROUP
          || wireType == WireFormat.WIRETYPE_END_GROUP) {
        throw new MalformedInputException(
            "\"" + file.path() + "\" is not an ONNX file: it has a group, which ONNX does not use");
      }
      if (!reader.read(WireFormat.getTagFieldNumber(tag), wireType)) {
        in.skipField(tag);
      }
    }
  }

  /** Reads all fields of an embedded message. */
  void message(FieldReader reader) throws IOException {
    count(1);
    int limit = in.pushLimit(length());
    fields(reader);
    in.checkLastTagWas(0);
    in.popLimit(limit);
  }

  /** The length of what follows, known to lie inside the enclosing message. */
  private int length() throws IOException {
    int length = in.readRawVarint32();
    int room = in.getBytesUntilLimit();
    if (length < 0 || length > room) {
      throw new InvalidProtocolBufferException(
          "a part claims "
              + Integer.toUnsignedString(length)
              + " bytes where "
              + room
              + " are left");
    }
    return length;
  }

  void count(int more) {
    parts += more;
    if (parts > MOST_PARTS) {
      throw new MalformedInputException(
          "\"" + file.path() + "\" has more than " + MOST_PARTS + " parts, too many for a model");
    }
  }

  String text() throws IOException {
    int length = length();
    if (length > LONGEST_TEXT) {
      throw new MalformedInputException(
          "\""
              + file.path()
              + "\" has a name or text of "
              + length
              + " bytes, too long for a model");
    }
    count(1 + length / 64);
    return new String(in.readRawBytes(length), StandardCharsets.UTF_8);
  }

  static boolean isText(int wireType) {
    return wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  static boolean isNumber(int wireType) {
    return wireType == WireFormat.WIRETYPE_VARINT;
  }

  /** A text that may be long where no supported operator reads it; then it is left out. */
  String longText() throws IOException {
    int length = length();
    if (length > LONGEST_TEXT) {
      in.skipRawBytes(length);
      return "(" + length + " bytes)";
    }
    count(1 + length / 64);
    return new String(in.readRawBytes(length), StandardCharsets.UTF_8);
  }

  interface Element {
    void read() throws IOException;
  }

  /** A repeated number, packed or not; false if it is neither. */
  boolean repeated(int wire, int elementWire, Element element) throws IOException {
    if (wire == elementWire) {
      count(1);
      element.read();
      return true;
    }
    if (!isText(wire)) {
      return false;
    }
    int limit = in.pushLimit(length());
    while (in.getBytesUntilLimit() > 0) {
      count(1);
      element.read();
    }
    in.popLimit(limit);
    return true;
  }

  /** Notes where the next bytes are, and passes over them. */
  OnnxTensor.Range range() throws IOException {
    int length = length();
    OnnxTensor.Range range = new OnnxTensor.Range(in.getTotalBytesRead(), length);
    in.skipRawBytes(length);
    return range;
  }

  /** A StringStringEntryProto. */
  void entry(Map<String, String> entries) throws IOException {
    String[] pair = {"", ""};
    message(
        (field, wire) -> {
          if ((field == 1 || field == 2) && isText(wire)) {
            pair[field - 1] = longText();
            return true;
          }
          return false;
        });
    entries.put(pair[0], pair[1]);
  }

  /** A varint. */
  long number() throws IOException {
    return in.readRawVarint64();
  }

  /** A float. */
  float real() throws IOException {
    return in.readFloat();
  }

  /** Bytes of a number of fixed width. */
  byte[] fixed(int width) throws IOException {
    return in.readRawBytes(width);
  }

  /** How far the file was read, in bytes. */
  long position() {
    return in.getTotalBytesRead();
  }
}
