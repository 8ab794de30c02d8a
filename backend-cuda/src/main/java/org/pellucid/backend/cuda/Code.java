package org.pellucid.backend.cuda;

/**
 * What an instruction of an element-wise chain computes of the chain's value v, further operands o,
 * and attributes p and q: as {@code codes.cuh} lists them, in that order.
 */
enum Code {
  /** v + o. */
  ADD,
  /** v - o. */
  SUB,
  /** o - v. */
  SUB_FROM,
  /** v o. */
  MUL,
  /** v / o. */
  DIV,
  /** o / v. */
  DIV_INTO,
  /** v to the power of o. */
  POW,
  /** o to the power of v. */
  POW_OF,
  /** The smaller. */
  MIN,
  /** The larger. */
  MAX,
  /** The remainder of v / o with the sign of v. */
  FMOD,
  /** The remainder of o / v with the sign of o. */
  FMOD_OF,
  /** The remainder of v / o with the sign of o. */
  MOD,
  /** The remainder of o / v with the sign of v. */
  MOD_OF,
  /** v if positive, otherwise o v. */
  PRELU,
  /** o if positive, otherwise v o. */
  PRELU_OF,
  /** v = o. */
  EQUAL,
  /** {@code v < o}. */
  LESS,
  /** {@code v <= o}. */
  LESS_OR_EQUAL,
  /** {@code v > o}. */
  GREATER,
  /** {@code v >= o}. */
  GREATER_OR_EQUAL,
  /** Whether one is not 0. */
  OR,
  /** v / sqrt(o + p). */
  DIV_BY_DEVIATION,
  /** The first operand where v is not 0, otherwise the second. */
  CHOOSE,
  /** p v + q. */
  AFFINE,
  /** min(max(v, p), q). */
  CLIP,
  /** v = p. */
  EQUAL_TO,
  /** {@code v < p}. */
  LESS_THAN,
  /** {@code v > p}. */
  GREATER_THAN,
  /** Whether v is not 0. */
  TRUTH,
  /** v if positive, otherwise p v. */
  LEAKY_RELU,
  /** v if positive, otherwise p (exp(v) - 1). */
  ELU,
  /** q (v if positive, otherwise p (exp(v) - 1)). */
  SELU,
  /** max(0, v) + min(0, p (exp(v / p) - 1)). */
  CELU,
  /** v if {@code v > p}, otherwise 0. */
  THRESHOLDED_RELU,
  /** 1 / (1 + exp(-v)). */
  SIGMOID,
  /** max(0, min(1, p v + q)). */
  HARD_SIGMOID,
  /** v max(0, min(1, v / 6 + 1/2)). */
  HARD_SWISH,
  /** v sigmoid(p v). */
  SWISH,
  /** v tanh(softplus(v)). */
  MISH,
  /** log(1 + exp(v)). */
  SOFTPLUS,
  /** {@code v / (1 + |v|)}. */
  SOFTSIGN,
  /** v Phi(v). */
  GELU,
  /** The same by tanh. */
  GELU_TANH,
  /** tanh v. */
  TANH,
  /** erf v. */
  ERF,
  /** exp v. */
  EXP,
  /** log v. */
  LOG,
  /** The square root. */
  SQRT,
  /** 1 / v. */
  RECIPROCAL,
  /** {@code |v|}. */
  ABS,
  /** -1, 0 or 1. */
  SIGN,
  /** Rounded down. */
  FLOOR,
  /** Rounded up. */
  CEIL,
  /** Rounded to the nearest, halves to even. */
  ROUND,
  /** sin v. */
  SIN,
  /** cos v. */
  COS,
  /** The angle between -pi/2 and pi/2 whose tangent is v. */
  ATAN
}
