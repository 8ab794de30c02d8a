package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.ConvTranspose;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.ScatterAdd;

/** Operators that put what windows hold back in its place: Col2Im and MaxUnpool. */
final class FoldingOperators {
  private FoldingOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("Col2Im", 3, 3, FoldingOperators::fold);
    registry.add("MaxUnpool", 2, 3, FoldingOperators::unpool);
  }

  /**
   * Columns [N, C * elements of a block, blocks] added up to images [N, C, spatial...]: a
   * transposed convolution, in which each element of a block is a channel that adds to one place.
   */
  private static void fold(NodeTranslation node) {
    List<Integer> image = node.wholes(1, "image's shape");
    List<Integer> block = node.wholes(2, "blocks' shape");
    Shape columns = node.shape(0);
    int axes = image.size();
    if (axes > 3) {
      throw new RefusedNodeException("it has " + axes + " spatial axes, at most 3");
    }
    Windows.atLeast("image_shape", image, Math.max(1, axes), 1);
    Windows.atLeast("block_shape", block, axes, 1);
    Attributes attributes = node.attributes();
    List<Integer> strides = Windows.orElse(attributes.wholes("strides"), axes, 1);
    Windows.atLeast("strides", strides, axes, 1);
    List<Integer> dilations = Windows.orElse(attributes.wholes("dilations"), axes, 1);
    Windows.atLeast("dilations", dilations, axes, 1);
    List<Integer> pads = Windows.orElse(attributes.wholes("pads"), 2 * axes, 0);
    Windows.atLeast("pads", pads, 2 * axes, 0);
    List<Integer> blocks = new ArrayList<>();
    List<Integer> rest = new ArrayList<>();
    for (int a = 0; a < axes; a++) {
      long reach = (block.get(a) - 1L) * dilations.get(a) + 1;
      long room = (long) image.get(a) + pads.get(a) + pads.get(a + axes) - reach;
      blocks.add(Math.toIntExact(Math.max(0, Math.floorDiv(room, (long) strides.get(a)) + 1)));
      rest.add((int) Math.floorMod(room, (long) strides.get(a)));
    }
    int elements = Math.toIntExact(product(block));
    if (columns.rank() != 3
        || columns.dim(1) == 0
        || columns.dim(1) % elements != 0
        || columns.dim(2) != product(blocks)) {
      throw new IllegalArgumentException(
          "columns "
              + columns
              + " do not fit "
              + blocks
              + " blocks of "
              + block
              + " in an image of "
              + image);
    }
    Shape stacked =
        Shape.of(
            IntStream.concat(
                    IntStream.of(columns.dim(0), columns.dim(1)),
                    blocks.stream().mapToInt(Integer::intValue))
                .toArray());
    String x = node.helper("blocks", new Reshape(stacked), node.input(0));
    Shape shape =
        Shape.of(
            IntStream.concat(
                    IntStream.of(columns.dim(1), 1), block.stream().mapToInt(Integer::intValue))
                .toArray());
    node.takeRoom(shape.size());
    float[] places = new float[Math.toIntExact(shape.size())];
    for (int channel = 0; channel < columns.dim(1); channel++) {
      places[channel * elements + channel % elements] = 1;
    }
    ConvTranspose conv =
        new ConvTranspose(
            strides,
            dilations,
            pads.subList(0, axes),
            pads.subList(axes, 2 * axes),
            rest,
            columns.dim(1) / elements);
    node.output(conv, x, node.constant("places", Tensor.of(shape, places)));
  }

  private static long product(List<Integer> lengths) {
    return lengths.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /**
   * Elements at the places that MaxPool has taken them from, zeros elsewhere. Where windows
   * overlap, several may come from one place; those are the same element, and are divided by how
   * many there are. Places are counted in the output, whose shape may be given: as MaxPool counts
   * them in its input, and as ONNX Runtime and PyTorch do.
   */
  private static void unpool(NodeTranslation node) {
    Shape from = node.shape(0);
    int axes = from.rank() - 2;
    List<Integer> kernel = node.attributes().wholes("kernel_shape");
    if (axes < 1 || kernel == null || !node.shape(1).equals(from)) {
      throw new IllegalArgumentException(
          "its input " + from + ", indices " + node.shape(1) + " and kernel_shape do not fit");
    }
    Windows.atLeast("kernel_shape", kernel, axes, 1);
    List<Integer> strides = Windows.orElse(node.attributes().wholes("strides"), axes, 1);
    Windows.atLeast("strides", strides, axes, 1);
    List<Integer> pads = Windows.orElse(node.attributes().wholes("pads"), 2 * axes, 0);
    Windows.atLeast("pads", pads, 2 * axes, 0);
    int[] dims = from.dims();
    boolean overlap = false;
    for (int a = 0; a < axes; a++) {
      dims[a + 2] =
          Math.toIntExact(
              (from.dim(a + 2) - 1L) * strides.get(a)
                  - pads.get(a)
                  - pads.get(a + axes)
                  + kernel.get(a));
      overlap |= kernel.get(a) > strides.get(a);
    }
    Shape inferred = Shape.of(dims);
    Shape to = inferred;
    if (node.has(2)) {
      List<Integer> wanted = node.wholes(2, "output's shape");
      Windows.atLeast("output_shape", wanted, from.rank(), 0);
      to = ShapeOperators.shapeOf(wanted);
    }
    int size = Math.toIntExact(to.size());
    Shape line = Shape.of(Math.toIntExact(from.size()));
    String x = node.helper("flat", new Reshape(line), node.input(0));
    String places = node.helper("places", new Reshape(line), node.input(1));
    ScatterAdd scatter = new ScatterAdd(0, size);
    String sums = node.helper("sums", scatter, x, places);
    if (overlap) {
      node.takeRoom(line.size());
      float[] ones = new float[line.dim(0)];
      Arrays.fill(ones, 1);
      String counts =
          node.helper("counts", scatter, node.constant("ones", Tensor.of(line, ones)), places);
      ElementType type = node.type(counts).elementType();
      String divisor =
          node.helper("divisor", new Binary.Max(), counts, node.number("one", 1, type));
      sums = node.helper("once", new Binary.Div(), sums, divisor);
    }
    node.output(new Reshape(to), sums);
  }
}
