package org.pellucid.graph.op;

/**
 * Operations on two tensors, element by element, with multidirectional broadcasting. Inputs: a, b.
 */
public sealed interface Binary extends Unfinished {
  /** a + b. */
  record Add() implements Binary {}

  /** a - b. */
  record Sub() implements Binary {}

  /** a b. */
  record Mul() implements Binary {}

  /** a / b; integers are truncated towards zero. */
  record Div() implements Binary {}

  /** a to the power of b. */
  record Pow() implements Binary {}

  /** The smaller; a tie splits the gradient evenly, as PyTorch's minimum does. */
  record Min() implements Binary {}

  /** The larger; a tie splits the gradient evenly, as PyTorch's maximum does. */
  record Max() implements Binary {}

  /** Remainder: with fmod the dividend's sign (C), else the divisor's (Python). */
  record Mod(boolean fmod) implements Binary {}

  /** a if {@code a > 0}, else b a, where b is the slope; derivative as LeakyRelu. */
  record PRelu() implements Binary {}

  /** a = b, bool. */
  record Equal() implements Binary {}

  /** {@code a < b}, bool. */
  record Less() implements Binary {}

  /** {@code a <= b}, bool. */
  record LessOrEqual() implements Binary {}

  /** {@code a > b}, bool. */
  record Greater() implements Binary {}

  /** {@code a >= b}, bool. */
  record GreaterOrEqual() implements Binary {}

  /** Both, bool. */
  record And() implements Binary {}

  /** Either, bool. */
  record Or() implements Binary {}

  /** Exactly one, bool. */
  record Xor() implements Binary {}
}
