package org.pellucid.onnx;

import java.util.Arrays;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Reshape;

/** Elements and slices from places that each have indices of their own. */
final class GatherOperators {
  private GatherOperators() {}

  /** An element for each index. */
  static void elements(NodeTranslation node) {
    Shape data = node.shape(0);
    int axis = data.axis(node.attributes().whole("axis", 0));
    Shape line = Shape.of(Math.toIntExact(data.size()));
    String places = FlatPlaces.along(node, data, axis);
    node.output(new Gather(0), node.helper("flat", new Reshape(line), node.input(0)), places);
  }

  /** A slice for each tuple of indices. */
  static void slices(NodeTranslation node) {
    Shape data = node.shape(0);
    Shape indices = node.shape(1);
    int batch = node.attributes().whole("batch_dims", 0);
    int axes = indices.rank() == 0 ? 0 : indices.dim(indices.rank() - 1);
    if (batch < 0
        || batch >= indices.rank()
        || axes < 1
        || batch + axes > data.rank()
        || !Arrays.equals(data.dims(), 0, batch, indices.dims(), 0, batch)) {
      throw new IllegalArgumentException(
          "its indices are " + indices + " where the data is " + data);
    }
    String places = FlatPlaces.tuples(node, data, axes, batch);
    Shape lines = FlatPlaces.merged(data, batch + axes);
    node.output(new Gather(0), node.helper("flat", new Reshape(lines), node.input(0)), places);
  }
}
