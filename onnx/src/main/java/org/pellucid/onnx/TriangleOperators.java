package org.pellucid.onnx;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Where;

/** Operators that are told by triangles and diagonals of matrices. */
final class TriangleOperators {
  private TriangleOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("Trilu", 1, 2, TriangleOperators::triangle);
    registry.add("EyeLike", 1, 1, TriangleOperators::eye);
    registry.add("CumSum", 2, 2, TriangleOperators::cumulativeSum);
  }

  /** A matrix of truths that tells the places by how far right of the diagonal they are. */
  private static Tensor band(NodeTranslation node, int rows, int columns, IntPredicate wanted) {
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

  /** Sums of all elements up to each along an axis: a product with a triangle of ones. */
  private static void cumulativeSum(NodeTranslation node) {
    if (node.isConstant(0)) {
      constantSums(node);
      return;
    }
    if (!node.type(0).elementType().isFloating()) {
      throw new RefusedNodeException("it sums integers that depend on the model's input data");
    }
    Shape shape = node.shape(0);
    int axis = axis(node);
    boolean exclusive = node.attributes().flag("exclusive", false);
    boolean reverse = node.attributes().flag("reverse", false);
    int length = shape.dim(axis);
    // Row i of the triangle tells in which sums element i is: in those right of it.
    Tensor counted =
        band(node, length, length, right -> right == 0 ? !exclusive : reverse == right < 0);
    String triangle = node.constant("triangle", counted.cast(node.type(0).elementType()));
    int last = shape.rank() - 1;
    if (axis == last) {
      node.output(new MatMul(), node.input(0), triangle);
      return;
    }
    List<Integer> swapped =
        IntStream.rangeClosed(0, last)
            .mapToObj(a -> a == axis ? last : a == last ? axis : a)
            .toList();
    String turned = node.helper("turned", new Transpose(swapped), node.input(0));
    String sums = node.helper("sums", new MatMul(), turned, triangle);
    node.output(new Transpose(swapped), sums);
  }

  private static int axis(NodeTranslation node) {
    return node.shape(0).axis(Attributes.clamped((long) node.number(1, "axis")));
  }

  private static void constantSums(NodeTranslation node) {
    Tensor value = node.constant(0, "input");
    Shape shape = value.shape();
    node.takeRoom(value.size());
    int axis = axis(node);
    boolean exclusive = node.attributes().flag("exclusive", false);
    int length = shape.dim(axis);
    int stride = (int) shape.sizeOf(axis + 1, shape.rank());
    int step = node.attributes().flag("reverse", false) ? -stride : stride;
    double[] sums = new double[value.size()];
    for (int start = 0; start < sums.length; start++) {
      if (start / stride % length != (step > 0 ? 0 : length - 1)) {
        continue;
      }
      double sum = 0;
      for (int i = 0, at = start; i < length; i++, at += step) {
        double element = value.get(at);
        sums[at] = exclusive ? sum : sum + element;
        sum += element;
      }
    }
    node.output(Tensor.of(shape, sums).cast(value.elementType()));
  }
}
