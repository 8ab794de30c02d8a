package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/**
 * An image [N, C, spatial...] read at positions [N, output..., axes] that are given from -1 to 1
 * along each axis, the last axis of the image first. Where positions depend on the data, gradients
 * pass through them.
 */
final class GridSampleOperator {
  /** The coefficient of cubic sampling that ONNX prescribes. */
  private static final double CUBIC = -0.75;

  private final NodeTranslation node;
  private final Shape image;
  private final Shape grid;
  private final int axes;
  private final boolean nearest;
  private final boolean cubic;
  private final String padding;
  private final boolean corners;

  private GridSampleOperator(NodeTranslation node) {
    this.node = node;
    this.image = node.shape(0);
    this.grid = node.shape(1);
    this.axes = image.rank() - 2;
    String mode = node.attributes().text("mode", node.opset() < 20 ? "bilinear" : "linear");
    this.nearest = mode.equals("nearest");
    this.cubic = mode.equals("bicubic") || mode.equals("cubic");
    this.padding = node.attributes().text("padding_mode", "zeros");
    this.corners = node.attributes().flag("align_corners", false);
    if (!nearest && !cubic && !mode.equals("bilinear") && !mode.equals("linear")) {
      throw new RefusedNodeException("mode " + mode + " is not supported");
    }
    if (!List.of("zeros", "border", "reflection").contains(padding)) {
      throw new IllegalArgumentException("attribute padding_mode=" + padding + " is not a rule");
    }
    if (axes < 1
        || axes > 3
        || grid.rank() != image.rank()
        || grid.dim(-1) != axes
        || grid.dim(0) != image.dim(0)
        || image.size() == 0) {
      throw new IllegalArgumentException("positions " + grid + " do not fit the image " + image);
    }
  }

  static void translate(NodeTranslation node) {
    new GridSampleOperator(node).translate();
  }

