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
 * Operations on two tensors of one element type, element by element, with multidirectional
 * broadcasting. Inputs: a, b.
 */
public sealed interface Binary extends Operation {
  /** From two numbers, floating or int64, a number of the same type; int64 exactly. */
  sealed interface Arithmetic extends Binary {
    /** The result for two elements. */
    double apply(double a, double b);

    /** The result for two int64 elements; what does not fit wraps around. */
    long apply(long a, long b);

    @Override
    default TensorType infer(List<TensorType> inputs) {
      Inputs.count(this, inputs, 2, 2);
      return new TensorType(Inputs.numeric(this, inputs), Broadcast.shape(inputs));
    }

    @Override
    default Tensor evaluate(List<Tensor> inputs) {
      Shape shape = Broadcast.shape(Inputs.types(inputs));
      Tensor left = Broadcast.to(shape, inputs.get(0));
      Tensor right = Broadcast.to(shape, inputs.get(1));
      if (left.elementType() == ElementType.INT64) {
        long[] a = left.toLongArray();
        long[] b = right.toLongArray();
        for (int i = 0; i < a.length; i++) {
          a[i] = apply(a[i], b[i]);
        }
        return Tensor.of(shape, a);
      }
      double[] a = left.toDoubleArray();
      double[] b = right.toDoubleArray();
      for (int i = 0; i < a.length; i++) {
        a[i] = apply(a[i], b[i]);
      }
      return Tensor.of(shape, a);
    }

    @Override
    default Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
      Terms t = new Terms(recorder);
      String a = node.inputs().get(0);
      String b = node.inputs().get(1);
      // What the input was repeated for is added up again.
      return product(t, gradient, a, b, node.output(), input)
          .map(whole -> t.expand(whole, t.shape(gradient)))
          .map(whole -> t.unbroadcast(whole, t.shape(node.inputs().get(input))));
    }

    /**
     * The gradient rule before broadcasting is undone: g times the derivative with respect to one
     * operand.
     *
     * @param t writes the terms
     * @param g dS / dy
     * @param y the output
     * @param operand 0 for a, 1 for b
     * @return of the output's shape, or one that broadcasts to it; empty where the function is
     *     constant piece by piece
     */
    Optional<String> product(Terms t, String g, String a, String b, String y, int operand);

