package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.ScatterAdd;

/**
 * Elements and slices that are written to given places, added up there as gradients are, or joined
 * with what is there by a product, the smallest or the largest.
 */
final class ScatterOperators {
  /** Each more update of one place takes some nodes of the graph. */
  private static final int MOST_ROUNDS = 64;

  private ScatterOperators() {}

  /**
   * Each update goes to its own place but along the axis, where its index says. In the flat form of
   * the data this is one index per update.
   */
  static void elements(NodeTranslation node) {
    String reduction = reduction(node);
    Shape data = node.shape(0);
    Shape updates = node.shape(2);
    if (!node.shape(1).equals(updates) || updates.rank() != data.rank()) {
      throw new IllegalArgumentException(
          "its data, indices and updates are " + data + ", " + node.shape(1) + " and " + updates);
    }
    int axis = data.axis(node.attributes().whole("axis", 0));
    String places = FlatPlaces.along(node, data, axis);
    Shape line = Shape.of(Math.toIntExact(updates.size()));
    if (!reduction.equals("add")) {
      Shape flat = Shape.of(Math.toIntExact(data.size()));
      replace(
          node,
          node.helper("flat-data", new Reshape(flat), node.input(0)),
          node.helper("flat-updates", new Reshape(line), node.input(2)),
          node.helper("flat-indices", new Reshape(line), places),
          reduction);
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
    String reduction = reduction(node);
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
    if (!reduction.equals("add")) {
      String flat = node.helper("flat-data", new Reshape(lines), node.input(0));
      replace(node, flat, updates, places, reduction);
      return;
    }
    String sums = node.helper("sums", new ScatterAdd(0, lines.dim(0)), updates, places);
    String shaped = node.helper("shaped", new Reshape(data), sums);
    node.output(new Binary.Add(), node.input(0), shaped);
  }

  private static String reduction(NodeTranslation node) {
    String reduction = node.attributes().text("reduction", "none");
    if (!List.of("none", "add", "mul", "min", "max").contains(reduction)) {
      throw new IllegalArgumentException("attribute reduction=" + reduction + " is not a rule");
    }
    return reduction;
  }

  /**
   * Slices of data, but where there are updates for a place, those in turn: the last one, or all
   * joined with the data. Read by tables that are known now.
   */
  private static void replace(
      NodeTranslation node, String data, String updates, String places, String reduction) {
    if (!node.isConstant(places)) {
      throw new RefusedNodeException("where it writes depends on the model's input data");
    }
    int length = node.shape(data).dim(0);
    node.takeRoom(length);
    long[] targets = node.constant(places).toLongArray();
    if (reduction.equals("none")) {
      long[] sources = new long[length];
      Arrays.setAll(sources, i -> i);
      for (int i = 0; i < targets.length; i++) {
        sources[(int) Math.floorMod(targets[i], (long) length)] = (long) length + i;
      }
      String both = node.helper("both", new Concat(0), data, updates);
      node.output(new Reshape(node.shape(0)), taken(node, both, sources));
      return;
    }
    // The n-th update of every place in round n; what joins without effect where there is none.
    List<long[]> rounds = new ArrayList<>();
    int[] counts = new int[length];
    for (int i = 0; i < targets.length; i++) {
      int target = (int) Math.floorMod(targets[i], (long) length);
      int round = counts[target]++;
      if (round == MOST_ROUNDS) {
        throw new RefusedNodeException(
            "it reduces by " + reduction + " more than " + MOST_ROUNDS + " updates of one place");
      }
      if (round == rounds.size()) {
        node.takeRoom(length);
        long[] none = new long[length];
        Arrays.fill(none, targets.length);
        rounds.add(none);
      }
      rounds.get(round)[target] = i;
    }
    Binary operation =
        switch (reduction) {
          case "mul" -> new Binary.Mul();
          case "min" -> new Binary.Min();
          default -> new Binary.Max();
        };
    ElementType type = node.type(data).elementType();
    Shape line = node.shape(updates).with(0, 1);
    double[] neutral = new double[Math.toIntExact(line.size())];
    Arrays.fill(neutral, neutral(reduction, type));
    String idle = node.constant("idle", Tensor.of(line, neutral).cast(type));
    String all = node.helper("all", new Concat(0), updates, idle);
    String joined = data;
    for (long[] round : rounds) {
      joined = node.helper("joined", operation, joined, taken(node, all, round));
    }
    node.output(new Reshape(node.shape(0)), joined);
  }

  private static double neutral(String reduction, ElementType type) {
    if (reduction.equals("mul")) {
      return 1;
    }
    double highest = type.isFloating() ? Double.POSITIVE_INFINITY : Long.MAX_VALUE;
    return reduction.equals("min") ? highest : -highest;
  }

  private static String taken(NodeTranslation node, String from, long[] sources) {
    String table = node.constant("sources", Tensor.of(Shape.of(sources.length), sources));
    return node.helper("taken", new Gather(0), from, table);
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
