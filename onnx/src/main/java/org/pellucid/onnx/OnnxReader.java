package org.pellucid.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.MalformedInputException;

/**
 * Takes an ONNX file's messages apart. Only the fields that matter are kept, unknown ones are
 * skipped, and elements of tensors are left where they are: only their place in the file is noted.
 * What a file makes the reader keep is bounded, whatever the file says.
 */
final class OnnxReader {
  /** Strings, numbers and messages that a file may have outside of its tensors' elements. */
  private static final int MOST_PARTS = 4_000_000;

  private static final int LONGEST_TEXT = 1 << 16;
  private static final int MOST_AXES = 32;
  private static final int MOST_SINGLE_BYTES = 1 << 26;

  private final ModelFile file;
  private final CodedInputStream in;
  private int parts;

  private OnnxReader(ModelFile file) {
    this.file = file;
    this.in = CodedInputStream.newInstance(file.stream(), 1 << 16);
    in.setSizeLimit(Integer.MAX_VALUE);
  }

  /**
   * Reads a model.
   *
   * @throws MalformedInputException if the file is not a protobuf message or holds no graph
   */
  static OnnxModel read(ModelFile file) throws IOException {
    if (file.size() > Integer.MAX_VALUE) {
      throw new MalformedInputException(
          "\""
              + file.path()
              + "\" has "
              + file.size()
              + " bytes; an ONNX file has less than 2 GiB, with larger weights in external files");
    }
    OnnxReader reader = new OnnxReader(file);
    try {
      reader.in.pushLimit((int) file.size());
      OnnxModel model = reader.model();
      if (model.graph() == null) {
        throw new MalformedInputException("\"" + file.path() + "\" holds no ONNX graph");
      }
      return model;
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedInputException(
          "\""
              + file.path()
              + "\" is not a readable ONNX file: "
              + e.getMessage()
              + " (near byte "
              + reader.in.getTotalBytesRead()
              + " of "
              + file.size()
              + ")",
          e);
    }
  }

  /** What is done with a field of a message. */
  private interface FieldReader {
    /** Reads the field's value; false if it is not wanted and must be skipped. */
    boolean read(int field, int wireType) throws IOException;
  }

