#include "pellucid.cuh"
#include "tensortile.cuh"
#include "conv.cuh"
#include "gemm.cuh"

// Convolutions and products of matrices on tensor cores: numbers are stored as float, rounded to
// tf32 or bf16 when they are multiplied, and added up as float.

#define CONV(NAME, BM, BN, WM, WN, HALF, INPUTS)                                                   \
  KERNEL __launch_bounds__(32 * (BM / WM) * (BN / WN), 2) NAME(                                    \
      const ConvShape s, const Epilogue e, const real* __restrict__ x,                             \
      const real* __restrict__ w, const Term* __restrict__ terms, real* __restrict__ y) {          \
    convolve<TensorTile<BM, BN, WM, WN, HALF>, INPUTS>(s, e, x, w, terms, y);                      \
  }

#define GEMM(NAME, BM, BN, WM, WN, HALF)                                                           \
  KERNEL __launch_bounds__(32 * (BM / WM) * (BN / WN), 2) NAME(                                    \
      const GemmShape s, const Epilogue e, const real* __restrict__ a, const real* __restrict__ b, \
      const int* __restrict__ offsets, real* __restrict__ y) {                                     \
    multiply<TensorTile<BM, BN, WM, WN, HALF>>(s, e, a, b, offsets, y);                            \
  }

#define SIZE(BM, BN, WM, WN, PRECISION, HALF)                                 \
  CONV(conv_##BM##x##BN##_##PRECISION, BM, BN, WM, WN, HALF, Patches)         \
  CONV(conv_##BM##x##BN##_taps_##PRECISION, BM, BN, WM, WN, HALF, Taps)       \
  GEMM(gemm_##BM##x##BN##_##PRECISION, BM, BN, WM, WN, HALF)

#define ALL(PRECISION, HALF)                     \
  SIZE(128, 128, 64, 32, PRECISION, HALF)        \
  SIZE(64, 128, 32, 64, PRECISION, HALF)         \
  SIZE(64, 64, 32, 32, PRECISION, HALF)

ALL(tf32, false)
ALL(bf16, true)
