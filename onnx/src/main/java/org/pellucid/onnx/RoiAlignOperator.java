package org.pellucid.onnx;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/**
 * Feature maps [N, C, H, W] under boxes [R, 4] (left, top, right, bottom), each divided into equal
 * bins, as [R, C, height, width] (He et al. 2017, section 3): a bin is the mean, or the largest, of
 * bilinear samples that are spread evenly over it. Gradients pass through the maps and the boxes.
 */
final class RoiAlignOperator {
  private final NodeTranslation node;
  private final Shape maps;
  private final int boxes;
  private final int samples;
  private final boolean largest;
  private final boolean shifted;
  private final double scale;

  private RoiAlignOperator(NodeTranslation node) {
    this.node = node;
    this.maps = node.shape(0);
    Shape given = node.shape(1);
    if (maps.rank() != 4
        || maps.size() == 0
        || given.rank() != 2
        || given.dim(1) != 4
        || !node.shape(2).equals(Shape.of(given.dim(0)))) {
      throw new IllegalArgumentException(
          "maps "
              + maps
              + ", boxes "
              + given
              + " and their samples "
              + node.shape(2)
              + " do not fit");
    }
    this.boxes = given.dim(0);
    Attributes attributes = node.attributes();
    String mode = attributes.text("mode", "avg");
    String rule =
        node.opset() < 16
            ? "output_half_pixel"
            : attributes.text("coordinate_transformation_mode", "half_pixel");
    this.samples = attributes.whole("sampling_ratio", 0);
    this.largest = mode.equals("max");
    this.shifted = rule.equals("half_pixel");
    this.scale = attributes.real("spatial_scale", 1);
    if (!largest && !mode.equals("avg")
        || !shifted && !rule.equals("output_half_pixel")
        || samples < 0) {
      throw new IllegalArgumentException(
          "attributes mode=%s, coordinate_transformation_mode=%s and sampling_ratio=%d do not tell"
                  .formatted(mode, rule, samples)
              + " how it samples");
    }
    if (samples == 0 && !node.isConstant(1)) {
      throw new RefusedNodeException(
          "how many samples it takes depends on boxes that depend on the input data; a"
              + " sampling_ratio above 0 is supported");
    }
  }

  static void translate(NodeTranslation node) {
    new RoiAlignOperator(node).translate();
  }

  private void translate() {
    int channels = maps.dim(1);
    int height = maps.dim(2);
    int width = maps.dim(3);
    String turned = node.helper("channels-last", new Transpose(List.of(0, 2, 3, 1)), node.input(0));
    Shape rows = Shape.of(Math.toIntExact(maps.size() / channels), channels);
    String table = node.helper("cells", new Reshape(rows), turned);

    Axis vertical = new Axis(1, height, length("output_height"));
    Axis horizontal = new Axis(0, width, length("output_width"));
    CellReader.Along down = vertical.along(Shape.of(boxes, vertical.points(), 1));
    CellReader.Along across = horizontal.along(Shape.of(boxes, 1, horizontal.points()));
    String sample = node.helper("sample", new Reshape(Shape.of(boxes, 1, 1)), node.input(2));
    String cells = node.constant("map-size", Tensor.scalar((long) height * width));
    String starts = node.helper("starts", new Binary.Mul(), sample, cells);
    CellReader reader = new CellReader(node, table, starts, height, width);
    List<CellReader.Along> along = List.of(down, across);
    String read = largest ? reader.largest(along) : reader.sum(along);

    // [boxes, bins, samples, the rest]: one axis of samples after the other.
    String bins =
        joined(
            read,
            Shape.of(boxes * vertical.bins, vertical.samples, horizontal.points() * channels));
    bins =
        joined(
            bins, Shape.of(boxes * vertical.bins * horizontal.bins, horizontal.samples, channels));
    Shape last = Shape.of(boxes, vertical.bins, horizontal.bins, channels);
    node.output(new Transpose(List.of(0, 3, 1, 2)), node.helper("bins", new Reshape(last), bins));
  }

  private int length(String attribute) {
    int length = node.attributes().whole(attribute, 1);
    if (length < 1) {
      throw new IllegalArgumentException("attribute " + attribute + "=" + length);
    }
    return length;
  }

