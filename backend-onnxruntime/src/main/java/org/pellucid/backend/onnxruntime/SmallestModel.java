package org.pellucid.backend.onnxruntime;

import java.util.List;
import java.util.Map;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxWriter;

/** A model of one number, to find out whether a device works. */
final class SmallestModel {
  private SmallestModel() {}

  static byte[] bytes() {
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(1))),
            Map.of(),
            List.of(new Node("y", new Unary.Relu(), List.of("x"), "y", "")),
            List.of("y"),
            Map.of());
    return OnnxWriter.bytes(graph, OrtEngine.WRITING);
  }
}
