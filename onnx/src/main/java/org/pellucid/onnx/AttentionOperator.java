package org.pellucid.onnx;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.op.Where;

/**
 * Scaled dot-product attention, softmax(scale Q K^T + mask) V, without keys and values of earlier
 * calls. Queries, keys and values are [batch, heads, length, size], or [batch, length, heads *
 * size].
 */
final class AttentionOperator {
  /** What stands where nothing may be looked at: finite, so that no row becomes undefined. */
  private static final float HIDDEN = -Float.MAX_VALUE;

  private final NodeTranslation node;

  private AttentionOperator(NodeTranslation node) {
    this.node = node;
  }

  static void translate(NodeTranslation node) {
    new AttentionOperator(node).translate();
  }

  private void translate() {
    if (node.has(4) || node.has(5) || node.has(6)) {
      throw new RefusedNodeException("it continues from keys and values of earlier calls");
    }
    node.requireUnused(1, "keys");
    node.requireUnused(2, "values");
    node.requireUnused(3, "scores");
    int rank = node.shape(0).rank();
    if (rank != 3 && rank != 4) {
      throw new IllegalArgumentException("its queries are " + node.shape(0) + ", of rank 3 or 4");
    }
    String queries = heads(0, "queries", "q_num_heads");
    int count = node.shape(queries).dim(1);
    String keys = repeated(heads(1, "keys", "kv_num_heads"), count);
    String values = repeated(heads(2, "values", "kv_num_heads"), count);
    int size = node.shape(queries).dim(3);
    double scale =
        node.attributes().has("scale") ? node.attributes().real("scale", 1) : 1 / Math.sqrt(size);
    String scaled = node.helper("scaled", new Unary.Affine(scale, 0), queries);
    String turned = node.helper("turned", new Transpose(List.of(0, 1, 3, 2)), keys);
    String scores = node.helper("scores", new MatMul(), scaled, turned);
    scores = capped(masked(scores));
    String weights = node.helper("weights", new Softmax(3), scores);
    if (rank == 4) {
      node.output(new MatMul(), weights, values);
      return;
    }
    String mixed = node.helper("mixed", new MatMul(), weights, values);
    Shape shape = node.shape(mixed);
    String joined = node.helper("joined", new Transpose(List.of(0, 2, 1, 3)), mixed);
    node.output(
        new Reshape(
            Shape.of(shape.dim(0), shape.dim(2), Math.multiplyExact(shape.dim(1), shape.dim(3)))),
        joined);
  }

  /** An input as [batch, heads, length, size]. */
  private String heads(int input, String suffix, String attribute) {
    Shape shape = node.shape(input);
    if (shape.rank() == 4) {
      return node.input(input);
    }
    int count = node.attributes().whole(attribute);
    if (shape.rank() != 3 || count < 1 || shape.dim(2) % count != 0) {
      throw new IllegalArgumentException(
          "its " + suffix + " of shape " + shape + " have no " + count + " heads");
    }
    Shape split = Shape.of(shape.dim(0), shape.dim(1), count, shape.dim(2) / count);
    String parts = node.helper(suffix + "-split", new Reshape(split), node.input(input));
    return node.helper(suffix, new Transpose(List.of(0, 2, 1, 3)), parts);
  }

  /** Each head of keys or values for as many heads of queries in a row. */
  private String repeated(String tensor, int heads) {
    Shape shape = node.shape(tensor);
    int each = shape.dim(1) == 0 ? 0 : heads / shape.dim(1);
    if (each * shape.dim(1) != heads) {
      throw new IllegalArgumentException(
          heads + " heads of queries are no multiple of those of " + shape);
    }
    if (each == 1) {
      return tensor;
    }
    Shape apart = Shape.of(shape.dim(0), shape.dim(1), 1, shape.dim(2), shape.dim(3));
    String parts = node.helper("apart", new Reshape(apart), tensor);
    String more = node.helper("repeated", new Expand(apart.with(2, each)), parts);
    return node.helper("grouped", new Reshape(shape.with(1, heads)), more);
  }

  private String masked(String scores) {
    String masked = scores;
    ElementType type = node.type(scores).elementType();
    boolean causal = node.attributes().flag("is_causal", false);
    // -1 sets no bound, as does a bound beyond any length.
    int left = bound("left_window_size");
    int right = Math.min(causal ? 0 : Integer.MAX_VALUE, bound("right_window_size"));
    if (left < Integer.MAX_VALUE || right < Integer.MAX_VALUE) {
      int rows = node.shape(scores).dim(2);
      int columns = node.shape(scores).dim(3);
      node.takeRoom((long) rows * columns);
      byte[] seen = new byte[Math.multiplyExact(rows, columns)];
      for (int i = 0; i < seen.length; i++) {
        int ahead = i % columns - i / columns;
        seen[i] = (byte) (ahead <= right && -ahead <= left ? 1 : 0);
      }
      String window = node.constant("window", Tensor.of(Shape.of(rows, columns), seen));
      masked = hidden("near", window, masked);
    }
    if (!node.has(3)) {
      return masked;
    }
    if (node.type(3).elementType() == ElementType.BOOL) {
      return hidden("masked", node.input(3), masked);
    }
    if (node.type(3).elementType() != type) {
      throw new IllegalArgumentException("its mask is " + node.type(3));
    }
    return node.helper("masked", new Binary.Add(), masked, node.input(3));
  }

  private int bound(String attribute) {
    int bound = node.attributes().whole(attribute, -1);
    return bound < 0 ? Integer.MAX_VALUE : bound;
  }

  private String hidden(String suffix, String seen, String scores) {
    String nothing = node.number(suffix + "-hidden", HIDDEN, node.type(scores).elementType());
    return node.helper(suffix, new Where(), seen, scores, nothing);
  }

  private String capped(String scores) {
    double cap = node.attributes().real("softcap", 0);
    if (cap == 0) {
      return scores;
    }
    if (node.has(3) || node.attributes().flag("is_causal", false)) {
      // Versions of the specification differ in which comes first.
      throw new RefusedNodeException("it has both a mask and a cap");
    }
    String narrow = node.helper("narrow", new Unary.Affine(1 / cap, 0), scores);
    return node.helper(
        "capped", new Unary.Affine(cap, 0), node.helper("tanh", new Unary.Tanh(), narrow));
  }
}
