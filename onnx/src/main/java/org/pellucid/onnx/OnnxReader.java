package org.pellucid.onnx;

import static org.pellucid.onnx.ProtobufReader.isNumber;
import static org.pellucid.onnx.ProtobufReader.isText;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.MalformedInputException;

/** Takes an ONNX file's messages apart; keeps only the fields that matter, and skips the others. */
final class OnnxReader {
  /** How deep graphs stand within graphs; what is deeper is passed over. */
  private static final int MOST_DEPTH = 16;

  private final ModelFile file;
  private final ProtobufReader in;
  private final TensorMessageReader tensors;
  private final ValueInfoReader values;
  private int depth;

  private OnnxReader(ModelFile file) throws IOException {
    this.file = file;
    this.in = new ProtobufReader(file);
    this.tensors = new TensorMessageReader(in);
    this.values = new ValueInfoReader(in);
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
              + reader.in.position()
              + " of "
              + file.size()
              + ")",
          e);
    }
  }

  private OnnxModel model() throws IOException {
    long[] irVersion = new long[1];
    String[] producer = {"", ""};
    Map<String, Long> opsets = new LinkedHashMap<>();
    Map<String, String> properties = new LinkedHashMap<>();
    Map<String, OnnxFunction> functions = new LinkedHashMap<>();
    OnnxGraph[] graph = new OnnxGraph[1];
    in.fields(
        (field, wire) -> {
          if (field == 1 && isNumber(wire)) {
            irVersion[0] = in.number();
          } else if ((field == 2 || field == 3) && isText(wire)) {
            producer[field - 2] = in.text();
          } else if (field == 7 && isText(wire)) {
            if (graph[0] != null) {
              throw new MalformedInputException("\"" + file.path() + "\" has two graphs");
            }
            graph[0] = graph();
          } else if (field == 8 && isText(wire)) {
            opset(opsets);
          } else if (field == 14 && isText(wire)) {
            in.entry(properties);
          } else if (field == 25 && isText(wire)) {
            OnnxFunction function = function();
            if (functions.put(function.key(), function) != null) {
              throw new MalformedInputException(
                  "\"" + file.path() + "\" defines function " + function.key() + " twice");
            }
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
    in.message(
        (field, wire) -> {
          if (field == 1 && isText(wire)) {
            domain[0] = in.text();
          } else if (field == 2 && isNumber(wire)) {
            version[0] = in.number();
          } else {
            return false;
          }
          return true;
        });
    opsets.put(domain[0].equals("ai.onnx") ? "" : domain[0], version[0]);
  }

  private OnnxFunction function() throws IOException {
    String[] key = {"", "", ""};
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, OnnxAttribute> defaults = new LinkedHashMap<>();
    Map<String, Long> opsets = new LinkedHashMap<>();
    List<OnnxNode> nodes = new ArrayList<>();
    in.message(
        (field, wire) -> {
          if (!isText(wire)) {
            return false;
          }
          switch (field) {
            case 1 -> key[1] = in.text();
            case 4 -> inputs.add(in.text());
            case 5 -> outputs.add(in.text());
            case 7 -> nodes.add(node());
            case 9 -> opset(opsets);
            case 10 -> key[0] = in.text();
            case 11 -> attribute(defaults);
            case 13 -> key[2] = in.text();
            default -> {
              return false;
            }
          }
          return true;
        });
    return new OnnxFunction(
        OnnxFunction.keyOf(key[0], key[1], key[2]), inputs, outputs, defaults, opsets, nodes);
  }

  private OnnxGraph graph() throws IOException {
    List<OnnxNode> nodes = new ArrayList<>();
    List<OnnxTensor> initializers = new ArrayList<>();
    int[] sparse = new int[1];
    List<OnnxValueInfo> inputs = new ArrayList<>();
    List<OnnxValueInfo> outputs = new ArrayList<>();
    in.message(
        (field, wire) -> {
          if (!isText(wire)) {
            return false;
          }
          switch (field) {
            case 1 -> nodes.add(node());
            case 5 -> initializers.add(tensors.read());
            case 11 -> inputs.add(values.read());
            case 12 -> outputs.add(values.read());
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
    String[] texts = {"", "", "", ""};
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
    in.message(
        (field, wire) -> {
          if (!isText(wire)) {
            return false;
          }
          switch (field) {
            case 1 -> inputs.add(in.text());
            case 2 -> outputs.add(in.text());
            case 3 -> texts[0] = in.text();
            case 4 -> texts[1] = in.text();
            case 5 -> attribute(attributes);
            case 7 -> texts[2] = in.text();
            case 8 -> texts[3] = in.text();
            default -> {
              return false;
            }
          }
          return true;
        });
    return new OnnxNode(texts[0], texts[1], texts[2], texts[3], inputs, outputs, attributes);
  }

  /** What an AttributeProto has been seen to hold. */
  private static final class AttributeParts {
    String name = "";
    int type;
    float real;
    long whole;
    String text = "";
    String reference = "";
    OnnxTensor tensor;
    OnnxGraph graph;
    final List<Float> reals = new ArrayList<>();
    final List<Long> wholes = new ArrayList<>();
    final List<String> texts = new ArrayList<>();
    int seen;

    OnnxAttribute value() {
      // Files of the first years leave the type out: then the field that is there tells.
      int kind = type != 0 ? type : seen;
      if (!reference.isEmpty()) {
        return new OnnxAttribute.Reference(reference);
      }
      return switch (kind) {
        case 1 -> new OnnxAttribute.Real(real);
        case 2 -> new OnnxAttribute.Whole(whole);
        case 3 -> new OnnxAttribute.Text(text);
        case 4 ->
            tensor == null ? new OnnxAttribute.Other("no tensor") : new OnnxAttribute.Dense(tensor);
        case 5 ->
            graph == null
                ? new OnnxAttribute.Other("a graph too deep within graphs")
                : new OnnxAttribute.Nested(graph);
        case 6 -> new OnnxAttribute.Reals(List.copyOf(reals));
        case 7 -> new OnnxAttribute.Wholes(List.copyOf(wholes));
        case 8 -> new OnnxAttribute.Texts(List.copyOf(texts));
        default -> new OnnxAttribute.Other("attribute type " + kind);
      };
    }
  }

  private void attribute(Map<String, OnnxAttribute> attributes) throws IOException {
    AttributeParts parts = new AttributeParts();
    in.message((field, wire) -> attributeField(parts, field, wire));
    attributes.put(parts.name, parts.value());
  }

  private boolean attributeField(AttributeParts parts, int field, int wire) throws IOException {
    if (field == 1 && isText(wire)) {
      parts.name = in.text();
    } else if (field == 20 && isNumber(wire)) {
      parts.type = (int) in.number();
    } else if (field == 2 && wire == WireFormat.WIRETYPE_FIXED32) {
      parts.real = in.real();
      parts.seen = 1;
    } else if (field == 3 && isNumber(wire)) {
      parts.whole = in.number();
      parts.seen = 2;
    } else if (field == 4 && isText(wire)) {
      parts.text = in.longText();
      parts.seen = 3;
    } else if (field == 5 && isText(wire)) {
      parts.tensor = tensors.read();
      parts.seen = 4;
    } else if (field == 6 && isText(wire)) {
      parts.seen = 5;
      if (depth == MOST_DEPTH) {
        return false;
      }
      depth++;
      parts.graph = graph();
      depth--;
    } else if (field == 21 && isText(wire)) {
      parts.reference = in.text();
    } else if (field == 7) {
      parts.seen = 6;
      return in.repeated(wire, WireFormat.WIRETYPE_FIXED32, () -> parts.reals.add(in.real()));
    } else if (field == 8) {
      parts.seen = 7;
      return in.repeated(wire, WireFormat.WIRETYPE_VARINT, () -> parts.wholes.add(in.number()));
    } else if (field == 9 && isText(wire)) {
      parts.texts.add(in.longText());
      parts.seen = 8;
    } else {
      return false;
    }
    return true;
  }
}
