package org.pellucid.onnx;

import java.util.List;
import java.util.Map;

/**
 * A ModelProto.
 *
 * @param irVersion version of the file format, 0 if not given
 * @param producer name and version of the program that wrote it, may be empty
 * @param opsets operator set version by domain; the default domain is {@code ""}
 * @param properties metadata_props
 * @param functionDomains domains of model-local functions, as {@code domain.name}
 * @param graph the main graph, null if the file has none
 */
record OnnxModel(
    long irVersion,
    String producer,
    Map<String, Long> opsets,
    Map<String, String> properties,
    List<String> functionDomains,
    OnnxGraph graph) {}
