package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Operations on one tensor, element by element. Floating tensors are taken by all but {@link Not};
 * int64 by those that are {@link Integral}.
 */
public sealed interface Unary extends Operation {
  /** The result for one element. */
  double apply(double x);

  /** The operations that have an exact meaning on integers as well. */
  sealed interface Integral extends Unary {
    /** The result for one int64 element. */
    long apply(long x);
  }

  @Override
  default TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    if (this instanceof Integral) {
      Inputs.require(x.elementType() != ElementType.BOOL, this, "numbers", x);
    } else {
      Inputs.require(x.elementType().isFloating(), this, "a floating input", x);
    }
    return x;
  }

  @Override
  default Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    if (this instanceof Integral exact && x.elementType() == ElementType.INT64) {
      long[] integers = x.toLongArray();
      for (int i = 0; i < integers.length; i++) {
        integers[i] = exact.apply(integers[i]);
      }
      return Tensor.of(x.shape(), integers);
    }
    double[] elements = x.toDoubleArray();
    for (int i = 0; i < elements.length; i++) {
      elements[i] = apply(elements[i]);
    }
    return Tensor.of(x.shape(), elements);
  }

  @Override
  default Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Samples.along(axes[0]);
  }

  @Override
  default Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    return product(new Terms(recorder), gradient, node.inputs().get(0), node.output());
  }

  /**
   * The gradient rule: g f'(x).
   *
   * @param t writes the terms
   * @param g dS / dy
   * @param x the input
   * @param y the output
   * @return dS / dx; empty where the function is constant piece by piece
   */
  Optional<String> product(Terms t, String g, String x, String y);

  /** x, of any element type. */
  record Identity() implements Unary {
    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.of(g);
    }

    @Override
    public double apply(double x) {
      return x;
    }

    @Override
    public TensorType infer(List<TensorType> inputs) {
      Inputs.count(this, inputs, 1, 1);
      return inputs.get(0);
    }

    @Override
    public Tensor evaluate(List<Tensor> inputs) {
      return Elements.widen(inputs.get(0));
    }
  }

  /**
   * scale x + offset, computed as a product and a sum. Its factors are attributes, exact in every
   * precision, where a constant tensor would be rounded to the graph's element type.
   */
  record Affine(double scale, double offset) implements Unary {
    @Override
    public double apply(double x) {
      return scale * x + offset;
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.of(t.scale(g, scale));
    }
  }

  /** max(x, 0); derivative 0 at 0. */
  record Relu() implements Integral {
    @Override
    public double apply(double x) {
      return Math.max(x, 0);
    }

    @Override
    public long apply(long x) {
      return Math.max(x, 0);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // y > 0 exactly where x > 0; of the two, y is what engines keep.
      return Optional.of(t.only(t.greater(y, 0), g));
    }
  }

  /** x if {@code x > 0}, else alpha x; derivative alpha at 0, as PyTorch. */
  record LeakyRelu(double alpha) implements Unary {
    @Override
    public double apply(double x) {
      return x > 0 ? x : alpha * x;
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // 1 or alpha; y has the sign of x unless alpha is negative.
      String right = t.indicator(t.greater(alpha >= 0 ? y : x, 0), g);
      String slope =
          alpha >= 0 && alpha <= 1
              ? t.apply(new Clip(alpha, 1), right)
              : t.affine(right, 1 - alpha, alpha);
      return Optional.of(t.mul(g, slope));
    }
  }

  /** x if {@code x > 0}, else alpha (exp(x) - 1). */
  record Elu(double alpha) implements Unary {
    @Override
    public double apply(double x) {
      return x > 0 ? x : alpha * Math.expm1(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.of(t.mul(g, slope(t, x, y, alpha, 1)));
    }

    /** gamma right of 0, and gamma alpha exp(x) = y + gamma alpha left of it. */
    static String slope(Terms t, String x, String y, double alpha, double gamma) {
      // y has the sign of x unless a factor is negative.
      boolean alike = alpha >= 0 && gamma > 0;
      String right = t.indicator(t.greater(alike ? y : x, 0), y);
      String left = alike ? t.negativePart(y) : t.mul(y, t.oneMinus(right));
      return alpha == 1
          ? t.affine(left, 1, gamma)
          : t.add(left, t.affine(right, gamma * (1 - alpha), gamma * alpha));
    }
  }

  /** gamma (x if {@code x > 0}, else alpha (exp(x) - 1)). */
  record Selu(double alpha, double gamma) implements Unary {
    @Override
    public double apply(double x) {
      return gamma * (x > 0 ? x : alpha * Math.expm1(x));
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.of(t.mul(g, Elu.slope(t, x, y, alpha, gamma)));
    }
  }

  /** max(0, x) + min(0, alpha (exp(x / alpha) - 1)). */
  record Celu(double alpha) implements Unary {
    @Override
    public double apply(double x) {
      return Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // exp(x / alpha) = (y + alpha) / alpha left of 0; y has the sign of x.
      return Optional.of(t.mul(g, t.affine(t.negativePart(y), 1 / alpha, 1)));
    }
  }

  /** x if {@code x > alpha}, else 0. */
  record ThresholdedRelu(double alpha) implements Unary {
    @Override
    public double apply(double x) {
      return x > alpha ? x : 0;
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // 1 right of alpha.
      return Optional.of(t.only(t.greater(x, alpha), g));
    }
  }

  /** 1 / (1 + exp(-x)). */
  record Sigmoid() implements Unary {
    @Override
    public double apply(double x) {
      return logistic(x);
    }

    /** Never of exp of a positive number, which would overflow. */
    static double logistic(double x) {
      double decay = Math.exp(-Math.abs(x));
      return (x >= 0 ? 1 : decay) / (1 + decay);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // y (1 - y).
      return Optional.of(t.mul(g, t.mul(y, t.oneMinus(y))));
    }
  }

  /** max(0, min(1, alpha x + beta)); derivative 0 at the ends of the slope, as PyTorch. */
  record HardSigmoid(double alpha, double beta) implements Unary {
    @Override
    public double apply(double x) {
      return Math.max(0, Math.min(1, alpha * x + beta));
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // alpha where neither bound holds.
      String inside = t.node(new Binary.And(), t.greater(y, 0), t.less(y, 1));
      return Optional.of(t.only(inside, t.scale(g, alpha)));
    }
  }

  /**
   * x max(0, min(1, x / 6 + 1/2)); derivative -1/2 at -3 and 3/2 at 3, as it is between them and as
   * PyTorch 2.7 has it.
   */
  record HardSwish() implements Unary {
    @Override
    public double apply(double x) {
      return x * Math.max(0, Math.min(1, x / 6 + 0.5));
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // With h = max(0, min(1, x / 6 + 1 / 2)): h, and from -3 to 3 also x / 6.
      String h = t.apply(new HardSigmoid(1 / 6.0, 0.5), x);
      String inside = t.node(new Binary.LessOrEqual(), t.apply(new Abs(), x), t.number(3, x));
      String slope = t.mul(x, t.scale(t.indicator(inside, x), 1 / 6.0));
      return Optional.of(t.mul(g, t.add(h, slope)));
    }
  }

  /** x sigmoid(alpha x); SiLU with alpha 1. */
  record Swish(double alpha) implements Unary {
    @Override
    public double apply(double x) {
      return x * Sigmoid.logistic(alpha * x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // With s = sigmoid(alpha x): s + alpha x s (1 - s) = s + alpha y (1 - s).
      String s = t.apply(new Sigmoid(), t.scale(x, alpha));
      return Optional.of(t.mul(g, t.add(s, t.scale(t.mul(y, t.oneMinus(s)), alpha))));
    }
  }

  /** x tanh(softplus(x)). */
  record Mish() implements Unary {
    @Override
    public double apply(double x) {
      return x * Math.tanh(Softplus.logOnePlusExp(x));
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // With u = tanh(softplus(x)): u + x (1 - u^2) sigmoid(x).
      String u = t.apply(new Tanh(), t.apply(new Softplus(), x));
      String s = t.apply(new Sigmoid(), x);
      String slope = t.mul(t.mul(x, s), t.oneMinus(t.mul(u, u)));
      return Optional.of(t.mul(g, t.add(u, slope)));
    }
  }

  /** log(1 + exp(x)). */
  record Softplus() implements Unary {
    @Override
    public double apply(double x) {
      return logOnePlusExp(x);
    }

    /** Never of exp of a positive number, which would overflow. */
    static double logOnePlusExp(double x) {
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // sigmoid(x).
      return Optional.of(t.mul(g, t.apply(new Sigmoid(), x)));
    }
  }

  /** {@code x / (1 + |x|)}. */
  record Softsign() implements Unary {
    @Override
    public double apply(double x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // 1 / (1 + |x|)^2.
      String divisor = t.affine(t.apply(new Abs(), x), 1, 1);
      return Optional.of(t.div(t.div(g, divisor), divisor));
    }
  }

  /**
   * x Phi(x), with Phi the normal distribution's cumulative function by erf; or with its
   * approximation by tanh, {@code (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2} (Hendrycks and
   * Gimpel, arXiv 1606.08415).
   */
  record Gelu(boolean tanh) implements Unary {
    @Override
    public double apply(double x) {
      if (tanh) {
        return x * 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      }
      return x * 0.5 * ErrorFunction.erfc(-x / Math.sqrt(2));
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      String square = t.mul(x, x);
      if (tanh) {
        // (1 + tanh(u)) / 2 = sigmoid(2 u) = p, so y = x p and dy/dx = p + x p (1 - p) 2 u'.
        double k = 2 * Math.sqrt(2 / Math.PI);
        String p = t.apply(new Sigmoid(), t.mul(x, t.affine(square, 0.044715 * k, k)));
        String inner = t.affine(square, 3 * 0.044715 * k, k);
        return Optional.of(t.mul(g, t.add(p, t.mul(t.mul(y, t.oneMinus(p)), inner))));
      }
      // Phi(x) + x phi(x), with phi(x) = exp(-x^2 / 2 - log(2 pi) / 2).
      String below = t.affine(t.apply(new Erf(), t.scale(x, Math.sqrt(0.5))), 0.5, 0.5);
      String density = t.apply(new Exp(), t.affine(square, -0.5, -0.5 * Math.log(2 * Math.PI)));
      return Optional.of(t.mul(g, t.add(below, t.mul(x, density))));
    }
  }

  /** tanh x. */
  record Tanh() implements Unary {
    @Override
    public double apply(double x) {
      return Math.tanh(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // 1 - y^2.
      return Optional.of(t.mul(g, t.oneMinus(t.mul(y, y))));
    }
  }

  /** The Gauss error function. */
  record Erf() implements Unary {
    @Override
    public double apply(double x) {
      return ErrorFunction.erf(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // 2 / sqrt(pi) exp(-x^2) = exp(-x^2 + log(4 / pi) / 2).
      String exponent = t.affine(t.mul(x, x), -1, 0.5 * Math.log(4 / Math.PI));
      return Optional.of(t.mul(g, t.apply(new Exp(), exponent)));
    }
  }

  /** e^x. */
  record Exp() implements Unary {
    @Override
    public double apply(double x) {
      return Math.exp(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // y.
      return Optional.of(t.mul(g, y));
    }
  }

  /** Natural logarithm. */
  record Log() implements Unary {
    @Override
    public double apply(double x) {
      return Math.log(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // 1 / x.
      return Optional.of(t.div(g, x));
    }
  }

  /** Square root. */
  record Sqrt() implements Unary {
    @Override
    public double apply(double x) {
      return Math.sqrt(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // 1 / (2 y).
      return Optional.of(t.div(t.scale(g, 0.5), y));
    }
  }

  /** 1 / x. */
  record Reciprocal() implements Unary {
    @Override
    public double apply(double x) {
      return 1 / x;
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // -y^2.
      return Optional.of(t.neg(t.mul(g, t.mul(y, y))));
    }
  }

  /** -x. */
  record Neg() implements Integral {
    @Override
    public double apply(double x) {
      return -x;
    }

    @Override
    public long apply(long x) {
      return -x;
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // -1.
      return Optional.of(t.neg(g));
    }
  }

  /** {@code |x|}; derivative 0 at 0. */
  record Abs() implements Integral {
    @Override
    public double apply(double x) {
      return Math.abs(x);
    }

    @Override
    public long apply(long x) {
      return Math.abs(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // The sign of x, 0 at 0.
      return Optional.of(t.mul(g, t.apply(new Sign(), x)));
    }
  }

  /** -1, 0 or 1; derivative 0. */
  record Sign() implements Integral {
    @Override
    public double apply(double x) {
      return Math.signum(x);
    }

    @Override
    public long apply(long x) {
      return Long.signum(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.empty();
    }
  }

  /** Largest integer not above x; derivative 0. */
  record Floor() implements Integral {
    @Override
    public double apply(double x) {
      return Math.floor(x);
    }

    @Override
    public long apply(long x) {
      return x;
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.empty();
    }
  }

  /** Smallest integer not below x; derivative 0. */
  record Ceil() implements Integral {
    @Override
    public double apply(double x) {
      return Math.ceil(x);
    }

    @Override
    public long apply(long x) {
      return x;
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.empty();
    }
  }

  /** Nearest integer, halves to even; derivative 0. */
  record Round() implements Integral {
    @Override
    public double apply(double x) {
      return Math.rint(x);
    }

    @Override
    public long apply(long x) {
      return x;
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.empty();
    }
  }

  /**
   * Nearest integer, halves to even, with the derivative taken as 1: the straight-through estimator
   * (Bengio, Leonard and Courville 2013, arXiv 1308.3432), by which gradients pass through
   * quantised activations.
   */
  record RoundStraightThrough() implements Unary {
    @Override
    public double apply(double x) {
      return Math.rint(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.of(g);
    }
  }

  /** sin x. */
  record Sin() implements Unary {
    @Override
    public double apply(double x) {
      return Math.sin(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // cos x.
      return Optional.of(t.mul(g, t.apply(new Cos(), x)));
    }
  }

  /** cos x. */
  record Cos() implements Unary {
    @Override
    public double apply(double x) {
      return Math.cos(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // -sin x.
      return Optional.of(t.neg(t.mul(g, t.apply(new Sin(), x))));
    }
  }

  /** The angle whose tangent is x, between -pi/2 and pi/2. */
  record Atan() implements Unary {
    @Override
    public double apply(double x) {
      return Math.atan(x);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // 1 / (1 + x^2).
      return Optional.of(t.div(g, t.affine(t.mul(x, x), 1, 1)));
    }
  }

  /**
   * min(max(x, min), max), bounds may be infinite; derivative 1 at the bounds, as PyTorch's clamp.
   */
  record Clip(double min, double max) implements Integral {
    @Override
    public double apply(double x) {
      return Math.min(Math.max(x, min), max);
    }

    @Override
    public long apply(long x) {
      // Casting saturates, so that infinite bounds do not bind.
      return Math.min(Math.max(x, (long) Math.ceil(min)), (long) Math.floor(max));
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      // 1 where nothing was clipped; a constant where the bounds are the wrong way round.
      return min > max ? Optional.empty() : Optional.of(t.only(t.equal(x, y), g));
    }
  }

  /** Logical negation of a bool tensor. */
  record Not() implements Unary {
    @Override
    public double apply(double x) {
      return x == 0 ? 1 : 0;
    }

    @Override
    public TensorType infer(List<TensorType> inputs) {
      Inputs.count(this, inputs, 1, 1);
      Inputs.require(
          inputs.get(0).elementType() == ElementType.BOOL,
          this,
          "an input of type bool",
          inputs.get(0));
      return inputs.get(0);
    }

    @Override
    public Tensor evaluate(List<Tensor> inputs) {
      byte[] truths = Elements.truths(inputs.get(0));
      for (int i = 0; i < truths.length; i++) {
        truths[i] ^= 1;
      }
      return Tensor.of(inputs.get(0).shape(), truths);
    }

    @Override
    public Optional<String> product(Terms t, String g, String x, String y) {
      return Optional.empty();
    }
  }
}
