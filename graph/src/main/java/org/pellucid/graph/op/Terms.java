package org.pellucid.graph.op;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Formulas written down term by term, for gradient rules: each method takes down one operation and
 * gives the name of its result. Fixed numbers are attributes or exact small constants, so that a
 * formula loses nothing when the graph runs in float64.
 */
public final class Terms {
  private final Recorder recorder;

  /** Terms of the graph that a recorder writes. */
  public Terms(Recorder recorder) {
    this.recorder = recorder;
  }

  /** The shape of a tensor. */
  public Shape shape(String x) {
    return recorder.type(x).shape();
  }

  /** a + b. */
  public String add(String a, String b) {
    return recorder.node(new Binary.Add(), a, b);
  }

  /** a - b. */
  public String sub(String a, String b) {
    return recorder.node(new Binary.Sub(), a, b);
  }

  /** a b. */
  public String mul(String a, String b) {
    return recorder.node(new Binary.Mul(), a, b);
  }

  /** a / b. */
  public String div(String a, String b) {
    return recorder.node(new Binary.Div(), a, b);
  }

  /** -x. */
  public String neg(String x) {
    return recorder.node(new Unary.Neg(), x);
  }

  /** max(x, 0). */
  public String relu(String x) {
    return recorder.node(new Unary.Relu(), x);
  }

  /** scale x + offset, with exact factors. */
  public String affine(String x, double scale, double offset) {
    return scale == 1 && offset == 0 ? x : recorder.node(new Unary.Affine(scale, offset), x);
  }

  /** factor x. */
  public String scale(String x, double factor) {
    return affine(x, factor, 0);
  }

  /** An operation on one tensor. */
  public String apply(Unary function, String x) {
    return recorder.node(function, x);
  }

  /**
   * A number of the element type of a tensor, which broadcasts against anything. In a float32 graph
   * it must be a float32 number; others go into {@link #affine}.
   */
  public String number(double value, String like) {
    TensorType type = recorder.type(like);
    if (type.elementType() == ElementType.FLOAT32 && (float) value != value) {
      throw new IllegalArgumentException(value + " is no float32 number; use affine");
    }
    Tensor number = Tensor.of(Shape.of(), value);
    return recorder.constant(number.cast(type.elementType()));
  }

  /** {@code x > bound}, bool. */
  public String greater(String x, double bound) {
    return recorder.node(new Binary.Greater(), x, number(bound, x));
  }

  /** {@code x < bound}, bool. */
  public String less(String x, double bound) {
    return recorder.node(new Binary.Less(), x, number(bound, x));
  }

  /** condition ? x : y. */
  public String where(String condition, String x, String y) {
    return recorder.node(new Where(), condition, x, y);
  }

  /** x where the condition holds, otherwise 0. */
  public String only(String condition, String x) {
    return where(condition, x, number(0, x));
  }

  /** The sum over axes. */
  public String sum(String x, List<Integer> axes, boolean keepDims) {
    return axes.isEmpty() ? x : recorder.node(new Reduce.ReduceSum(axes, keepDims), x);
  }

  /** The same elements in another shape. */
  public String reshape(String x, Shape shape) {
    return shape(x).equals(shape) ? x : recorder.node(new Reshape(shape), x);
  }

  /** Axes in another order: output axis i is input axis permutation[i]. */
  public String transpose(String x, List<Integer> permutation) {
    return recorder.node(new Transpose(permutation), x);
  }

  /** Broadcast to a shape. */
  public String expand(String x, Shape shape) {
    return shape(x).equals(shape) ? x : recorder.node(new Expand(shape), x);
  }

  /**
   * What broadcasting repeated, added up again: the gradient of a broadcast from {@code shape} to
   * the shape of the gradient.
   */
  public String unbroadcast(String gradient, Shape shape) {
    Shape from = shape(gradient);
    int missing = from.rank() - shape.rank();
    List<Integer> repeated = new ArrayList<>();
    IntStream.range(0, from.rank())
        .filter(a -> a < missing || (shape.dim(a - missing) == 1 && from.dim(a) != 1))
        .forEach(repeated::add);
    return reshape(sum(gradient, repeated, true), shape);
  }

  /** Takes down any other operation. */
  public String node(Operation operation, String... inputs) {
    return recorder.node(operation, inputs);
  }
}
