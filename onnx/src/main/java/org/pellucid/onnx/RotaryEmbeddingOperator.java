package org.pellucid.onnx;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Transpose;

/**
 * Rotary position embedding (Su et al. 2021, arXiv 2104.09864): pairs of a head's numbers are
 * turned by angles that grow with the position. Pairs are the two halves of what is turned, or
 * neighbours.
 */
final class RotaryEmbeddingOperator {
  private RotaryEmbeddingOperator() {}

  static void translate(NodeTranslation node) {
    Shape shape = node.shape(0);
    int heads = node.attributes().whole("num_heads", 0);
    String x = node.input(0);
    if (shape.rank() == 4) {
      // To [batch, length, heads, size], as the other form is.
      x = node.helper("turned", new Transpose(List.of(0, 2, 1, 3)), x);
    } else if (shape.rank() == 3 && heads > 0 && shape.dim(2) % heads == 0) {
      Shape split = Shape.of(shape.dim(0), shape.dim(1), heads, shape.dim(2) / heads);
      x = node.helper("split", new Reshape(split), x);
    } else {
      throw new IllegalArgumentException(
          "its input is " + shape + ", of rank 4, or 3 with a last axis of num_heads=" + heads);
    }
    Shape parts = node.shape(x);
    int size = parts.dim(3);
    int declared = node.attributes().whole("rotary_embedding_dim", 0);
    int turned = declared == 0 ? size : declared;
    if (turned < 2 || turned % 2 != 0 || turned > size) {
      throw new IllegalArgumentException("it turns " + turned + " of " + size + " numbers");
    }
    String rotated = rotated(node, x, parts, turned);
    if (turned < size) {
      String rest = node.helper("rest", part(parts, turned, size - turned, 1), x);
      rotated = node.helper("joined", new Concat(3), rotated, rest);
    }
    if (shape.rank() == 4) {
      node.output(new Transpose(List.of(0, 2, 1, 3)), rotated);
    } else {
      node.output(new Reshape(shape), rotated);
    }
  }

  private static String rotated(NodeTranslation node, String x, Shape parts, int turned) {
    boolean interleaved = node.attributes().flag("interleaved", false);
    int half = turned / 2;
    int step = interleaved ? 2 : 1;
    String a = node.helper("a", part(parts, 0, half, step), x);
    String b = node.helper("b", part(parts, interleaved ? 1 : half, half, step), x);
    String cos = angles(node, 1, "cos", parts, half);
    String sin = angles(node, 2, "sin", parts, half);
    String real =
        node.helper(
            "real",
            new Binary.Sub(),
            node.helper("cos-a", new Binary.Mul(), cos, a),
            node.helper("sin-b", new Binary.Mul(), sin, b));
    String imaginary =
        node.helper(
            "imaginary",
            new Binary.Add(),
            node.helper("sin-a", new Binary.Mul(), sin, a),
            node.helper("cos-b", new Binary.Mul(), cos, b));
    if (!interleaved) {
      return node.helper("rotated", new Concat(3), real, imaginary);
    }
    Shape pair = Shape.of(parts.dim(0), parts.dim(1), parts.dim(2), half, 1);
    String pairs =
        node.helper(
            "pairs",
            new Concat(4),
            node.helper("real-apart", new Reshape(pair), real),
            node.helper("imaginary-apart", new Reshape(pair), imaginary));
    return node.helper("rotated", new Reshape(parts.with(3, turned)), pairs);
  }

  /** Cosines or sines as [batch, length, 1, half]. */
  private static String angles(
      NodeTranslation node, int input, String suffix, Shape parts, int half) {
    String table = node.input(input);
    if (node.has(3)) {
      if (node.shape(input).rank() != 2) {
        throw new IllegalArgumentException("its " + suffix + " are " + node.shape(input));
      }
      table = node.helper(suffix + "-at", new Gather(0), table, node.input(3));
    }
    Shape wanted = Shape.of(parts.dim(0), parts.dim(1), half);
    if (!node.shape(table).equals(wanted)) {
      throw new IllegalArgumentException(
          "its " + suffix + " are " + node.shape(table) + ", not " + wanted);
    }
    return node.helper(suffix, new Reshape(Shape.of(wanted.dim(0), wanted.dim(1), 1, half)), table);
  }

  private static Slice part(Shape shape, int from, int count, int step) {
    return new Slice(
        List.of(0, 0, 0, from),
        List.of(shape.dim(0), shape.dim(1), shape.dim(2), count),
        List.of(1, 1, 1, step));
  }
}
