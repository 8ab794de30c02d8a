package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Transpose;

/** Padding, cropping, repeating and reshaping, alike in both formats. */
final class Arranging {
  private Arranging() {}

  /** Zeros around the spatial axes. */
  static Value pad(LayerScope scope, Value x, List<Integer> before, List<Integer> after) {
    requireCounts(before, after);
    return x.with(
        scope.node(
            "pad", new Pad(padded(before), padded(after), Pad.Mode.CONSTANT, 0), x.tensor()));
  }

  private static List<Integer> padded(List<Integer> spatial) {
    List<Integer> all = new ArrayList<>(List.of(0, 0));
    all.addAll(spatial);
    return all;
  }

  private static void requireCounts(List<Integer> before, List<Integer> after) {
    if (!before.stream().allMatch(count -> count >= 0)
        || !after.stream().allMatch(count -> count >= 0)) {
      throw new MalformedInputException(
          "it pads or crops by " + before + " before and " + after + " after");
    }
  }

  /** The spatial axes without their ends. */
  static Value crop(LayerScope scope, Value x, List<Integer> before, List<Integer> after) {
    requireCounts(before, after);
    Shape shape = scope.shape(x);
    List<Integer> starts = padded(before);
    List<Integer> sizes = new ArrayList<>(List.of(shape.dim(0), shape.dim(1)));
    for (int a = 0; a < before.size(); a++) {
      int size = Math.subtractExact(shape.dim(a + 2), Math.addExact(before.get(a), after.get(a)));
      if (size < 1) {
        throw new MalformedInputException(
            "it crops " + before + " and " + after + " from the shape " + shape);
      }
      sizes.add(size);
    }
    return x.with(
        scope.node(
            "crop", new Slice(starts, sizes, Collections.nCopies(sizes.size(), 1)), x.tensor()));
  }

  /** Elements from one index up to another along an axis of the tensor. */
  static Value part(LayerScope scope, Value x, int axis, int from, int to) {
    Shape shape = scope.shape(x);
    if (from < 0 || to <= from || to > shape.dim(axis)) {
      throw new MalformedInputException(
          "it takes elements " + from + " to " + (to - 1) + " of axis " + axis + " of " + shape);
    }
    List<Integer> starts = new ArrayList<>(Collections.nCopies(shape.rank(), 0));
    starts.set(axis, from);
    List<Integer> sizes = Arrays.stream(shape.with(axis, to - from).dims()).boxed().toList();
    return x.with(
        scope.node(
            "part", new Slice(starts, sizes, Collections.nCopies(shape.rank(), 1)), x.tensor()));
  }

  /** Each element of the spatial axes as often as the factors say. */
  static Value repeat(LayerScope scope, Value x, List<Integer> factors) {
    String repeated = x.tensor();
    for (int a = 0; a < factors.size(); a++) {
      int factor = factors.get(a);
      int length = scope.shape(repeated).dim(a + 2);
      if (factor < 1 || (long) length * factor > Integer.MAX_VALUE / 4) {
        throw new MalformedInputException(
            "it repeats " + length + " elements " + factor + " times");
      }
      if (factor > 1) {
        long[] indices = IntStream.range(0, length * factor).mapToLong(i -> i / factor).toArray();
        String table = scope.constant("positions", Tensor.of(Shape.of(indices.length), indices));
        repeated = scope.node("repeat", new Gather(a + 2), repeated, table);
      }
    }
    return x.with(repeated);
  }

  /** Blocks of pixels become channels, the position in the block being the outer factor. */
  static Value spaceToDepth(LayerScope scope, Value x, int block) {
    scope.requireRank(x, 4);
    Shape shape = scope.shape(x);
    int height = shape.dim(2);
    int width = shape.dim(3);
    if (block < 1 || height % block != 0 || width % block != 0) {
      throw new MalformedInputException("it takes blocks of " + block + " from " + shape);
    }
    int samples = shape.dim(0);
    int channels = shape.dim(1);
    String blocks =
        scope.node(
            "blocks",
            new Reshape(Shape.of(samples, channels, height / block, block, width / block, block)),
            x.tensor());
    String outside = scope.node("outside", new Transpose(List.of(0, 3, 5, 1, 2, 4)), blocks);
    Shape deep =
        Shape.of(
            samples, Math.multiplyExact(channels, block * block), height / block, width / block);
    return x.with(scope.node("depth", new Reshape(deep), outside));
  }

  /** All axes but that of the samples in one, in the model's own order. */
  static Value flatten(LayerScope scope, Value x) {
    Shape shape = scope.shape(x);
    if (shape.rank() == 2) {
      return x;
    }
    Shape flat = Shape.of(shape.dim(0), Math.toIntExact(shape.sizeOf(1, shape.rank())));
    return new Value(
        scope.node("flatten", new Reshape(flat), scope.inOwnOrder(x)), x.channelsLast());
  }

  /**
   * Another shape, the elements in the model's own order.
   *
   * @param own the shape in that order, of as many elements; one entry may be -1
   * @param channelsLast the order in the new shape
   */
  static Value reshape(LayerScope scope, Value x, List<Integer> own, boolean channelsLast) {
    long size = scope.shape(x).size();
    long known = 1;
    for (int length : own) {
      known = length == -1 ? known : Math.multiplyExact(known, (long) length);
    }
    int[] dims = new int[own.size()];
    for (int a = 0; a < dims.length; a++) {
      dims[a] = own.get(a) == -1 && known > 0 ? Math.toIntExact(size / known) : own.get(a);
    }
    Shape shape = Shape.of(dims);
    if (shape.size() != size) {
      throw new MalformedInputException(
          "it makes " + own + " of " + scope.shape(x) + ", which has " + size + " elements");
    }
    String reshaped = scope.node("reshape", new Reshape(shape), scope.inOwnOrder(x));
    return scope.fromOwnOrder(reshaped, channelsLast);
  }
}
