package org.pellucid.onnx;

import static org.pellucid.onnx.ProtobufReader.isNumber;
import static org.pellucid.onnx.ProtobufReader.isText;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.MalformedInputException;

/** Reads ValueInfoProto messages with the types in them. */
final class ValueInfoReader {
  private static final int MOST_AXES = 32;

  private final ProtobufReader in;

  ValueInfoReader(ProtobufReader in) {
    this.in = in;
  }

  OnnxValueInfo read() throws IOException {
    String[] name = {""};
    TypeParts type = new TypeParts();
    in.message(
        (field, wire) -> {
          if (field == 1 && isText(wire)) {
            name[0] = in.text();
          } else if (field == 2 && isText(wire)) {
            in.message((part, partWire) -> typeField(type, part, partWire));
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
    in.message(
        (part, partWire) -> {
          if (part == 1 && isNumber(partWire)) {
            type.dataType = (int) in.number();
          } else if (part == 2 && isText(partWire)) {
            type.axes = new ArrayList<>();
            in.message((piece, pieceWire) -> axis(type.axes, piece, pieceWire));
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
          "The graph declares a tensor of more than " + MOST_AXES + " axes");
    }
    long[] length = {-1};
    String[] symbol = {""};
    in.message(
        (part, partWire) -> {
          if (part == 1 && isNumber(partWire)) {
            length[0] = in.number();
          } else if (part == 2 && isText(partWire)) {
            symbol[0] = in.text();
          } else {
            return false;
          }
          return true;
        });
    axes.add(new OnnxValueInfo.Axis(length[0], symbol[0]));
    return true;
  }
}
