package org.pellucid.graph.op;

/** Operations on one tensor, element by element. */
public sealed interface Unary extends Unfinished {
  /** x. */
  record Identity() implements Unary {}

  /** max(x, 0); derivative 0 at 0. */
  record Relu() implements Unary {}

  /** x if {@code x > 0}, else alpha x; derivative alpha at 0, as PyTorch. */
  record LeakyRelu(double alpha) implements Unary {}

  /** x if {@code x > 0}, else alpha (exp(x) - 1). */
  record Elu(double alpha) implements Unary {}

  /** gamma (x if {@code x > 0}, else alpha (exp(x) - 1)). */
  record Selu(double alpha, double gamma) implements Unary {}

  /** max(0, x) + min(0, alpha (exp(x / alpha) - 1)). */
  record Celu(double alpha) implements Unary {}

  /** x if {@code x > alpha}, else 0. */
  record ThresholdedRelu(double alpha) implements Unary {}

  /** 1 / (1 + exp(-x)). */
  record Sigmoid() implements Unary {}

  /** max(0, min(1, alpha x + beta)). */
  record HardSigmoid(double alpha, double beta) implements Unary {}

  /** x max(0, min(1, x / 6 + 1/2)). */
  record HardSwish() implements Unary {}

  /** x sigmoid(alpha x); SiLU with alpha 1. */
  record Swish(double alpha) implements Unary {}

  /** x tanh(softplus(x)). */
  record Mish() implements Unary {}

  /** log(1 + exp(x)). */
  record Softplus() implements Unary {}

  /** x / (1 + |x|). */
  record Softsign() implements Unary {}

  /** x Phi(x) by erf, or its tanh approximation. */
  record Gelu(boolean tanh) implements Unary {}

  /** tanh x. */
  record Tanh() implements Unary {}

  /** The Gauss error function. */
  record Erf() implements Unary {}

  /** e^x. */
  record Exp() implements Unary {}

  /** Natural logarithm. */
  record Log() implements Unary {}

  /** Square root. */
  record Sqrt() implements Unary {}

  /** 1 / x. */
  record Reciprocal() implements Unary {}

  /** -x. */
  record Neg() implements Unary {}

  /** |x|; derivative 0 at 0. */
  record Abs() implements Unary {}

  /** -1, 0 or 1; derivative 0. */
  record Sign() implements Unary {}

  /** Largest integer not above x; derivative 0. */
  record Floor() implements Unary {}

  /** Smallest integer not below x; derivative 0. */
  record Ceil() implements Unary {}

  /** Nearest integer, halves to even; derivative 0. */
  record Round() implements Unary {}

  /** sin x. */
  record Sin() implements Unary {}

  /** cos x. */
  record Cos() implements Unary {}

  /**
   * min(max(x, min), max), bounds may be infinite; derivative 1 at the bounds, as PyTorch's clamp.
   */
  record Clip(double min, double max) implements Unary {}

  /** Logical negation of a bool tensor. */
  record Not() implements Unary {}
}