    /** g where the first is greater, g / 2 where both are equal, otherwise 0. */
    private static String chosen(Terms t, String g, String greater, String other) {
      String ahead = t.indicator(t.node(new Greater(), greater, other), g);
      String shared = t.scale(t.indicator(t.equal(greater, other), g), 0.5);
      return t.mul(g, t.add(ahead, shared));
    }
  }

  /** From two numbers, floating or int64, a truth value; false where one is not a number. */
  sealed interface Comparison extends Binary {
    /** The result for two elements. */
    boolean apply(double a, double b);

    /** The result for two int64 elements. */
    boolean apply(long a, long b);

    @Override
    default TensorType infer(List<TensorType> inputs) {
      Inputs.count(this, inputs, 2, 2);
      Inputs.numeric(this, inputs);
      return new TensorType(ElementType.BOOL, Broadcast.shape(inputs));
    }

    @Override
    default Tensor evaluate(List<Tensor> inputs) {
      Shape shape = Broadcast.shape(Inputs.types(inputs));
      Tensor left = Broadcast.to(shape, inputs.get(0));
      Tensor right = Broadcast.to(shape, inputs.get(1));
      byte[] truths = new byte[left.size()];
      if (left.elementType().isFloating()) {
        double[] a = left.toDoubleArray();
        double[] b = right.toDoubleArray();
        for (int i = 0; i < truths.length; i++) {
          truths[i] = (byte) (apply(a[i], b[i]) ? 1 : 0);
        }
      } else {
        long[] a = left.toLongArray();
        long[] b = right.toLongArray();
        for (int i = 0; i < truths.length; i++) {
          truths[i] = (byte) (apply(a[i], b[i]) ? 1 : 0);
        }
      }
      return Tensor.of(shape, truths);
    }

    @Override
    default Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
      return Optional.empty();
    }
  }

  /** From two truth values a truth value. */
  sealed interface Logical extends Binary {
    /** The result for two elements. */
    boolean apply(boolean a, boolean b);

    @Override
    default TensorType infer(List<TensorType> inputs) {
      Inputs.count(this, inputs, 2, 2);
      Inputs.require(
          Inputs.same(this, inputs) == ElementType.BOOL, this, "inputs of type bool", inputs);
      return new TensorType(ElementType.BOOL, Broadcast.shape(inputs));
    }

    @Override
    default Tensor evaluate(List<Tensor> inputs) {
      Shape shape = Broadcast.shape(Inputs.types(inputs));
      byte[] a = Elements.truths(Broadcast.to(shape, inputs.get(0)));
      byte[] b = Elements.truths(Broadcast.to(shape, inputs.get(1)));
      for (int i = 0; i < a.length; i++) {
        a[i] = (byte) (apply(a[i] != 0, b[i] != 0) ? 1 : 0);
      }
      return Tensor.of(shape, a);
    }

    @Override
    default Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
      return Optional.empty();
    }
  }

  @Override
  default Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Broadcast.samples(inputs, axes);
  }

  /** a + b. */
  record Add() implements Arithmetic {
    @Override
    public double apply(double a, double b) {
      return a + b;
    }

    @Override
    public long apply(long a, long b) {
      return a + b;
    }

    @Override
    public Optional<String> product(Terms t, String g, String a, String b, String y, int operand) {
      return Optional.of(g);
    }
  }

  /** a - b. */
  record Sub() implements Arithmetic {
    @Override
    public double apply(double a, double b) {
      return a - b;
    }

    @Override
    public long apply(long a, long b) {
      return a - b;
    }

    @Override
    public Optional<String> product(Terms t, String g, String a, String b, String y, int operand) {
      return Optional.of(operand == 0 ? g : t.neg(g));
    }
  }

  /** a b. */
  record Mul() implements Arithmetic {
    @Override
    public double apply(double a, double b) {
      return a * b;
    }

    @Override
    public long apply(long a, long b) {
      return a * b;
    }

    @Override
    public Optional<String> product(Terms t, String g, String a, String b, String y, int operand) {
      return Optional.of(t.mul(g, operand == 0 ? b : a));
    }
  }

  /** a / b; integers are truncated towards zero. */
  record Div() implements Arithmetic {
    @Override
    public double apply(double a, double b) {
      return a / b;
    }

    @Override
    public long apply(long a, long b) {
      return a / b;
    }

    @Override
    public Optional<String> product(Terms t, String g, String a, String b, String y, int operand) {
      // 1 / b and -a / b^2 = -y / b.
      return Optional.of(operand == 0 ? t.div(g, b) : t.neg(t.div(t.mul(g, y), b)));
    }
  }

  /**
   * a to the power of b. As in C and PyTorch, 1 to any power is 1, and so is -1 to an infinite one.
   * Integers are truncated towards zero, also those of a negative power.
   */
  record Pow() implements Arithmetic {
    @Override
    public double apply(double a, double b) {
      return a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
    }

    @Override
    public long apply(long a, long b) {
      if (b < 0) {
        long inverse = 1 / a;
        return b % 2 == 0 ? inverse * inverse : inverse;
      }
      long power = 1;
      long factor = a;
      for (long left = b; left > 0; left >>= 1) {
        if ((left & 1) == 1) {
          power *= factor;
        }
        factor *= factor;
      }
      return power;
    }

    @Override
    public Optional<String> product(Terms t, String g, String a, String b, String y, int operand) {
      if (operand == 1) {
        // y log a; 0 where a is 0 and y is not infinite, although the logarithm is.
        String zero = t.equal(a, t.number(0, a));
        String finite = t.node(new And(), zero, t.node(new GreaterOrEqual(), b, t.number(0, b)));
        String safe = t.where(finite, t.number(1, a), a);
        return Optional.of(t.mul(g, t.mul(y, t.apply(new Unary.Log(), safe))));
      }
      // b a^(b - 1). For b = 0 the power must not be infinite at a = 0, so it is a there.
      String constant = t.equal(b, t.number(0, b));
      String exponent = t.where(constant, t.number(1, b), t.affine(b, 1, -1));
      return Optional.of(t.mul(t.mul(g, b), t.node(new Pow(), a, exponent)));
    }
  }

  /** The smaller; a tie splits the gradient evenly, as PyTorch's minimum does. */
  record Min() implements Arithmetic {
    @Override
    public double apply(double a, double b) {
      return Math.min(a, b);
    }

    @Override
    public long apply(long a, long b) {
      return Math.min(a, b);
    }

    @Override
    public Optional<String> product(Terms t, String g, String a, String b, String y, int operand) {
      // 1 for the smaller, 1 / 2 for each of equals.
      return Optional.of(Arithmetic.chosen(t, g, operand == 0 ? b : a, operand == 0 ? a : b));
    }
  }

  /** The larger; a tie splits the gradient evenly, as PyTorch's maximum does. */
  record Max() implements Arithmetic {
    @Override
    public double apply(double a, double b) {
      return Math.max(a, b);
    }

    @Override
    public long apply(long a, long b) {
      return Math.max(a, b);
    }

    @Override
    public Optional<String> product(Terms t, String g, String a, String b, String y, int operand) {
      // 1 for the larger, 1 / 2 for each of equals.
      return Optional.of(Arithmetic.chosen(t, g, operand == 0 ? a : b, operand == 0 ? b : a));
    }
  }

  /** Remainder: with fmod the dividend's sign (C), else the divisor's (Python). */
  record Mod(boolean fmod) implements Arithmetic {
    @Override
    public double apply(double a, double b) {
      double remainder = a % b;
      boolean other = remainder != 0 && (remainder < 0) != (b < 0);
      return !fmod && other ? remainder + b : remainder;
    }

    @Override
    public long apply(long a, long b) {
      return fmod ? a % b : Math.floorMod(a, b);
    }

    @Override
    public Optional<String> product(Terms t, String g, String a, String b, String y, int operand) {
      // y = a - k b, with a whole number k that changes in jumps only.
      if (operand == 0) {
        return Optional.of(g);
      }
      String k = t.apply(new Unary.Round(), t.div(t.sub(a, y), b));
      return Optional.of(t.neg(t.mul(g, k)));
    }
  }

  /** a if {@code a > 0}, else b a, where b is the slope; derivative as LeakyRelu. */
  record PRelu() implements Arithmetic {
    @Override
    public double apply(double a, double b) {
      return a > 0 ? a : b * a;
    }

    @Override
    public long apply(long a, long b) {
      return a > 0 ? a : b * a;
    }

    @Override
    public Optional<String> product(Terms t, String g, String a, String b, String y, int operand) {
      if (operand == 1) {
        // 0 or a.
        return Optional.of(t.mul(g, t.negativePart(a)));
      }
      // 1 or b.
      String right = t.indicator(t.greater(a, 0), g);
      return Optional.of(t.mul(g, t.add(right, t.mul(b, t.oneMinus(right)))));
    }
  }

  /** a = b, bool; also of bool. */
  record Equal() implements Comparison {
    @Override
    public TensorType infer(List<TensorType> inputs) {
      Inputs.count(this, inputs, 2, 2);
      Inputs.same(this, inputs);
      return new TensorType(ElementType.BOOL, Broadcast.shape(inputs));
    }

    @Override
    public boolean apply(double a, double b) {
      return a == b;
    }

    @Override
    public boolean apply(long a, long b) {
      return a == b;
    }
  }

  /** {@code a < b}, bool. */
  record Less() implements Comparison {
    @Override
    public boolean apply(double a, double b) {
      return a < b;
    }

    @Override
    public boolean apply(long a, long b) {
      return a < b;
    }
  }

  /** {@code a <= b}, bool. */
  record LessOrEqual() implements Comparison {
    @Override
    public boolean apply(double a, double b) {
      return a <= b;
    }

    @Override
    public boolean apply(long a, long b) {
      return a <= b;
    }
  }

  /** {@code a > b}, bool. */
  record Greater() implements Comparison {
    @Override
    public boolean apply(double a, double b) {
      return a > b;
    }

    @Override
    public boolean apply(long a, long b) {
      return a > b;
    }
  }

  /** {@code a >= b}, bool. */
  record GreaterOrEqual() implements Comparison {
    @Override
    public boolean apply(double a, double b) {
      return a >= b;
    }

    @Override
    public boolean apply(long a, long b) {
      return a >= b;
    }
  }

  /** Both, bool. */
  record And() implements Logical {
    @Override
    public boolean apply(boolean a, boolean b) {
      return a && b;
    }
  }

  /** Either, bool. */
  record Or() implements Logical {
    @Override
    public boolean apply(boolean a, boolean b) {
      return a || b;
    }
  }

  /** Exactly one, bool. */
  record Xor() implements Logical {
    @Override
    public boolean apply(boolean a, boolean b) {
      return a ^ b;
    }
  }
}