  /** Reads all fields up to the current limit. */
  private void fields(FieldReader reader) throws IOException {
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
  private void message(FieldReader reader) throws IOException {
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

  private void count(int more) {
    parts += more;
    if (parts > MOST_PARTS) {
      throw new MalformedInputException(
          "\"" + file.path() + "\" has more than " + MOST_PARTS + " parts, too many for a model");
    }
  }

  private String text() throws IOException {
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

  private static boolean isText(int wireType) {
    return wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private static boolean isNumber(int wireType) {
    return wireType == WireFormat.WIRETYPE_VARINT;
  }

  private OnnxModel model() throws IOException {
    long[] irVersion = new long[1];
    String[] producer = {"", ""};
    Map<String, Long> opsets = new LinkedHashMap<>();
    Map<String, String> properties = new LinkedHashMap<>();
    List<String> functions = new ArrayList<>();
    OnnxGraph[] graph = new OnnxGraph[1];
    fields(
        (field, wire) -> {
          if (field == 1 && isNumber(wire)) {
            irVersion[0] = in.readInt64();
          } else if ((field == 2 || field == 3) && isText(wire)) {
            producer[field - 2] = text();
          } else if (field == 7 && isText(wire)) {
            if (graph[0] != null) {
              throw new MalformedInputException("\"" + file.path() + "\" has two graphs");
            }
            graph[0] = graph();
          } else if (field == 8 && isText(wire)) {
            opset(opsets);
          } else if (field == 14 && isText(wire)) {
            entry(properties);
          } else if (field == 25 && isText(wire)) {
            functions.add(function());
          } else {
            return false;
          }
          return true;
        });
    return new OnnxModel(
        irVersion[0],
        (producer[0] + " " + producer[1]).trim(),
        opsets,
        properties,
        functions,
        graph[0]);
  }

  private void opset(Map<String, Long> opsets) throws IOException {
    String[] domain = {""};
    long[] version = new long[1];
    message(
        (field, wire) -> {
          if (field == 1 && isText(wire)) {
            domain[0] = text();
          } else if (field == 2 && isNumber(wire)) {
            version[0] = in.readInt64();
          } else {
            return false;
          }
          return true;
        });
    opsets.put(domain[0].equals("ai.onnx") ? "" : domain[0], version[0]);
  }

  /** A StringStringEntryProto. Values that are too long to be of use are left out. */
  private void entry(Map<String, String> entries) throws IOException {
    String[] pair = {"", ""};
    message(
        (field, wire) -> {
          if ((field == 1 || field == 2) && isText(wire)) {
            int length = length();
            if (length > LONGEST_TEXT) {
              in.skipRawBytes(length);
            } else {
              count(1 + length / 64);
              pair[field - 1] = new String(in.readRawBytes(length), StandardCharsets.UTF_8);
            }
            return true;
          }
          return false;
        });
    entries.put(pair[0], pair[1]);
  }

  private String function() throws IOException {
    String[] name = {"", ""};
    message(
        (field, wire) -> {
          if ((field == 1 || field == 10) && isText(wire)) {
            name[field == 10 ? 0 : 1] = text();
            return true;
          }
          return false;
        });
    return name[0] + "." + name[1];
  }

  private OnnxGraph graph() throws IOException {
    List<OnnxNode> nodes = new ArrayList<>();
    List<OnnxTensor> initializers = new ArrayList<>();
    int[] sparse = new int[1];
    List<OnnxValueInfo> inputs = new ArrayList<>();
    List<OnnxValueInfo> outputs = new ArrayList<>();
    message(
        (field, wire) -> {
          if (!isText(wire)) {
            return false;
          }
          switch (field) {
            case 1 -> nodes.add(node());
            case 5 -> initializers.add(tensor());
            case 11 -> inputs.add(valueInfo());
            case 12 -> outputs.add(valueInfo());
            case 15 -> {
              sparse[0]++;
              return false;
            }
            default -> {
              return false;
            }
          }
          return true;
        });
    return new OnnxGraph(nodes, initializers, sparse[0], inputs, outputs);
  }

  private OnnxNode node() throws IOException {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    String[] texts = {"", "", ""};
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
    message(
        (field, wire) -> {
          if (!isText(wire)) {
            return false;
          }
          switch (field) {
            case 1 -> inputs.add(text());
            case 2 -> outputs.add(text());
            case 3 -> texts[0] = text();
            case 4 -> texts[1] = text();
            case 5 -> attribute(attributes);
            case 7 -> texts[2] = text();
            default -> {
              return false;
            }
          }
          return true;
        });
    return new OnnxNode(texts[0], texts[1], texts[2], inputs, outputs, attributes);
  }

  /** What an AttributeProto has been seen to hold. */
  private static final class AttributeParts {
    String name = "";
    int type;
    float real;
    long whole;
    String text = "";
    OnnxTensor tensor;
    final List<Float> reals = new ArrayList<>();
    final List<Long> wholes = new ArrayList<>();
    final List<String> texts = new ArrayList<>();
    int seen;

    OnnxAttribute value() {
      // Files of the first years leave the type out: then the field that is there tells.
      int kind = type != 0 ? type : seen;
      return switch (kind) {
        case 1 -> new OnnxAttribute.Real(real);
        case 2 -> new OnnxAttribute.Whole(whole);
        case 3 -> new OnnxAttribute.Text(text);
        case 4 ->
            tensor == null ? new OnnxAttribute.Other("no tensor") : new OnnxAttribute.Dense(tensor);
        case 5 -> new OnnxAttribute.Other("a graph");
        case 6 -> new OnnxAttribute.Reals(List.copyOf(reals));
        case 7 -> new OnnxAttribute.Wholes(List.copyOf(wholes));
        case 8 -> new OnnxAttribute.Texts(List.copyOf(texts));
        default -> new OnnxAttribute.Other("attribute type " + kind);
      };
    }
  }

  private void attribute(Map<String, OnnxAttribute> attributes) throws IOException {
    AttributeParts parts = new AttributeParts();
    message((field, wire) -> attributeField(parts, field, wire));
    attributes.put(parts.name, parts.value());
  }

  private boolean attributeField(AttributeParts parts, int field, int wire) throws IOException {
    if (field == 1 && isText(wire)) {
      parts.name = text();
    } else if (field == 20 && isNumber(wire)) {
      parts.type = in.readEnum();
    } else if (field == 2 && wire == WireFormat.WIRETYPE_FIXED32) {
      parts.real = in.readFloat();
      parts.seen = 1;
    } else if (field == 3 && isNumber(wire)) {
      parts.whole = in.readInt64();
      parts.seen = 2;
    } else if (field == 4 && isText(wire)) {
      parts.text = longText();
      parts.seen = 3;
    } else if (field == 5 && isText(wire)) {
      parts.tensor = tensor();
      parts.seen = 4;
    } else if (field == 6) {
      parts.seen = 5;
      return false;
    } else if (field == 7) {
      parts.seen = 6;
      return repeated(wire, WireFormat.WIRETYPE_FIXED32, () -> parts.reals.add(in.readFloat()));
    } else if (field == 8) {
      parts.seen = 7;
      return repeated(wire, WireFormat.WIRETYPE_VARINT, () -> parts.wholes.add(in.readInt64()));
    } else if (field == 9 && isText(wire)) {
      parts.texts.add(longText());
      parts.seen = 8;
    } else {
      return false;
    }
    return true;
  }

  /** A text that may be long where no supported operator reads it; then it is left out. */
  private String longText() throws IOException {
    int length = length();
    if (length > LONGEST_TEXT) {
      in.skipRawBytes(length);
      return "(" + length + " bytes)";
    }
    count(1 + length / 64);
    return new String(in.readRawBytes(length), StandardCharsets.UTF_8);
  }

  private interface Element {
    void read() throws IOException;
  }

  /** A repeated number, packed or not; false if it is neither. */
  private boolean repeated(int wire, int elementWire, Element element) throws IOException {
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

  private OnnxTensor tensor() throws IOException {
    TensorParts parts = new TensorParts();
    message((field, wire) -> tensorField(parts, field, wire));
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
        if (!repeated(wire, WireFormat.WIRETYPE_VARINT, () -> parts.dims.add(in.readInt64()))) {
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
        parts.dataType = in.readInt32();
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
        parts.name = text();
      }
      case 9 -> {
        if (!isText(wire)) {
          return false;
        }
        parts.raw = range();
      }
      case 13 -> {
        if (!isText(wire)) {
          return false;
        }
        entry(parts.entries);
      }
      case 14 -> {
        if (!isNumber(wire)) {
          return false;
        }
        parts.external = in.readEnum() == 1;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Notes where the next bytes are, and passes over them. */
  private OnnxTensor.Range range() throws IOException {
    int length = length();
    OnnxTensor.Range range = new OnnxTensor.Range(in.getTotalBytesRead(), length);
    in.skipRawBytes(length);
    return range;
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
      count(1);
      parts.packed.add(range());
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
      long rest = in.readRawVarint64();
      while ((rest & ~0x7fL) != 0) {
        parts.single.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      parts.single.write((int) rest);
    } else {
      parts.single.writeBytes(in.readRawBytes(elementWire == WireFormat.WIRETYPE_FIXED32 ? 4 : 8));
    }
    if (parts.single.size() > MOST_SINGLE_BYTES) {
      throw new MalformedInputException(
          "Tensor \""
              + parts.name
              + "\" has too many elements stored one by one; pack them, or use raw data");
    }
  }

  private OnnxValueInfo valueInfo() throws IOException {
    String[] name = {""};
    TypeParts type = new TypeParts();
    message(
        (field, wire) -> {
          if (field == 1 && isText(wire)) {
            name[0] = text();
          } else if (field == 2 && isText(wire)) {
            message((part, partWire) -> typeField(type, part, partWire));
          } else {
            return false;
          }
          return true;
        });
    return new OnnxValueInfo(
        name[0], type.kind, type.dataType, type.axes == null ? null : List.copyOf(type.axes));
  }

  /** What a TypeProto has been seen to hold. */
  private static final class TypeParts {
    String kind = "";
    int dataType;
    List<OnnxValueInfo.Axis> axes;
  }

  private boolean typeField(TypeParts type, int field, int wire) throws IOException {
    String kind =
        switch (field) {
          case 1 -> "tensor";
          case 4 -> "sequence";
          case 5 -> "map";
          case 7 -> "opaque value";
          case 8 -> "sparse tensor";
          case 9 -> "optional value";
          default -> "";
        };
    if (kind.isEmpty() || !isText(wire)) {
      return false;
    }
    type.kind = kind;
    if (field != 1) {
      return false;
    }
    message(
        (part, partWire) -> {
          if (part == 1 && isNumber(partWire)) {
            type.dataType = in.readInt32();
          } else if (part == 2 && isText(partWire)) {
            type.axes = new ArrayList<>();
            message((piece, pieceWire) -> axis(type.axes, piece, pieceWire));
          } else {
            return false;
          }
          return true;
        });
    return true;
  }

  private boolean axis(List<OnnxValueInfo.Axis> axes, int field, int wire) throws IOException {
    if (field != 1 || !isText(wire)) {
      return false;
    }
    if (axes.size() == MOST_AXES) {
      throw new MalformedInputException(
          "\"" + file.path() + "\" declares a tensor of more than " + MOST_AXES + " axes");
    }
    long[] length = {-1};
    String[] symbol = {""};
    message(
        (part, partWire) -> {
          if (part == 1 && isNumber(partWire)) {
            length[0] = in.readInt64();
          } else if (part == 2 && isText(partWire)) {
            symbol[0] = text();
          } else {
            return false;
          }
          return true;
        });
    axes.add(new OnnxValueInfo.Axis(length[0], symbol[0]));
    return true;
  }
}
