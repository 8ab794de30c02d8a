package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

/**
 * Reads between the cells of grids: the rows of a table [cells, channels] are the cells of grids
 * that lie one after the other, and what is read at a point is a weighted sum of cells around it.
 * Gradients pass to the table, through the weights, and through them to positions that depend on
 * the data.
 */
final class CellReader {
  private final NodeTranslation node;
  private final String table;
  private final String starts;
  private final int[] lengths;

  /**
   * A reader of grids.
   *
   * @param table the cells' rows
   * @param starts int64, where each point's grid begins in the table; broadcasts to the points
   * @param lengths of the axes of every grid
   */
  CellReader(NodeTranslation node, String table, String starts, int... lengths) {
    this.node = node;
    this.table = table;
    this.starts = starts;
    this.lengths = lengths;
  }

  /**
   * The neighbours of each point along an axis of its grid.
   *
   * @param cell their positions, floating whole numbers; the nearest cell answers for one beyond
   *     the grid
   * @param weight how much each counts
   */
  record Along(List<String> cell, List<String> weight) {}

  /** The cells before and after a position, each the more the nearer it is. */
  static Along between(NodeTranslation node, String position, String suffix) {
    String below = node.helper("below-" + suffix, new Unary.Floor(), position);
    String above = node.helper("above-" + suffix, new Unary.Affine(1, 1), below);
    String share = node.helper("share-" + suffix, new Binary.Sub(), position, below);
    String rest = node.helper("rest-" + suffix, new Unary.Affine(-1, 1), share);
    return new Along(List.of(below, above), List.of(rest, share));
  }

  /** The same neighbours, of which those beyond an axis of a length do not count. */
  static Along within(NodeTranslation node, Along along, int length) {
    List<String> weights =
        IntStream.range(0, along.cell().size())
            .mapToObj(
                side ->
                    node.helper(
                        "weight",
                        new Binary.Mul(),
                        along.weight().get(side),
                        counts(node, along.cell().get(side), length)))
            .toList();
    return new Along(along.cell(), weights);
  }

  /** 1 for cells of an axis, 0 for others. */
  static String counts(NodeTranslation node, String cell, int length) {
    ElementType type = node.type(cell).elementType();
    String low = node.helper("low", new Binary.Greater(), cell, node.number("before", -1, type));
    String high = node.helper("high", new Binary.Less(), cell, node.number("after", length, type));
    String inside = node.helper("inside", new Binary.And(), low, high);
    return node.helper("counts", new Cast(type), inside);
  }

  /** What is read: the points' shape and an axis of channels. */
  String sum(List<Along> along) {
    return joined(along, "sum", new Binary.Add());
  }

  /** The largest of what single cells add to {@link #sum}, in each channel. */
  String largest(List<Along> along) {
    return joined(along, "largest", new Binary.Max());
  }

  private String joined(List<Along> along, String suffix, Binary operation) {
    int corners = along.stream().mapToInt(axis -> axis.cell().size()).reduce(1, (a, b) -> a * b);
    String joined = null;
    for (int corner = 0; corner < corners; corner++) {
      String part = corner(corner, along);
      joined = joined == null ? part : node.helper(suffix, operation, joined, part);
    }
    return joined;
  }

  /** What one corner of the box of cells around each point adds. */
  private String corner(int corner, List<Along> along) {
    String place = starts;
    String weight = null;
    int stride = 1;
    int rest = corner;
    for (int axis = along.size() - 1; axis >= 0; axis--) {
      int sides = along.get(axis).cell().size();
      int side = rest % sides;
      rest /= sides;
      String inside =
          node.helper(
              "bounded", new Unary.Clip(0, lengths[axis] - 1), along.get(axis).cell().get(side));
      String whole = node.helper("whole", new Cast(ElementType.INT64), inside);
      String steps = node.number("stride", stride, ElementType.INT64);
      place =
          node.helper(
              "place",
              new Binary.Add(),
              place,
              node.helper("step", new Binary.Mul(), whole, steps));
      String share = along.get(axis).weight().get(side);
      weight = weight == null ? share : node.helper("share", new Binary.Mul(), weight, share);
      stride *= lengths[axis];
    }
    String picked = node.helper("picked", new Gather(0), table, place);
    int[] dims = node.shape(weight).dims();
    int[] column = Arrays.copyOf(dims, dims.length + 1);
    column[dims.length] = 1;
    String each = node.helper("each", new Reshape(Shape.of(column)), weight);
    return node.helper("weighted", new Binary.Mul(), picked, each);
  }
}
