package org.pellucid.graph.op;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/** The axes of a matrix product by NumPy's rules: which are rows, depth, columns and batch. */
final class Product {
  private final Shape a;
  private final Shape b;
  private final boolean vectorA;
  private final boolean vectorB;
  private final Shape batch;

  /**
   * The product of two operands; one of rank 1 is a row (A) or a column (B) that the output drops.
   *
   * @throws IllegalArgumentException if they have no product
   */
  Product(List<TensorType> inputs) {
    Shape left = inputs.get(0).shape();
    Shape right = inputs.get(1).shape();
    if (left.rank() == 0 || right.rank() == 0) {
      throw new IllegalArgumentException(
          "MatMul expects operands of rank 1 at least, found " + inputs);
    }
    vectorA = left.rank() == 1;
    vectorB = right.rank() == 1;
    a = vectorA ? Shape.of(1, left.dim(0)) : left;
    b = vectorB ? Shape.of(right.dim(0), 1) : right;
    if (a.dim(-1) != b.dim(-2)) {
      throw new IllegalArgumentException(
          "MatMul expects A [.., rows, depth] and B [.., depth, columns] of one depth, found "
              + inputs);
    }
    batch = Shape.broadcast(batch(a), batch(b));
  }

  private static Shape batch(Shape operand) {
    return Shape.of(Arrays.copyOf(operand.dims(), operand.rank() - 2));
  }

  /** The shape of the product. */
  Shape output() {
    int[] dims = Arrays.copyOf(batch.dims(), batch.rank() + (vectorA ? 0 : 1) + (vectorB ? 0 : 1));
    int next = batch.rank();
    if (!vectorA) {
      dims[next++] = a.dim(-2);
    }
    if (!vectorB) {
      dims[next] = b.dim(-1);
    }
    return Shape.of(dims);
  }
}
