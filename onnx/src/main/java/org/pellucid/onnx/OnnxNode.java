package org.pellucid.onnx;

import java.util.List;
import java.util.Map;

/**
 * A NodeProto.
 *
 * @param name may be empty
 * @param operator op_type
 * @param domain empty for the default domain
 * @param inputs tensor names; empty where an optional input is left out
 * @param outputs tensor names; empty where an optional output is left out
 * @param attributes by name
 */
record OnnxNode(
    String name,
    String operator,
    String domain,
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

  /** Whether the operator is one of ONNX itself rather than of another domain. */
  boolean inDefaultDomain() {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }
}
