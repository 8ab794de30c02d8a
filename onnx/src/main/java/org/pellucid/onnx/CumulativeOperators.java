package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/** Sums and products of all elements up to each along an axis. */
final class CumulativeOperators {
  private CumulativeOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("CumSum", 2, 2, CumulativeOperators::sum);
    registry.add("CumProd", 2, 2, CumulativeOperators::product);
  }

  private static int axis(NodeTranslation node) {
    return node.shape(0).axis(Attributes.clamped((long) node.number(1, "axis")));
  }

  private static boolean exclusive(NodeTranslation node) {
    return node.attributes().flag("exclusive", false);
  }

  private static boolean reverse(NodeTranslation node) {
    return node.attributes().flag("reverse", false);
  }

  /** Floats that depend on the data: a product with a triangle of ones. */
  private static void sum(NodeTranslation node) {
    if (node.isConstant(0)) {
      known(node, 0, Double::sum);
      return;
    }
    if (!node.type(0).elementType().isFloating()) {
      doubling(node, 0, new Binary.Add());
      return;
    }
    Shape shape = node.shape(0);
    int axis = axis(node);
    boolean exclusive = exclusive(node);
    boolean reverse = reverse(node);
    int length = shape.dim(axis);
    // Row i of the triangle tells in which sums element i is: in those right of it.
    Tensor counted =
        TriangleOperators.band(
            node, length, length, right -> right == 0 ? !exclusive : reverse == right < 0);
    String triangle = node.constant("triangle", counted.cast(node.type(0).elementType()));
    int last = shape.rank() - 1;
    if (axis == last) {
      node.output(new MatMul(), node.input(0), triangle);
      return;
    }
    List<Integer> swapped =
        IntStream.rangeClosed(0, last)
            .mapToObj(a -> a == axis ? last : a == last ? axis : a)
            .toList();
    String turned = node.helper("turned", new Transpose(swapped), node.input(0));
    String sums = node.helper("sums", new MatMul(), turned, triangle);
    node.output(new Transpose(swapped), sums);
  }

  private static void product(NodeTranslation node) {
    if (node.isConstant(0)) {
      known(node, 1, (a, b) -> a * b);
    } else {
      doubling(node, 1, new Binary.Mul());
    }
  }

  /**
   * Each element joined with the one before, then with what is two before, then four, and so on: as
   * exact as one after the other, in as many steps as the length has binary digits.
   *
   * @param neutral what joins without effect
   */
  private static void doubling(NodeTranslation node, long neutral, Binary operation) {
    int axis = axis(node);
    int length = node.shape(0).dim(axis);
    String joined = node.input(0);
    if (exclusive(node) && length > 0) {
      joined = moved(node, joined, axis, 1, neutral);
    }
    for (int step = 1; step < length; step *= 2) {
      joined = node.helper("joined", operation, joined, moved(node, joined, axis, step, neutral));
    }
    node.output(new Unary.Identity(), joined);
  }

  /** Elements as many places further along an axis, or before where it is taken in reverse. */
  private static String moved(NodeTranslation node, String x, int axis, int by, long neutral) {
    Shape shape = node.shape(x);
    Shape filled = shape.with(axis, by);
    node.takeRoom(filled.size());
    float[] ones = new float[Math.toIntExact(filled.size())];
    Arrays.fill(ones, (float) neutral);
    String fill =
        node.constant("neutral", Tensor.of(filled, ones).cast(node.type(x).elementType()));
    List<Integer> starts = new ArrayList<>(Collections.nCopies(shape.rank(), 0));
    List<Integer> sizes = new ArrayList<>(IntStream.of(shape.dims()).boxed().toList());
    boolean reverse = reverse(node);
    starts.set(axis, reverse ? by : 0);
    sizes.set(axis, shape.dim(axis) - by);
    String kept =
        node.helper("kept", new Slice(starts, sizes, Collections.nCopies(shape.rank(), 1)), x);
    return reverse
        ? node.helper("moved", new Concat(axis), kept, fill)
        : node.helper("moved", new Concat(axis), fill, kept);
  }

  private static void known(NodeTranslation node, double neutral, DoubleBinaryOperator join) {
    Tensor value = node.constant(0, "input");
    Shape shape = value.shape();
    node.takeRoom(value.size());
    int axis = axis(node);
    boolean exclusive = exclusive(node);
    int length = shape.dim(axis);
    int stride = (int) shape.sizeOf(axis + 1, shape.rank());
    int step = reverse(node) ? -stride : stride;
    double[] joined = new double[value.size()];
    for (int start = 0; start < joined.length; start++) {
      if (start / stride % length != (step > 0 ? 0 : length - 1)) {
        continue;
      }
      double sofar = neutral;
      for (int i = 0, at = start; i < length; i++, at += step) {
        double next = join.applyAsDouble(sofar, value.get(at));
        joined[at] = exclusive ? sofar : next;
        sofar = next;
      }
    }
    node.output(Tensor.of(shape, joined).cast(value.elementType()));
  }
}
