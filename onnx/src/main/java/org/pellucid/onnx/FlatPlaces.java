package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Where;

/** Where elements or slices of input 0 stand in its flat form, by the indices in input 1. */
final class FlatPlaces {
  private FlatPlaces() {}

  /** The shape in which the first axes are one. */
  static Shape merged(Shape data, int axes) {
    int[] rest = Arrays.copyOfRange(data.dims(), axes, data.rank());
    int first = Math.toIntExact(data.sizeOf(0, axes));
    return Shape.of(IntStream.concat(IntStream.of(first), IntStream.of(rest)).toArray());
  }

  /**
   * Each element stands at its own place but along an axis, where its index says: a place for each
   * index, in a vector as it is.
   */
  static String along(NodeTranslation node, Shape data, int axis) {
    Shape indices = node.shape(1);
    int[] strides = data.strides();
    boolean fits = indices.rank() == data.rank();
    for (int a = 0; fits && a < data.rank(); a++) {
      fits = a == axis || indices.dim(a) <= data.dim(a);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "its indices are " + indices + " where the data is " + data);
    }
    check(node, data.dim(axis));
    if (data.rank() == 1) {
      return node.input(1);
    }
    String positive = positive(node, data.dim(axis));
    String stride = node.constant("stride", Tensor.scalar((long) strides[axis]));
    node.takeRoom(indices.size());
    long[] others = new long[Math.toIntExact(indices.size())];
    int[] own = indices.strides();
    for (int i = 0; i < others.length; i++) {
      for (int a = 0; a < strides.length; a++) {
        others[i] += a == axis ? 0L : (long) (i / own[a] % indices.dim(a)) * strides[a];
      }
    }
    return node.helper(
        "places",
        new Binary.Add(),
        node.helper("along", new Binary.Mul(), positive, stride),
        node.constant("others", Tensor.of(indices, others)));
  }

  /**
   * The last axis of the indices holds an index for each of some axes of the data, which come after
   * batch axes that both have: a place among those axes and the batch axes taken together, for each
   * such tuple.
   */
  static String tuples(NodeTranslation node, Shape data, int axes, int batch) {
    int[] strides = Shape.of(Arrays.copyOf(data.dims(), batch + axes)).strides();
    long[] lengths = Arrays.stream(data.dims(), batch, batch + axes).asLongStream().toArray();
    long[] steps = Arrays.stream(strides, batch, batch + axes).asLongStream().toArray();
    Shape each = Shape.of(axes);
    check(node, lengths);
    String positive = positive(node, lengths);
    String moved =
        node.helper(
            "steps", new Binary.Mul(), positive, node.constant("strides", Tensor.of(each, steps)));
    int last = node.shape(1).rank() - 1;
    String places = node.helper("places", new Reduce.ReduceSum(List.of(last), false), moved);
    if (batch == 0) {
      return places;
    }
    int[] dims = new int[last];
    Arrays.fill(dims, 1);
    System.arraycopy(data.dims(), 0, dims, 0, batch);
    long step = data.sizeOf(batch, batch + axes);
    long[] starts =
        IntStream.range(0, Math.toIntExact(data.sizeOf(0, batch)))
            .mapToLong(i -> i * step)
            .toArray();
    String offsets = node.constant("samples", Tensor.of(Shape.of(dims), starts));
    return node.helper("batch-places", new Binary.Add(), places, offsets);
  }

  /**
   * Refuses indices that are known now and lie outside: in the flat form another place would answer
   * for one that does not exist.
   *
   * @param lengths of the axis, or of the axes that the last axis of the indices tells in turn
   */
  private static void check(NodeTranslation node, long... lengths) {
    if (node.type(1).elementType() != ElementType.INT64) {
      throw new IllegalArgumentException("its indices are " + node.type(1) + ", not integers");
    }
    if (!node.isConstant(1)) {
      return;
    }
    long[] known = node.constant(1, "indices").toLongArray();
    for (int i = 0; i < known.length; i++) {
      long length = lengths[i % lengths.length];
      if (known[i] < -length || known[i] >= length) {
        throw new IllegalArgumentException(
            "index " + known[i] + " lies outside of its data " + node.shape(0));
      }
    }
  }

  /** The indices, counted from the front. */
  private static String positive(NodeTranslation node, long... lengths) {
    String index = node.input(1);
    String zero = node.constant("zero", Tensor.scalar(0L));
    String ends = node.constant("lengths", Tensor.of(Shape.of(lengths.length), lengths));
    String negative = node.helper("negative", new Binary.Less(), index, zero);
    String moved = node.helper("moved", new Binary.Add(), index, ends);
    return node.helper("positive", new Where(), negative, moved, index);
  }
}
