package org.pellucid.onnx;

import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.ScatterAdd;
import org.pellucid.graph.op.Where;

/** Elements that are added up at given places, as gradients are. */
final class ScatterOperators {
  private ScatterOperators() {}

  /**
   * Each update goes to its own place but along the axis, where its index says. In the flat form of
   * the data this is one index per update.
   */
  static void elements(NodeTranslation node) {
    String reduction = node.attributes().text("reduction", "none");
    if (!reduction.equals("add")) {
      throw new RefusedNodeException("it does not add, but reduces by " + reduction);
    }
    Shape data = node.shape(0);
    Shape updates = node.shape(2);
    if (!node.shape(1).equals(updates) || updates.rank() != data.rank()) {
      throw new IllegalArgumentException(
          "its data, indices and updates are " + data + ", " + node.shape(1) + " and " + updates);
    }
    int axis = data.axis(node.attributes().whole("axis", 0));
    String places = node.input(1);
    if (data.rank() > 1) {
      places = flat(node, data, axis);
    }
    Shape line = Shape.of(Math.toIntExact(updates.size()));
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

  /** Indices along an axis as places in the flat data. */
  private static String flat(NodeTranslation node, Shape data, int axis) {
    TensorType indices = node.type(1);
    String index = node.input(1);
    String zero = node.constant("zero", Tensor.scalar(0L));
    String length = node.constant("length", Tensor.scalar((long) data.dim(axis)));
    String negative = node.helper("negative", new Binary.Less(), index, zero);
    String moved = node.helper("moved", new Binary.Add(), index, length);
    String positive = node.helper("positive", new Where(), negative, moved, index);
    int[] strides = data.strides();
    String stride = node.constant("stride", Tensor.scalar((long) strides[axis]));
    node.takeRoom(indices.shape().size());
    long[] others = new long[Math.toIntExact(indices.shape().size())];
    int[] own = indices.shape().strides();
    for (int i = 0; i < others.length; i++) {
      for (int a = 0; a < strides.length; a++) {
        others[i] += a == axis ? 0L : (long) (i / own[a] % indices.shape().dim(a)) * strides[a];
      }
    }
    return node.helper(
        "places",
        new Binary.Add(),
        node.helper("along", new Binary.Mul(), positive, stride),
        node.constant("others", Tensor.of(indices.shape(), others)));
  }
}
