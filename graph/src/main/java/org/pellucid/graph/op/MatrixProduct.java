package org.pellucid.graph.op;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** The axes of a matrix product by NumPy's rules: which are rows, depth, columns and batch. */
final class MatrixProduct {
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
  MatrixProduct(List<TensorType> inputs) {
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

  /** The shape of A as matrices. */
  Shape left() {
    return a;
  }

  /** The shape of B as matrices. */
  Shape right() {
    return b;
  }

  /** The shape of the product as matrices, before it drops the axes of vectors. */
  Shape matrices() {
    int[] dims = Arrays.copyOf(batch.dims(), batch.rank() + 2);
    dims[batch.rank()] = a.dim(-2);
    dims[batch.rank() + 1] = b.dim(-1);
    return Shape.of(dims);
  }

  /** Multiplies two tensors. */
  Tensor evaluate(List<Tensor> inputs) {
    double[] left = inputs.get(0).toDoubleArray();
    double[] right = inputs.get(1).toDoubleArray();
    int rows = a.dim(-2);
    int depth = a.dim(-1);
    int columns = b.dim(-1);
    int[] leftMatrices = Positions.broadcast(batch(a), batch);
    int[] rightMatrices = Positions.broadcast(batch(b), batch);
    double[] output = new double[leftMatrices.length * rows * columns];
    for (int i = 0; i < leftMatrices.length; i++) {
      add(
          left,
          leftMatrices[i] * rows * depth,
          right,
          rightMatrices[i] * depth * columns,
          output,
          i * rows * columns,
          rows,
          depth,
          columns);
    }
    return Tensor.of(output(), output);
  }

  /** Adds the product of two row-major matrices inside arrays to one in a third. */
  static void add(
      double[] left,
      int leftFrom,
      double[] right,
      int rightFrom,
      double[] output,
      int outputFrom,
      int rows,
      int depth,
      int columns) {
    for (int i = 0; i < rows; i++) {
      int o = outputFrom + i * columns;
      for (int k = 0; k < depth; k++) {
        double factor = left[leftFrom + i * depth + k];
        int r = rightFrom + k * columns;
        for (int j = 0; j < columns; j++) {
          output[o + j] += factor * right[r + j];
        }
      }
    }
  }

  /** The transpose of a row-major matrix. */
  static double[] transpose(double[] matrix, int rows, int columns) {
    double[] transposed = new double[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        transposed[j * rows + i] = matrix[i * columns + j];
      }
    }
    return transposed;
  }

  /**
   * Samples stay apart on a batch axis, as rows of A, or as columns of B; not on the axis that is
   * summed over, and not where each sample of one operand would meet each sample of the other.
   */
  Samples samples(int[] axes) {
    boolean rowsHold = axes[0] != Samples.NONE && !vectorA && axes[0] == a.rank() - 2;
    boolean columnsHold = axes[1] != Samples.NONE && !vectorB && axes[1] == b.rank() - 1;
    if (rowsHold && axes[1] == Samples.NONE) {
      return Samples.along(batch.rank());
    }
    if (columnsHold && axes[0] == Samples.NONE) {
      return Samples.along(output().rank() - 1);
    }
    if (rowsHold || columnsHold) {
      return Samples.mix("it multiplies each sample of one input with each of the other");
    }
    if (axes[0] >= a.rank() - 2 || axes[1] >= b.rank() - 2 || holdsVector(axes)) {
      return Samples.mix("it sums over the axis that holds the samples");
    }
    return Broadcast.samples(
        List.of(
            new TensorType(ElementType.FLOAT64, batch(a)),
            new TensorType(ElementType.FLOAT64, batch(b))),
        axes);
  }

  private boolean holdsVector(int[] axes) {
    return (vectorA && axes[0] != Samples.NONE) || (vectorB && axes[1] != Samples.NONE);
  }
}
