#include "pellucid.cuh"

// A chain of element-wise operations. A value is loaded from the first operand and goes from one
// instruction to the next in a register; instructions read further operands, which broadcast: each
// has a stride per axis of the result, 0 where it is repeated.

#define MOST_AXES 8
#define MOST_OPERANDS 8
#define MOST_INSTRUCTIONS 24

struct Instruction {
  int code;
  int a, b;   // numbers of operands
  real p, q;  // attributes
};

struct Chain {
  int size, axes, count;
  int lengths[MOST_AXES];
  int strides[MOST_OPERANDS][MOST_AXES];
  const real* operands[MOST_OPERANDS];
  Instruction code[MOST_INSTRUCTIONS];
};

// Of float several at once, so that an instruction is decoded once for all of them.
#define ITEMS (sizeof(real) == sizeof(float) ? 4 : 1)

enum Code {
#define CODE(NAME, NUMBER) NAME = NUMBER,
#include "codes.cuh"
#undef CODE
};

__device__ __forceinline__ real logistic(real x) {
  const real decay = exp(-fabs(x));
  return (x >= 0 ? (real)1 : decay) / (1 + decay);
}

__device__ __forceinline__ real softplus(real x) { return larger(x, (real)0) + log1p(exp(-fabs(x))); }

__device__ __forceinline__ real remainder(real a, real b) { return fmod(a, b); }

__device__ __forceinline__ real pythonRemainder(real a, real b) {
  const real r = fmod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

struct Places {
  int at[ITEMS][MOST_AXES];
};

__device__ __forceinline__ int place(const Chain& chain, const int* at, int operand) {
  int offset = 0;
#pragma unroll
  for (int axis = 0; axis < MOST_AXES; axis++) {
    if (axis < chain.axes) offset += at[axis] * chain.strides[operand][axis];
  }
  return offset;
}

#define EACH(EXPRESSION)                         \
  _Pragma("unroll") for (int i = 0; i < ITEMS; i++) { \
    const real v = values[i];                    \
    values[i] = (EXPRESSION);                    \
  }                                              \
  break

#define WITH(EXPRESSION)                         \
  _Pragma("unroll") for (int i = 0; i < ITEMS; i++) { \
    const real v = values[i], o = others[i];     \
    values[i] = (EXPRESSION);                    \
  }                                              \
  break

KERNEL elementwise(const Chain chain, real* __restrict__ y) {
  const int threads = elementStep();
  for (int first = firstElement(); first < chain.size; first += ITEMS * threads) {
    int at[ITEMS][MOST_AXES];
    real values[ITEMS], others[ITEMS];
#pragma unroll
    for (int i = 0; i < ITEMS; i++) {
      // What is beyond the end is computed of the last element, and not stored.
      int rest = min(first + i * threads, chain.size - 1);
#pragma unroll
      for (int axis = MOST_AXES - 1; axis > 0; axis--) {
        at[i][axis] = 0;
        if (axis < chain.axes) {
          const int outer = rest / chain.lengths[axis];
          at[i][axis] = rest - outer * chain.lengths[axis];
          rest = outer;
        }
      }
      at[i][0] = rest;
      values[i] = chain.operands[0][place(chain, at[i], 0)];
    }
    for (int next = 0; next < chain.count; next++) {
      const Instruction in = chain.code[next];
      if (in.a >= 0) {
#pragma unroll
        for (int i = 0; i < ITEMS; i++) others[i] = chain.operands[in.a][place(chain, at[i], in.a)];
      }
      switch (in.code) {
        case ADD: WITH(v + o);
        case SUB: WITH(v - o);
        case SUB_FROM: WITH(o - v);
        case MUL: WITH(v * o);
        case DIV: WITH(v / o);
        case DIV_INTO: WITH(o / v);
        case POW: WITH(power(v, o));
        case POW_OF: WITH(power(o, v));
        case MIN: WITH(smaller(v, o));
        case MAX: WITH(larger(v, o));
        case FMOD: WITH(remainder(v, o));
        case FMOD_OF: WITH(remainder(o, v));
        case MOD: WITH(pythonRemainder(v, o));
        case MOD_OF: WITH(pythonRemainder(o, v));
        case PRELU: WITH(v > 0 ? v : o * v);
        case PRELU_OF: WITH(o > 0 ? o : v * o);
        case EQUAL: WITH(v == o ? 1 : 0);
        case LESS: WITH(v < o ? 1 : 0);
        case LESS_OR_EQUAL: WITH(v <= o ? 1 : 0);
        case GREATER: WITH(v > o ? 1 : 0);
        case GREATER_OR_EQUAL: WITH(v >= o ? 1 : 0);
        case OR: WITH(v != 0 || o != 0 ? 1 : 0);
        case DIV_BY_DEVIATION: WITH(v / sqrt(o + in.p));
        case CHOOSE:
#pragma unroll
          for (int i = 0; i < ITEMS; i++) {
            const real other = chain.operands[in.b][place(chain, at[i], in.b)];
            values[i] = values[i] != 0 ? others[i] : other;
          }
          break;
        case AFFINE: EACH(in.p * v + in.q);
        case CLIP: EACH(atMost(atLeast(v, in.p), in.q));
        case EQUAL_TO: EACH(v == in.p ? 1 : 0);
        case LESS_THAN: EACH(v < in.p ? 1 : 0);
        case GREATER_THAN: EACH(v > in.p ? 1 : 0);
        case TRUTH: EACH(v != 0 ? 1 : 0);
        case LEAKY_RELU: EACH(v > 0 ? v : in.p * v);
        case ELU: EACH(v > 0 ? v : in.p * expm1(v));
        case SELU: EACH(in.q * (v > 0 ? v : in.p * expm1(v)));
        case CELU: EACH(larger(v, (real)0) + smaller((real)0, in.p * expm1(v / in.p)));
        case THRESHOLDED_RELU: EACH(v > in.p ? v : 0);
        case SIGMOID: EACH(logistic(v));
        case HARD_SIGMOID: EACH(atMost(atLeast(in.p * v + in.q, (real)0), (real)1));
        case HARD_SWISH: EACH(v * atMost(atLeast(v / 6 + (real)0.5, (real)0), (real)1));
        case SWISH: EACH(v * logistic(in.p * v));
        case MISH: EACH(v * tanh(softplus(v)));
        case SOFTPLUS: EACH(softplus(v));
        case SOFTSIGN: EACH(v / (1 + fabs(v)));
        case GELU: EACH(v * (real)0.5 * erfc(-v * (real)0.70710678118654752440));
        case GELU_TANH:
          EACH(v * (real)0.5 * (1 + tanh((real)0.79788456080286535588 * (v + (real)0.044715 * v * v * v))));
        case TANH: EACH(tanh(v));
        case ERF: EACH(erf(v));
        case EXP: EACH(exp(v));
        case LOG: EACH(log(v));
        case SQRT: EACH(sqrt(v));
        case RECIPROCAL: EACH(1 / v);
        case ABS: EACH(fabs(v));
        case SIGN: EACH(v > 0 ? (real)1 : v < 0 ? (real)-1 : v);
        case FLOOR: EACH(floor(v));
        case CEIL: EACH(ceil(v));
        case ROUND: EACH(rint(v));
        case SIN: EACH(sine(v, 0));
        case COS: EACH(sine(v, 1));
        case ATAN: EACH(atan(v));
      }
    }
#pragma unroll
    for (int i = 0; i < ITEMS; i++) {
      const int n = first + i * threads;
      if (n < chain.size) y[n] = values[i];
    }
  }
}