  /** The largest, or the sum, along axis 1 of a shape. */
  private String joined(String value, Shape shape) {
    String apart = node.helper("apart", new Reshape(shape), value);
    return node.helper(
        "joined",
        largest ? new Reduce.ReduceMax(List.of(1), false) : new Reduce.ReduceSum(List.of(1), false),
        apart);
  }

  /** One of the two axes of all boxes. */
  private final class Axis {
    private final int length;
    private final int bins;

    /** Where boxes begin and how long they are, in cells: [boxes, 1]. */
    private final String begin;

    private final String extent;

    /** How many samples a bin has along the axis; those of some boxes may not count. */
    private final int samples;

    /** How many each box has, null where all have as many. */
    private final int[] each;

    Axis(int column, int length, int bins) {
      this.length = length;
      this.bins = bins;
      this.begin = edge(column);
      String end = edge(column + 2);
      String difference = node.helper("extent", new Binary.Sub(), end, begin);
      ElementType type = node.type(difference).elementType();
      this.extent =
          shifted
              ? difference
              : node.helper(
                  "at-least-one", new Binary.Max(), difference, node.number("one", 1, type));
      int fixed = RoiAlignOperator.this.samples;
      if (fixed > 0) {
        this.samples = fixed;
        this.each = null;
        return;
      }
      // As many as cells that a bin covers, whole or in part.
      Tensor extents = node.constant(extent);
      int most = 1;
      this.each = new int[boxes];
      for (int box = 0; box < boxes; box++) {
        each[box] = (int) Math.max(0, Math.ceil((float) extents.get(box) / (float) bins));
        most = Math.max(most, each[box]);
      }
      this.samples = most;
    }

    private String edge(int column) {
      Slice slice = new Slice(List.of(0, column), List.of(boxes, 1), List.of(1, 1));
      String edge = node.helper("edge", slice, node.input(1));
      return node.helper("edge", new Unary.Affine(scale, shifted ? -0.5 : 0), edge);
    }

    int points() {
      return Math.multiplyExact(bins, samples);
    }

    /** The neighbours of the points along this axis, in a shape. */
    CellReader.Along along(Shape shape) {
      int rows = each == null ? 1 : boxes;
      node.takeRoom(2L * rows * points());
      float[] parts = new float[Math.multiplyExact(rows, points())];
      float[] weights = new float[parts.length];
      for (int i = 0; i < parts.length; i++) {
        int count = each == null ? samples : each[i / points()];
        int bin = i % points() / samples;
        // Beyond those of its box, a sample is the last one again, which no maximum heeds.
        int place = Math.max(0, Math.min(count - 1, i % samples));
        parts[i] = (float) ((bin + (place + 0.5) / Math.max(1, count)) / bins);
        boolean counts = largest ? count > 0 : i % samples < count;
        weights[i] = counts ? largest ? 1 : 1f / count : 0;
      }
      Shape table = Shape.of(rows, points());
      String part = node.constant("parts", Tensor.of(table, parts));
      String within = node.helper("within", new Binary.Mul(), extent, part);
      String position = node.helper("position", new Binary.Add(), begin, within);
      String counted =
          node.helper(
              "counted",
              new Binary.Mul(),
              inside(position),
              node.constant("sample-weights", Tensor.of(table, weights)));
      String kept = node.helper("kept", new Unary.Clip(0, length - 1), position);
      CellReader.Along along =
          CellReader.between(node, node.helper("points", new Reshape(shape), kept), "point");
      String factor = node.helper("factors", new Reshape(shape), counted);
      return new CellReader.Along(
          along.cell(),
          along.weight().stream()
              .map(weight -> node.helper("weight", new Binary.Mul(), weight, factor))
              .toList());
    }

    /** 1 for positions up to one cell beyond the map, 0 for others. */
    private String inside(String position) {
      ElementType type = node.type(position).elementType();
      String low =
          node.helper(
              "low", new Binary.GreaterOrEqual(), position, node.number("before", -1, type));
      String high =
          node.helper(
              "high", new Binary.LessOrEqual(), position, node.number("after", length, type));
      String both = node.helper("inside", new Binary.And(), low, high);
      return node.helper("counts", new Cast(type), both);
    }
  }
}
