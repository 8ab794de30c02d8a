package org.pellucid.onnx;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Transpose;

/**
 * Positions for GridSample: those of every cell, from -1 to 1 along each axis, the last axis first,
 * under an affine map that may depend on the data.
 */
final class AffineGridOperator {
  private AffineGridOperator() {}

  static void translate(NodeTranslation node) {
    List<Integer> size = node.wholes(1, "size");
    int axes = size.size() - 2;
    Shape theta = node.shape(0);
    if ((axes != 2 && axes != 3)
        || size.stream().anyMatch(length -> length < 1)
        || !theta.equals(Shape.of(size.get(0), axes, axes + 1))) {
      throw new IllegalArgumentException("maps " + theta + " do not fit the size " + size);
    }
    List<Integer> lengths = size.subList(2, size.size());
    boolean corners = node.attributes().flag("align_corners", false);
    long cells = lengths.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    node.takeRoom(cells * (axes + 1));
    float[] positions = new float[Math.toIntExact(cells) * (axes + 1)];
    for (int cell = 0; cell < cells; cell++) {
      int rest = cell;
      for (int axis = axes - 1; axis >= 0; axis--) {
        int length = lengths.get(axis);
        positions[cell * (axes + 1) + axes - 1 - axis] =
            (float) position(rest % length, length, corners);
        rest /= length;
      }
      positions[cell * (axes + 1) + axes] = 1;
    }
    String cellsAndOne =
        node.constant("cells", Tensor.of(Shape.of((int) cells, axes + 1), positions));
    String maps = node.helper("maps", new Transpose(List.of(0, 2, 1)), node.input(0));
    String moved = node.helper("moved", new MatMul(), cellsAndOne, maps);
    int[] dims = new int[axes + 2];
    dims[0] = size.get(0);
    for (int axis = 0; axis < axes; axis++) {
      dims[axis + 1] = lengths.get(axis);
    }
    dims[axes + 1] = axes;
    node.output(new Reshape(Shape.of(dims)), moved);
  }

  private static double position(int index, int length, boolean corners) {
    if (corners) {
      // The only cell of an axis is at its begin, as in PyTorch and ONNX's reference.
      return length == 1 ? -1 : -1 + 2.0 * index / (length - 1);
    }
    return (2.0 * index + 1) / length - 1;
  }
}
