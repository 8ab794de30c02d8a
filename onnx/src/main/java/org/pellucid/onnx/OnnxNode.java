package org.pellucid.onnx;

import java.util.List;
import java.util.Map;

/**
 * A NodeProto.
 *
 * @param name may be empty
 * @param operator op_type
 * @param domain empty for the default domain
 * @param overload tells functions of one name apart, mostly empty
 * @param inputs tensor names; empty where an optional input is left out
 * @param outputs tensor names; empty where an optional output is left out
 * @param attributes by name
 */
record OnnxNode(
    String name,
    String operator,
    String domain,
    String overload,
    List<String> inputs,
    List<String> outputs,
    Map<String, OnnxAttribute> attributes) {

  /** The node's name, or where it has none its first output's. */
  String displayName() {
    if (!name.isEmpty()) {
      return name;
    }
    return outputs.stream().filter(output -> !output.isEmpty()).findFirst().orElse(operator);
  }

  /** All tensors that must be there before the node: its inputs, and what its graphs read. */
  List<String> reads() {
    return Renaming.reads(this);
  }

  /** How many nodes this is, together with those in the graphs of its attributes. */
  long weight() {
    long weight = 1;
    for (OnnxAttribute value : attributes.values()) {
      weight += value instanceof OnnxAttribute.Nested nested ? nested.weight() : 0;
    }
    return weight;
  }

  /** Whether the operator is one of ONNX itself rather than of another domain. */
  boolean inDefaultDomain() {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }
}
