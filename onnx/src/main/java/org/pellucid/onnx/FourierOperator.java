package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Transpose;

/**
 * The discrete Fourier transform along an axis, forward or inverse; the last axis holds a real
 * part, or a real and an imaginary one. Written as a product with a fixed matrix, whose gradient is
 * one with its transpose: images are short enough.
 */
final class FourierOperator {
  private final NodeTranslation node;
  private final Shape shape;
  private final int axis;
  private final int parts;
  private final boolean inverse;
  private final boolean half;
  private final int length;

  private FourierOperator(NodeTranslation node) {
    this.node = node;
    this.shape = node.shape(0);
    int rank = shape.rank();
    this.parts = rank == 0 ? 0 : shape.dim(-1);
    if (rank < 2 || parts < 1 || parts > 2 || shape.size() == 0) {
      throw new IllegalArgumentException(
          "its input " + shape + " should have 1 or 2 parts of a number on the last of its axes");
    }
    boolean newer = node.opset() >= 20;
    int asked =
        newer
            ? node.has(2) ? Attributes.clamped((long) node.number(2, "axis")) : -2
            : node.attributes().whole("axis", 1);
    this.axis = shape.axis(asked);
    if (axis == rank - 1) {
      throw new IllegalArgumentException("its axis " + asked + " is that of the parts of a number");
    }
    this.inverse = node.attributes().flag("inverse", false);
    this.half = node.attributes().flag("onesided", false);
    if (half && inverse != (parts == 2)) {
      throw new IllegalArgumentException(
          "one half of the frequencies follows from real numbers, or makes them; its input is "
              + shape);
    }
    int own = half && inverse ? 2 * (shape.dim(axis) - 1) : shape.dim(axis);
    this.length =
        node.has(1) ? Attributes.clamped((long) node.number(1, "length of the signal")) : own;
    if (length < 1) {
      throw new IllegalArgumentException("a length of " + length + " is none of a signal");
    }
  }

  static void translate(NodeTranslation node) {
    new FourierOperator(node).translate();
  }

  private void translate() {
    int rank = shape.rank();
    int to = half && !inverse ? length / 2 + 1 : length;
    int made = half && inverse ? 1 : 2;
    List<Integer> last = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    last.remove(axis);
    last.add(rank - 2, axis);
    String turned = node.helper("turned", new Transpose(last), node.input(0));
    int from = Math.multiplyExact(shape.dim(axis), parts);
    int lines = Math.toIntExact(shape.size() / from);
    String flat = node.helper("lines", new Reshape(Shape.of(lines, from)), turned);
    String waves = node.constant("waves", waves(to, made));
    String product = node.helper("product", new MatMul(), flat, waves);
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = shape.dim(last.get(i));
    }
    dims[rank - 2] = to;
    dims[rank - 1] = made;
    String apart = node.helper("apart", new Reshape(Shape.of(dims)), product);
    List<Integer> back = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      back.add(last.indexOf(i));
    }
    node.output(new Transpose(back), apart);
  }

  /** What each part of each element adds to each part of each frequency, or the reverse. */
  private Tensor waves(int to, int made) {
    int from = shape.dim(axis);
    Shape table = Shape.of(Math.multiplyExact(from, parts), Math.multiplyExact(to, made));
    node.takeRoom(table.size());
    float[] waves = new float[Math.toIntExact(table.size())];
    // Of one half of the frequencies, those that stand for two count twice.
    int used = half && inverse ? length / 2 + 1 : length;
    for (int j = 0; j < Math.min(from, used); j++) {
      double factor = inverse ? 1.0 / length : 1;
      if (half && inverse && j > 0 && 2 * j != length) {
        factor *= 2;
      }
      for (int k = 0; k < to; k++) {
        double angle = 2 * Math.PI * ((long) j * k % length) / length;
        double cosine = factor * Math.cos(angle);
        double sine = factor * (inverse ? Math.sin(angle) : -Math.sin(angle));
        // (a + i b) (cosine + i sine)
        int at = j * parts * to * made + k * made;
        waves[at] = (float) cosine;
        if (made == 2) {
          waves[at + 1] = (float) sine;
        }
        if (parts == 2) {
          int imaginary = at + to * made;
          waves[imaginary] = (float) -sine;
          if (made == 2) {
            waves[imaginary + 1] = (float) cosine;
          }
        }
      }
    }
    return Tensor.of(table, waves);
  }
}
