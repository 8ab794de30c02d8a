package org.pellucid.onnx;

import static org.pellucid.onnx.ProtobufReader.isNumber;
import static org.pellucid.onnx.ProtobufReader.isText;

import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.MalformedInputException;

/**
 * Reads TensorProto messages, but not the elements in them: only their place in the file is noted.
 */
final class TensorMessageReader {
  private static final int MOST_AXES = 32;
  private static final int MOST_SINGLE_BYTES = 1 << 26;

  private final ProtobufReader in;

  TensorMessageReader(ProtobufReader in) {
    this.in = in;
  }

  /** What a TensorProto has been seen to hold. */
  private static final class TensorParts {
    String name = "";
    int dataType;
    final List<Long> dims = new ArrayList<>();
    OnnxTensor.Range raw;
    int typedField;
    final List<OnnxTensor.Range> packed = new ArrayList<>();
    ByteArrayOutputStream single;
    boolean strings;
    boolean segmented;
    boolean external;
    final Map<String, String> entries = new LinkedHashMap<>();
  }

  OnnxTensor read() throws IOException {
    TensorParts parts = new TensorParts();
    in.message((field, wire) -> tensorField(parts, field, wire));
    if (parts.segmented) {
      throw new MalformedInputException(
          "Tensor \"" + parts.name + "\" is stored in segments, which ONNX never came to use");
    }
    return new OnnxTensor(parts.name, List.copyOf(parts.dims), parts.dataType, elements(parts));
  }

  private static OnnxTensor.Elements elements(TensorParts parts) {
    if (parts.external) {
      return new OnnxTensor.External(parts.entries);
    }
    if (parts.strings) {
      return new OnnxTensor.Strings();
    }
    if (parts.raw != null) {
      return new OnnxTensor.Raw(parts.raw);
    }
    if (parts.typedField != 0) {
      return new OnnxTensor.Typed(
          parts.typedField,
          List.copyOf(parts.packed),
          parts.single == null ? new byte[0] : parts.single.toByteArray());
    }
    return new OnnxTensor.None();
  }

  private boolean tensorField(TensorParts parts, int field, int wire) throws IOException {
    switch (field) {
      case 1 -> {
        if (!in.repeated(wire, WireFormat.WIRETYPE_VARINT, () -> parts.dims.add(in.number()))) {
          return false;
        }
        if (parts.dims.size() > MOST_AXES) {
          throw new MalformedInputException(
              "Tensor \"" + parts.name + "\" has more than " + MOST_AXES + " axes");
        }
      }
      case 2 -> {
        if (!isNumber(wire)) {
          return false;
        }
        parts.dataType = (int) in.number();
      }
      case 3 -> {
        parts.segmented = true;
        return false;
      }
      case 4, 5, 7, 10, 11 -> {
        return typed(parts, field, wire);
      }
      case 6 -> {
        parts.strings = true;
        return false;
      }
      case 8 -> {
        if (!isText(wire)) {
          return false;
        }
        parts.name = in.text();
      }
      case 9 -> {
        if (!isText(wire)) {
          return false;
        }
        parts.raw = in.range();
      }
      case 13 -> {
        if (!isText(wire)) {
          return false;
        }
        in.entry(parts.entries);
      }
      case 14 -> {
        if (!isNumber(wire)) {
          return false;
        }
        parts.external = (int) in.number() == 1;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean typed(TensorParts parts, int field, int wire) throws IOException {
    if (parts.typedField != 0 && parts.typedField != field) {
      throw new MalformedInputException(
          "Tensor \"" + parts.name + "\" has elements in two fields of different types");
    }
    int elementWire =
        switch (field) {
          case 4 -> WireFormat.WIRETYPE_FIXED32;
          case 10 -> WireFormat.WIRETYPE_FIXED64;
          default -> WireFormat.WIRETYPE_VARINT;
        };
    if (isText(wire)) {
      if (parts.single != null) {
        throw new MalformedInputException(
            "Tensor \"" + parts.name + "\" has its elements partly packed, partly one by one");
      }
      in.count(1);
      parts.packed.add(in.range());
    } else if (wire == elementWire) {
      if (!parts.packed.isEmpty()) {
        throw new MalformedInputException(
            "Tensor \"" + parts.name + "\" has its elements partly packed, partly one by one");
      }
      if (parts.single == null) {
        parts.single = new ByteArrayOutputStream();
      }
      single(parts, elementWire);
    } else {
      return false;
    }
    parts.typedField = field;
    return true;
  }

  private void single(TensorParts parts, int elementWire) throws IOException {
    if (elementWire == WireFormat.WIRETYPE_VARINT) {
      long rest = in.number();
      while ((rest & ~0x7fL) != 0) {
        parts.single.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      parts.single.write((int) rest);
    } else {
      parts.single.writeBytes(in.fixed(elementWire == WireFormat.WIRETYPE_FIXED32 ? 4 : 8));
    }
    if (parts.single.size() > MOST_SINGLE_BYTES) {
      throw new MalformedInputException(
          "Tensor \""
              + parts.name
              + "\" has too many elements stored one by one; pack them, or use raw data");
    }
  }
}
