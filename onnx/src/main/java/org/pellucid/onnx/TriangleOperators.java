package org.pellucid.onnx;

import java.util.function.IntPredicate;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Where;

/** Operators that are told by triangles and diagonals of matrices. */
final class TriangleOperators {
  private TriangleOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("Trilu", 1, 2, TriangleOperators::triangle);
    registry.add("EyeLike", 1, 1, TriangleOperators::eye);
  }

  /** A matrix of truths that tells the places by how far right of the diagonal they are. */
  static Tensor band(NodeTranslation node, int rows, int columns, IntPredicate wanted) {
    node.takeRoom((long) rows * columns);
    byte[] band = new byte[Math.multiplyExact(rows, columns)];
    for (int i = 0; i < band.length; i++) {
      band[i] = (byte) (wanted.test(i % columns - i / columns) ? 1 : 0);
    }
    return Tensor.of(Shape.of(rows, columns), band);
  }

  /** The upper or lower triangle of matrices, and zeros. */
  private static void triangle(NodeTranslation node) {
    Shape shape = node.shape(0);
    if (shape.rank() < 2) {
      throw new IllegalArgumentException("its input " + shape + " is no matrix");
    }
    boolean upper = node.attributes().flag("upper", true);
    int shift = node.has(1) ? Attributes.clamped((long) node.number(1, "diagonal")) : 0;
    Tensor kept =
        band(
            node,
            shape.dim(shape.rank() - 2),
            shape.dim(shape.rank() - 1),
            right -> upper ? right >= shift : right <= shift);
    String zero = node.number("zero", 0, node.type(0).elementType());
    node.output(new Where(), node.constant("kept", kept), node.input(0), zero);
  }

  /** Ones on a diagonal of a matrix of zeros. */
  private static void eye(NodeTranslation node) {
    Shape shape = node.shape(0);
    if (shape.rank() != 2) {
      throw new IllegalArgumentException("its input " + shape + " is no matrix");
    }
    ElementType type = node.type(0).elementType();
    if (node.attributes().has("dtype")) {
      int code = node.attributes().whole("dtype");
      if (OnnxDataType.of(code) == null) {
        throw new RefusedNodeException("it makes elements of type " + OnnxDataType.label(code));
      }
      type = OnnxDataType.of(code).element();
    }
    int shift = node.attributes().whole("k", 0);
    node.output(band(node, shape.dim(0), shape.dim(1), right -> right == shift).cast(type));
  }
}
