package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
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
   * index.
   */
  static String along(NodeTranslation node, Shape data, int axis) {
    Shape indices = node.shape(1);
    int[] strides = data.strides();
    String lengths = node.constant("length", Tensor.scalar((long) data.dim(axis)));
    String positive = positive(node, lengths);
    if (data.rank() == 1) {
      return positive;
    }
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
    String positive = positive(node, node.constant("lengths", Tensor.of(each, lengths)));
    String moved =
        node.helper(
            "steps",
            new Binary.Mul(),
            positive,
            node.constant("strides", Tensor.of(each, steps)));
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
        IntStream.range(0, Math.toIntExact(data.sizeOf(0, batch))).mapToLong(i -> i * step).toArray();
    String offsets = node.constant("samples", Tensor.of(Shape.of(dims), starts));
    return node.helper("batch-places", new Binary.Add(), places, offsets);
  }

  /** The indices, counted from the front. */
  private static String positive(NodeTranslation node, String lengths) {
    String index = node.input(1);
    String zero = node.constant("zero", Tensor.scalar(0L));
    String negative = node.helper("negative", new Binary.Less(), index, zero);
    String moved = node.helper("moved", new Binary.Add(), index, lengths);
    return node.helper("positive", new Where(), negative, moved, index);
  }
}
