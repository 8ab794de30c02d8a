package org.pellucid.onnx;

import java.util.Map;

/**
 * A ModelProto.
 *
 * @param irVersion version of the file format, 0 if not given
 * @param producer name and version of the program that wrote it, may be empty
 * @param opsets operator set version by domain; the default domain is {@code ""}
 * @param properties metadata_props
 * @param functions operators that the model defines itself, by {@link OnnxFunction#key}
 * @param graph the main graph, null if the file has none
 */
record OnnxModel(
    long irVersion,
    String producer,
    Map<String, Long> opsets,
    Map<String, String> properties,
    Map<String, OnnxFunction> functions,
    OnnxGraph graph) {}