  private void translate() {
    int samples = image.dim(0);
    int points = Math.toIntExact(grid.sizeOf(1, grid.rank() - 1));
    List<Integer> last = new ArrayList<>(IntStream.range(0, axes + 2).boxed().toList());
    last.add(last.remove(1));
    String turned = node.helper("channels-last", new Transpose(last), node.input(0));
    int cells = Math.toIntExact(image.size() / image.dim(1));
    Shape rows = Shape.of(cells, image.dim(1));
    String table = node.helper("cells", new Reshape(rows), turned);

    List<CellReader.Along> along = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      along.add(along(axis, position(axis, Math.multiplyExact(samples, points))));
    }
    String starts = sampleStarts(samples, points, cells / samples);
    int[] lengths = Arrays.copyOfRange(image.dims(), 2, image.rank());
    String sum = new CellReader(node, table, starts, lengths).sum(along);
    int[] dims = grid.dims();
    dims[axes + 1] = image.dim(1);
    String maps = node.helper("maps", new Reshape(Shape.of(dims)), sum);
    List<Integer> channelsFirst =
        Stream.concat(Stream.of(0, axes + 1), IntStream.rangeClosed(1, axes).boxed()).toList();
    node.output(new Transpose(channelsFirst), maps);
  }

  /** Where the cells of each point's sample begin. */
  private String sampleStarts(int samples, int points, int cells) {
    node.takeRoom((long) samples * points);
    long[] starts = new long[samples * points];
    Arrays.setAll(starts, i -> (long) (i / points) * cells);
    return node.constant("starts", Tensor.of(Shape.of(starts.length), starts));
  }

  /** The points' coordinates along an axis of the image, in cells. */
  private String position(int axis, int count) {
    List<Integer> starts = new ArrayList<>(Collections.nCopies(grid.rank(), 0));
    List<Integer> sizes = new ArrayList<>(IntStream.of(grid.dims()).boxed().toList());
    starts.set(grid.rank() - 1, axes - 1 - axis);
    sizes.set(grid.rank() - 1, 1);
    List<Integer> steps = Collections.nCopies(grid.rank(), 1);
    String part = node.helper("axis-" + axis, new Slice(starts, sizes, steps), node.input(1));
    String flat = node.helper("flat-" + axis, new Reshape(Shape.of(count)), part);
    int length = image.dim(axis + 2);
    double scale = corners ? (length - 1) / 2.0 : length / 2.0;
    double offset = (length - 1) / 2.0;
    String position = node.helper("position-" + axis, new Unary.Affine(scale, offset), flat);
    if (cubic) {
      return position;
    }
    if (padding.equals("reflection")) {
      position = reflected(position, length);
    }
    return padding.equals("zeros")
        ? position
        : node.helper("kept-" + axis, new Unary.Clip(0, length - 1), position);
  }

  /** Mirrored at both ends of an axis as often as needed. */
  private String reflected(String position, int length) {
    double low = corners ? 0 : -0.5;
    int span = corners ? length - 1 : length;
    if (span == 0) {
      return node.helper("middle", new Unary.Affine(0, 0), position);
    }
    String distance =
        node.helper(
            "distance", new Unary.Abs(), node.helper("moved", new Unary.Affine(1, -low), position));
    String twice = node.number("twice", 2 * span, node.type(position).elementType());
    String rest = node.helper("rest", new Binary.Mod(true), distance, twice);
    String fromEnd =
        node.helper(
            "from-end", new Unary.Abs(), node.helper("end", new Unary.Affine(1, -span), rest));
    return node.helper("reflected", new Unary.Affine(-1, low + span), fromEnd);
  }

  /** The two neighbours of each point, the four of cubic sampling, or the nearest alone. */
  private CellReader.Along along(int axis, String position) {
    int length = image.dim(axis + 2);
    if (nearest) {
      String cell = node.helper("nearest-" + axis, new Unary.Round(), position);
      return new CellReader.Along(List.of(cell), List.of(CellReader.counts(node, cell, length)));
    }
    return cubic
        ? cubic(axis, length, position)
        : CellReader.within(node, CellReader.between(node, position, "" + axis), length);
  }

  /** Cells beyond the image are those that the rule of padding puts in their place. */
  private CellReader.Along cubic(int axis, int length, String position) {
    String below = node.helper("below-" + axis, new Unary.Floor(), position);
    String share = node.helper("share-" + axis, new Binary.Sub(), position, below);
    List<String> cells = new ArrayList<>();
    List<String> weights = new ArrayList<>();
    for (int k = -1; k <= 2; k++) {
      String cell = node.helper("cell-" + axis, new Unary.Affine(1, k), below);
      // |share - k|
      String distance =
          node.helper("distance-" + axis, new Unary.Affine(k <= 0 ? 1 : -1, Math.abs(k)), share);
      String weight = k == 0 || k == 1 ? inner(distance) : outer(distance);
      switch (padding) {
        case "zeros" ->
            weight =
                node.helper(
                    "weight", new Binary.Mul(), weight, CellReader.counts(node, cell, length));
        case "reflection" -> cell = reflected(cell, length);
        default -> {
          // The cell at the border, as all cells are bounded.
        }
      }
      cells.add(cell);
      weights.add(weight);
    }
    return new CellReader.Along(cells, weights);
  }

  /** (a + 2) d^3 - (a + 3) d^2 + 1, for distances up to 1 (Keys 1981). */
  private String inner(String d) {
    String line = node.helper("inner", new Unary.Affine(CUBIC + 2, -(CUBIC + 3)), d);
    String square = node.helper("inner", new Binary.Mul(), line, d);
    String cube = node.helper("inner", new Binary.Mul(), square, d);
    return node.helper("inner", new Unary.Affine(1, 1), cube);
  }

  /** a d^3 - 5 a d^2 + 8 a d - 4 a, for distances from 1 to 2. */
  private String outer(String d) {
    String line = node.helper("outer", new Unary.Affine(CUBIC, -5 * CUBIC), d);
    String square = node.helper("outer", new Binary.Mul(), line, d);
    String more = node.helper("outer", new Unary.Affine(1, 8 * CUBIC), square);
    String cube = node.helper("outer", new Binary.Mul(), more, d);
    return node.helper("outer", new Unary.Affine(1, -4 * CUBIC), cube);
  }
}
