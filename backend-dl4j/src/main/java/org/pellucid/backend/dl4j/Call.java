package org.pellucid.backend.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** One computation of a node: its operands, and the arrays that are made on the way. */
final class Call implements AutoCloseable {
  private static final long[] NONE = {};
  private static final boolean[] NO_TRUTHS = {};

  private final List<Nd4jValue> operands;
  private final List<TensorType> types;
  private final TensorType output;
  private final DataType precision;
  private final List<INDArray> made = new ArrayList<>();

  Call(List<Nd4jValue> operands, List<TensorType> types, TensorType output, DataType precision) {
    this.operands = operands;
    this.types = types;
    this.output = output;
    this.precision = precision;
  }

  /** An operand that is an array. */
  INDArray input(int index) {
    return operands.get(index).array();
  }

  /** Whether there is an operand of this number. */
  boolean has(int index) {
    return index < operands.size();
  }

  /** An operand of any kind, in Java memory. */
  Tensor tensor(int index) {
    return operands.get(index).toTensor();
  }

  /** An operand's shape. */
  Shape shape(int index) {
    return types.get(index).shape();
  }

  /** An operand's element type. */
  ElementType type(int index) {
    return types.get(index).elementType();
  }

  /** The shape of the output. */
  Shape outputShape() {
    return output.shape();
  }

  /** The type of floating arrays. */
  DataType precision() {
    return precision;
  }

  /** A new array for the output. */
  INDArray output() {
    return make(
        output.elementType() == ElementType.BOOL ? DataType.BOOL : precision,
        NativeArrays.dims(output.shape()));
  }

  /** A new floating array. */
  INDArray floats(long... dims) {
    return make(precision, dims);
  }

  /** A new array. */
  INDArray make(DataType type, long... dims) {
    return own(NativeArrays.make(type, dims));
  }

  /** A new array of indices. */
  INDArray indices(long... numbers) {
    return own(NativeArrays.indices(numbers));
  }

  /** A new floating array with a tensor's elements. */
  INDArray upload(Tensor tensor) {
    return own(NativeArrays.upload(tensor, precision));
  }

  private INDArray own(INDArray array) {
    made.add(array);
    return array;
  }

  /** A new array of the same type and shape. */
  INDArray like(INDArray array) {
    return make(array.dataType(), array.shape());
  }

  /** An array's memory in another shape of the same size. */
  static INDArray view(INDArray array, long... dims) {
    return array.reshape('c', dims);
  }

  /** A new array with the elements of a view. */
  INDArray compact(INDArray view) {
    return fill(like(view), view);
  }

  /** Writes the elements of one array, which may be a view, into another, which may be one. */
  static INDArray fill(INDArray to, INDArray from) {
    to.assign(from);
    return to;
  }

  /** Runs an operation of ND4J. */
  INDArray run(String name, INDArray result, long[] integers, INDArray... inputs) {
    return run(name, result, integers, NO_TRUTHS, true, inputs);
  }

  /** Runs an operation of ND4J without attributes. */
  INDArray run(String name, INDArray result, INDArray... inputs) {
    return run(name, result, NONE, inputs);
  }

  /** Runs an operation of ND4J on two arrays that broadcast. */
  INDArray broadcast(String name, INDArray result, INDArray a, INDArray b) {
    // ND4J forgets axes of an array with a single element, unless the other has as many.
    return run(name, result, ranked(a, result.rank()), ranked(b, result.rank()));
  }

  private static INDArray ranked(INDArray array, int rank) {
    if (array.rank() == rank) {
      return array;
    }
    long[] dims = Strided.ones(rank);
    System.arraycopy(array.shape(), 0, dims, rank - array.rank(), array.rank());
    return view(array, dims);
  }

  /**
   * Runs an operation of ND4J.
   *
   * @param helpers whether oneDNN may do it
   */
  INDArray run(
      String name,
      INDArray result,
      long[] integers,
      boolean[] truths,
      boolean helpers,
      INDArray... inputs) {
    Prepared.run(name, result, integers, truths, helpers, inputs);
    return result;
  }

  /** How many arrays were made, for {@link #freeSince}. */
  int mark() {
    return made.size();
  }

  /** Frees what was made since a mark, but for one array. */
  void freeSince(int mark, INDArray kept) {
    List<INDArray> since = made.subList(mark, made.size());
    since.stream().filter(array -> array != kept).forEach(INDArray::close);
    boolean isKept = since.stream().anyMatch(array -> array == kept);
    since.clear();
    if (isKept) {
      made.add(kept);
    }
  }

  /** Hands an array out that was made here. */
  INDArray keep(INDArray result) {
    if (!made.removeIf(array -> array == result)) {
      throw new IllegalStateException("The kernel made no output of its own");
    }
    return result;
  }

  @Override
  public void close() {
    made.forEach(INDArray::close);
    made.clear();
  }
}
