package org.pellucid.onnx;

import java.util.Arrays;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.ScatterAdd;

/** Elements and slices that are written to given places, or added up there as gradients are. */
final class ScatterOperators {
  private ScatterOperators() {}

  /**
   * Each update goes to its own place but along the axis, where its index says. In the flat form of
   * the data this is one index per update.
   */
  static void elements(NodeTranslation node) {
    boolean adds = adds(node);
    Shape data = node.shape(0);
    Shape updates = node.shape(2);
    if (!node.shape(1).equals(updates) || updates.rank() != data.rank()) {
      throw new IllegalArgumentException(
          "its data, indices and updates are " + data + ", " + node.shape(1) + " and " + updates);
    }
    int axis = data.axis(node.attributes().whole("axis", 0));
    String places = FlatPlaces.along(node, data, axis);
    Shape line = Shape.of(Math.toIntExact(updates.size()));
    if (!adds) {
      Shape flat = Shape.of(Math.toIntExact(data.size()));
      replace(
          node,
          node.helper("flat-data", new Reshape(flat), node.input(0)),
          node.helper("flat-updates", new Reshape(line), node.input(2)),
          node.helper("flat-indices", new Reshape(line), places));
      return;
    }
    String sums =
        node.helper(
            "sums",
            new ScatterAdd(0, Math.toIntExact(data.size())),
            node.helper("flat-updates", new Reshape(line), node.input(2)),
            node.helper("flat-indices", new Reshape(line), places));
    if (isZero(node)) {
      node.output(new Reshape(data), sums);
    } else {
      String shaped = node.helper("shaped", new Reshape(data), sums);
      node.output(new Binary.Add(), node.input(0), shaped);
    }
  }

  /** Whole slices go to places that are indices along the first axes. */
  static void slices(NodeTranslation node) {
    boolean adds = adds(node);
    Shape data = node.shape(0);
    Shape indices = node.shape(1);
    int axes = indices.rank() == 0 ? 0 : indices.dim(indices.rank() - 1);
    if (axes < 1 || axes > data.rank()) {
      throw new IllegalArgumentException(
          "its indices are " + indices + " where the data is " + data);
    }
    Shape lines = FlatPlaces.merged(data, axes);
    int count = Math.toIntExact(indices.sizeOf(0, indices.rank() - 1));
    Shape line = Shape.of(count);
    String places =
        node.helper("flat-indices", new Reshape(line), FlatPlaces.tuples(node, data, axes, 0));
    String updates = node.helper("flat-updates", new Reshape(lines.with(0, count)), node.input(2));
    if (!adds) {
      replace(node, node.helper("flat-data", new Reshape(lines), node.input(0)), updates, places);
      return;
    }
    String sums = node.helper("sums", new ScatterAdd(0, lines.dim(0)), updates, places);
    String shaped = node.helper("shaped", new Reshape(data), sums);
    node.output(new Binary.Add(), node.input(0), shaped);
  }

  private static boolean adds(NodeTranslation node) {
    String reduction = node.attributes().text("reduction", "none");
    return switch (reduction) {
      case "none" -> false;
      case "add" -> true;
      default -> throw new RefusedNodeException("it reduces by " + reduction);
    };
  }

  /**
   * Slices of data, but where there is an update for a place, the update; the last one where there
   * are several. Read from data and updates together, by a table that is known now.
   */
  private static void replace(NodeTranslation node, String data, String updates, String places) {
    if (!node.isConstant(places)) {
      throw new RefusedNodeException("where it writes depends on the model's input data");
    }
    int length = node.shape(data).dim(0);
    node.takeRoom(length);
    long[] sources = new long[length];
    Arrays.setAll(sources, i -> i);
    long[] targets = node.constant(places).toLongArray();
    for (int i = 0; i < targets.length; i++) {
      sources[(int) Math.floorMod(targets[i], (long) length)] = (long) length + i;
    }
    String both = node.helper("both", new Concat(0), data, updates);
    String table = node.constant("sources", Tensor.of(Shape.of(length), sources));
    String taken = node.helper("taken", new Gather(0), both, table);
    node.output(new Reshape(node.shape(0)), taken);
  }

  private static boolean isZero(NodeTranslation node) {
    if (!node.isConstant(0)) {
      return false;
    }
    Tensor data = node.constant(0, "data");
    for (int i = 0; i < data.size(); i++) {
      if (data.get(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
