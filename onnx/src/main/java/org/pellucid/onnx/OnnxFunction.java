package org.pellucid.onnx;

import java.util.List;
import java.util.Map;

/**
 * A FunctionProto: an operator that the model defines itself.
 *
 * @param key what nodes call it by, as {@link #keyOf}
 * @param inputs names of its parameters in its body
 * @param outputs names of its results in its body
 * @param defaults values of attributes that a node may leave out
 * @param opsets operator set version by domain that its body is written for
 * @param nodes its body, in file order
 */
record OnnxFunction(
    String key,
    List<String> inputs,
    List<String> outputs,
    Map<String, OnnxAttribute> defaults,
    Map<String, Long> opsets,
    List<OnnxNode> nodes) {

  /** The key of the function that a node calls. */
  static String keyOf(String domain, String operator, String overload) {
    return domain + "." + operator + (overload.isEmpty() ? "" : ":" + overload);
  }
}
