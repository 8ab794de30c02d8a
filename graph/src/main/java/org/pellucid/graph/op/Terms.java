package org.pellucid.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
    if (!isExact(value, like)) {
      throw new IllegalArgumentException(value + " is no float32 number; use affine");
    }
    Tensor number = Tensor.of(Shape.of(), value);
    return recorder.constant(number.cast(type.elementType()));
  }

  /** A fixed tensor of the element type of another, full of a number as {@link #number} takes. */
  public String filled(double value, Shape shape, String like) {
    double[] elements = new double[Math.toIntExact(shape.size())];
    Arrays.fill(elements, value);
    return recorder.constant(Tensor.of(shape, elements).cast(recorder.type(like).elementType()));
  }

  /** Fixed whole numbers, exact in every precision, in the element type of another tensor. */
  public String fixed(Shape shape, int[] elements, String like) {
    double[] values = IntStream.of(elements).asDoubleStream().toArray();
    return recorder.constant(Tensor.of(shape, values).cast(recorder.type(like).elementType()));
  }

  /** 1 - x. */
  public String oneMinus(String x) {
    return sub(number(1, x), x);
  }

  /** {@code x > bound}, bool. */
  public String greater(String x, double bound) {
    // A difference has the right sign in every precision, where a rounded bound may be crossed.
    return isExact(bound, x)
        ? recorder.node(new Binary.Greater(), x, number(bound, x))
        : greater(affine(x, 1, -bound), 0);
  }

  /** {@code x < bound}, bool. */
  public String less(String x, double bound) {
    return isExact(bound, x)
        ? recorder.node(new Binary.Less(), x, number(bound, x))
        : less(affine(x, 1, -bound), 0);
  }

  /** a = b, bool. */
  public String equal(String a, String b) {
    return recorder.node(new Binary.Equal(), a, b);
  }

  private boolean isExact(double value, String like) {
    return recorder.type(like).elementType() != ElementType.FLOAT32 || (float) value == value;
  }

  /** condition ? x : y. */
  public String where(String condition, String x, String y) {
    return recorder.node(new Where(), condition, x, y);
  }

  /** 1 where the condition holds, otherwise 0, in the element type of another tensor. */
  public String indicator(String condition, String like) {
    return recorder.node(new Cast(recorder.type(like).elementType()), condition);
  }

  /**
   * Finite x where the condition holds, otherwise 0: a product, as ONNX Runtime takes ten times as
   * long to choose as to multiply.
   */
  public String only(String condition, String x) {
    return mul(x, indicator(condition, x));
  }

  /** min(x, 0). */
  public String negativePart(String x) {
    return recorder.node(new Unary.Clip(Double.NEGATIVE_INFINITY, 0), x);
  }

  /** The sum over axes. */
  public String sum(String x, List<Integer> axes, boolean keepDims) {
    return axes.isEmpty() ? x : recorder.node(new Reduce.ReduceSum(axes, keepDims), x);
  }

  /** The sum over all axes but one, which alone stays. */
  public String sumOfOthers(String x, int axis) {
    List<Integer> others =
        IntStream.range(0, shape(x).rank()).filter(a -> a != axis).boxed().toList();
    return sum(x, others, false);
  }

  /** The mean over axes, which stay with length 1. */
  public String mean(String x, List<Integer> axes) {
    return recorder.node(new Reduce.ReduceMean(axes, true), x);
  }

  /** The same elements in another shape. */
  public String reshape(String x, Shape shape) {
    return shape(x).equals(shape) ? x : recorder.node(new Reshape(shape), x);
  }

  /** Axes in another order: output axis i is input axis permutation[i]. */
  public String transpose(String x, List<Integer> permutation) {
    return recorder.node(new Transpose(permutation), x);
  }

  /** A strided part; see {@link Slice}. */
  public String slice(String x, List<Integer> starts, List<Integer> sizes, List<Integer> steps) {
    boolean whole =
        starts.stream().allMatch(start -> start == 0)
            && steps.stream().allMatch(step -> step == 1)
            && sizes.equals(dims(x));
    return whole ? x : recorder.node(new Slice(starts, sizes, steps), x);
  }

  /** Part of one axis, the others whole. */
  public String slice(String x, int axis, int start, int size, int step) {
    List<Integer> starts = new ArrayList<>(Collections.nCopies(shape(x).rank(), 0));
    List<Integer> sizes = new ArrayList<>(dims(x));
    List<Integer> steps = new ArrayList<>(Collections.nCopies(shape(x).rank(), 1));
    starts.set(axis, start);
    sizes.set(axis, size);
    steps.set(axis, step);
    return slice(x, starts, sizes, steps);
  }

  /** With zeros before and after along each axis. */
  public String pad(String x, List<Integer> before, List<Integer> after) {
    boolean none =
        before.stream().allMatch(count -> count == 0)
            && after.stream().allMatch(count -> count == 0);
    return none ? x : recorder.node(new Pad(before, after, Pad.Mode.CONSTANT, 0), x);
  }

  /** With zeros before and after along one axis. */
  public String pad(String x, int axis, int before, int after) {
    List<Integer> first = new ArrayList<>(Collections.nCopies(shape(x).rank(), 0));
    List<Integer> last = new ArrayList<>(first);
    first.set(axis, before);
    last.set(axis, after);
    return pad(x, first, last);
  }

  private List<Integer> dims(String x) {
    return IntStream.of(shape(x).dims()).boxed().toList();
  }

  /** The transposes of matrices, which stand on the last two axes. */
  public String transposed(String x) {
    int rank = shape(x).rank();
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.swap(order, rank - 2, rank - 1);
    return transpose(x, order);
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
