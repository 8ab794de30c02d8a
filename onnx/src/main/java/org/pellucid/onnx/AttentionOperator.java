package org.pellucid.onnx;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/**
 * Scaled dot-product attention, softmax(cap(scale Q K^T) + mask) V. Queries, keys and values are
 * [batch, heads, length, size], or [batch, length, heads * size]; keys and values of earlier calls
 * come before them.
 */
final class AttentionOperator {
  private final NodeTranslation node;

  private AttentionOperator(NodeTranslation node) {
    this.node = node;
  }

  static void translate(NodeTranslation node) {
    new AttentionOperator(node).translate();
  }

  private void translate() {
    int rank = node.shape(0).rank();
    if (rank != 3 && rank != 4) {
      throw new IllegalArgumentException("its queries are " + node.shape(0) + ", of rank 3 or 4");
    }
    String queries = heads(0, "queries", "q_num_heads");
    int count = node.shape(queries).dim(1);
    String keys = continued(heads(1, "keys", "kv_num_heads"), 4, "all-keys");
    String values = continued(heads(2, "values", "kv_num_heads"), 5, "all-values");
    present(1, keys);
    present(2, values);
    int size = node.shape(queries).dim(3);
    double scale =
        node.attributes().has("scale") ? node.attributes().real("scale", 1) : 1 / Math.sqrt(size);
    String scaled = node.helper("scaled", new Unary.Affine(scale, 0), queries);
    String turned =
        node.helper("turned", new Transpose(List.of(0, 1, 3, 2)), repeated(keys, count));
    String scores = node.helper("scores", new MatMul(), scaled, turned);
    String capped = capped(scores);
    AttentionMask mask = AttentionMask.of(node, node.shape(scores));
    String masked = mask.apply(capped);
    String weights = mask.finish(node.helper("weights", new Softmax(3), masked));
    told(scores, capped, mask, masked, weights);
    String mixed = repeated(values, count);
    if (rank == 4) {
      node.output(new MatMul(), weights, mixed);
      return;
    }
    mixed = node.helper("mixed", new MatMul(), weights, mixed);
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

  /** Keys or values after those of earlier calls. */
  private String continued(String tensor, int past, String suffix) {
    if (node.has(4) != node.has(5)) {
      throw new IllegalArgumentException("it has earlier keys or earlier values, but not both");
    }
    return node.has(past) ? node.helper(suffix, new Concat(2), node.input(past), tensor) : tensor;
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

  /** Bounded smoothly, before the mask, as ONNX has it since version 1.23. */
  private String capped(String scores) {
    double cap = node.attributes().real("softcap", 0);
    if (cap == 0) {
      return scores;
    }
    String narrow = node.helper("narrow", new Unary.Affine(1 / cap, 0), scores);
    return node.helper(
        "capped", new Unary.Affine(cap, 0), node.helper("tanh", new Unary.Tanh(), narrow));
  }

  private void present(int output, String tensor) {
    if (node.isUsed(output)) {
      node.output(output, new Unary.Identity(), List.of(tensor));
    }
  }

  /** The output that shows a step on the way to the weights. */
  private void told(
      String scores, String capped, AttentionMask mask, String masked, String weights) {
    if (!node.isUsed(3)) {
      return;
    }
    int mode = node.attributes().whole("qk_matmul_output_mode", 0);
    String step =
        switch (mode) {
          case 0 -> scores;
          case 1 -> capped;
          case 2 -> mask.exactly(masked);
          case 3 -> weights;
          default ->
              throw new IllegalArgumentException(
                  "attribute qk_matmul_output_mode=" + mode + " is none of 0 to 3");
        };
    present(3, step);
  }
}
