package org.pellucid.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.Tensor;

/**
 * An ONNX operator with attributes, to be written.
 *
 * @param operator op_type, of the default domain
 * @param attributes by name: Long, Float, String, Tensor, a {@code long[]} or a {@code float[]}
 */
record OnnxCall(String operator, Map<String, Object> attributes) {
  static OnnxCall of(String operator) {
    return new OnnxCall(operator, Map.of());
  }

  private OnnxCall plus(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(attributes);
    more.put(name, value);
    return new OnnxCall(operator, Collections.unmodifiableMap(more));
  }

  OnnxCall with(String name, long value) {
    return plus(name, value);
  }

  OnnxCall with(String name, boolean value) {
    return plus(name, value ? 1L : 0L);
  }

  /** A float: ONNX knows no wider attribute. */
  OnnxCall with(String name, double value) {
    return plus(name, (float) value);
  }

  OnnxCall with(String name, String value) {
    return plus(name, value);
  }

  OnnxCall with(String name, Tensor value) {
    return plus(name, value);
  }

  OnnxCall with(String name, List<Integer> values) {
    return plus(name, values.stream().mapToLong(Integer::longValue).toArray());
  }

  /** The NodeProto of a call. */
  ProtobufMessage message(String name, List<String> inputs, List<String> outputs) {
    ProtobufMessage node = new ProtobufMessage();
    inputs.forEach(input -> node.text(1, input));
    outputs.forEach(output -> node.text(2, output));
    node.text(3, name).text(4, operator);
    attributes.forEach((key, value) -> node.message(5, attribute(key, value)));
    return node;
  }

  /** An AttributeProto. */
  private static ProtobufMessage attribute(String name, Object value) {
    ProtobufMessage attribute = new ProtobufMessage().text(1, name);
    if (value instanceof Float real) {
      return attribute.real(2, real).number(20, 1);
    }
    if (value instanceof Long whole) {
      return attribute.number(3, whole).number(20, 2);
    }
    if (value instanceof String text) {
      return attribute.text(4, text).number(20, 3);
    }
    if (value instanceof Tensor tensor) {
      return attribute.message(5, TensorMessage.inline("", tensor)).number(20, 4);
    }
    if (value instanceof float[] reals) {
      for (float real : reals) {
        attribute.real(7, real);
      }
      return attribute.number(20, 6);
    }
    // One by one, as ONNX's own files have them; a reader takes packed ones as well.
    for (long whole : (long[]) value) {
      attribute.number(8, whole);
    }
    return attribute.number(20, 7);
  }
}
