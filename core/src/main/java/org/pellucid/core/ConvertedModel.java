package org.pellucid.core;

import java.util.Map;
import org.pellucid.graph.ModelGraph;

/**
 * A network of any format that can be read, to be written as ONNX: same inputs and outputs, and
 * names as the importer gave them. What makes images into its input is no part of it.
 *
 * <pre>{@code
 * Pellucid.loader().convert(Path.of("model.h5")).write(Path.of("model.onnx"), 17, false);
 * }</pre>
 */
public final class ConvertedModel extends WritableModel {
  ConvertedModel(ModelFile source, ModelGraph graph, Map<String, String> properties) {
    super(source, graph, properties);
  }
}
