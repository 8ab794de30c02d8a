package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Reductions over axes; each reduced axis stays with length 1 or is dropped. Input: x, floating or
 * int64, which stays exact.
 */
public sealed interface Reduce extends Operation {
  /** The reduced axes, ascending, from 0; never empty. */
  List<Integer> axes();

  /** Whether reduced axes stay with length 1. */
  boolean keepDims();

  /** The result of no elements; infinite for the largest and the smallest. */
  double neutral();

  /** Takes one more element into a result. */
  double combine(double result, double element);

  /** Takes one more int64 element into a result. */
  long combine(long result, long element);

  @Override
  default TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    Inputs.numeric(this, inputs);
    Inputs.require(!axes().isEmpty(), this, "at least one axis", axes());
    axes().forEach(axis -> Inputs.axis(this, axis, inputs.get(0)));
    return inputs.get(0).withShape(Reduction.shape(inputs.get(0).shape(), axes(), keepDims()));
  }

  @Override
  default Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    return x.elementType() == ElementType.INT64
        ? Reduction.integers(this, x)
        : Reduction.floating(this, x);
  }

  @Override
  default Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Reduction.samples(axes[0], axes(), keepDims());
  }

  @Override
  default Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    Terms t = new Terms(recorder);
    String x = node.inputs().get(0);
    Shape kept = Reduction.shape(t.shape(x), axes(), true);
    String y = t.reshape(node.output(), kept);
    return Optional.of(product(t, t.reshape(gradient, kept), x, y));
  }

  /**
   * The gradient rule with reduced axes kept.
   *
   * @param t writes the terms
   * @param g dS / dy, reduced axes of length 1
   * @param x the input
   * @param y the output, reduced axes of length 1
   * @return dS / dx
   */
  String product(Terms t, String g, String x, String y);

  /** The rule of the largest and the smallest: g, divided among those that equal the result. */
  private static String shared(Terms t, String g, String x, String y, List<Integer> axes) {
    String equals = t.indicator(t.equal(x, y), g);
    return t.mul(equals, t.div(g, t.sum(equals, axes, true)));
  }

  /** Sum. */
  record ReduceSum(List<Integer> axes, boolean keepDims) implements Reduce {
    /** Copies the list. */
    public ReduceSum {
      axes = List.copyOf(axes);
    }

    @Override
    public double neutral() {
      return 0;
    }

    @Override
    public double combine(double result, double element) {
      return result + element;
    }

    @Override
    public long combine(long result, long element) {
      return result + element;
    }

    @Override
    public String product(Terms t, String g, String x, String y) {
      // Each element has the weight 1.
      return t.expand(g, t.shape(x));
    }
  }

  /** Arithmetic mean; of integers truncated towards zero. */
  record ReduceMean(List<Integer> axes, boolean keepDims) implements Reduce {
    /** Copies the list. */
    public ReduceMean {
      axes = List.copyOf(axes);
    }

    @Override
    public double neutral() {
      return 0;
    }

    @Override
    public double combine(double result, double element) {
      return result + element;
    }

    @Override
    public long combine(long result, long element) {
      return result + element;
    }

    @Override
    public Tensor evaluate(List<Tensor> inputs) {
      Tensor x = inputs.get(0);
      Tensor sum = Reduce.super.evaluate(inputs);
      long count = axes.stream().mapToLong(x.shape()::dim).reduce(1, (a, b) -> a * b);
      Tensor divisor =
          sum.elementType() == ElementType.INT64
              ? Tensor.scalar(count)
              : Tensor.of(Shape.of(), (double) count);
      return new Binary.Div().evaluate(List.of(sum, divisor));
    }

    @Override
    public String product(Terms t, String g, String x, String y) {
      // Each element has the weight 1 / count.
      return t.expand(t.scale(g, (double) t.shape(g).size() / t.shape(x).size()), t.shape(x));
    }
  }

  /** Largest element; the gradient is shared evenly between equals, as PyTorch's amax does. */
  record ReduceMax(List<Integer> axes, boolean keepDims) implements Reduce {
    /** Copies the list. */
    public ReduceMax {
      axes = List.copyOf(axes);
    }

    @Override
    public double neutral() {
      return Double.NEGATIVE_INFINITY;
    }

    @Override
    public double combine(double result, double element) {
      return Math.max(result, element);
    }

    @Override
    public long combine(long result, long element) {
      return Math.max(result, element);
    }

    @Override
    public String product(Terms t, String g, String x, String y) {
      return Reduce.shared(t, g, x, y, axes);
    }
  }

  /** Smallest element; the gradient is shared evenly between equals, as PyTorch's amin does. */
  record ReduceMin(List<Integer> axes, boolean keepDims) implements Reduce {
    /** Copies the list. */
    public ReduceMin {
      axes = List.copyOf(axes);
    }

    @Override
    public double neutral() {
      return Double.POSITIVE_INFINITY;
    }

    @Override
    public double combine(double result, double element) {
      return Math.min(result, element);
    }

    @Override
    public long combine(long result, long element) {
      return Math.min(result, element);
    }

    @Override
    public String product(Terms t, String g, String x, String y) {
      return Reduce.shared(t, g, x, y, axes);
    }
  }

  /** Product. */
  record ReduceProd(List<Integer> axes, boolean keepDims) implements Reduce {
    /** Copies the list. */
    public ReduceProd {
      axes = List.copyOf(axes);
    }

    @Override
    public double neutral() {
      return 1;
    }

    @Override
    public double combine(double result, double element) {
      return result * element;
    }

    @Override
    public long combine(long result, long element) {
      return result * element;
    }

    @Override
    public String product(Terms t, String g, String x, String y) {
      // The product of the others: y / x, or where x is 0 and alone in it the product of the rest;
      // where another is 0, 0.
      String zero = t.equal(x, t.number(0, x));
      String zeros = t.indicator(zero, x);
      String rest = t.add(x, zeros);
      String others = t.div(t.node(new ReduceProd(axes, true), rest), rest);
      String otherZeros = t.sub(t.sum(zeros, axes, true), zeros);
      return t.mul(g, t.only(t.equal(otherZeros, t.number(0, x)), others));
    }
  }
}
