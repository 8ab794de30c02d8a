#include "pellucid.cuh"
#include "tensortile.cuh"
#include "conv.cuh"
#include "gemm.cuh"

// Convolutions and products of matrices on tensor cores: numbers are stored as float, rounded to
// tf32 or bf16 when they are multiplied, and added up as float.

#define CONV(NAME, BM, BN, WM, WN, HALF, INSIDE)                                                   \
  KERNEL __launch_bounds__(32 * (BM / WM) * (BN / WN)) NAME(                                       \
      const ConvShape s, const Epilogue e, const real* __restrict__ x,                             \
      const real* __restrict__ w, const Term* __restrict__ terms, real* __restrict__ y) {          \
    convolve<TensorTile<BM, BN, WM, WN, HALF>, INSIDE>(s, e, x, w, terms, y);                      \
  }

#define GEMM(NAME, BM, BN, WM, WN, HALF)                                                           \
  KERNEL __launch_bounds__(32 * (BM / WM) * (BN / WN)) NAME(                                       \
      const GemmShape s, const Epilogue e, const real* __restrict__ a, const real* __restrict__ b, \
      const int* __restrict__ offsets, real* __restrict__ y) {                                     \
    multiply<TensorTile<BM, BN, WM, WN, HALF>>(s, e, a, b, offsets, y);                            \
  }

#define ALL(PRECISION, HALF)                                                        \
  CONV(conv_128x128_##PRECISION, 128, 128, 64, 32, HALF, false)                     \
  CONV(conv_64x64_##PRECISION, 64, 64, 32, 32, HALF, false)                         \
  CONV(conv_128x128_inside_##PRECISION, 128, 128, 64, 32, HALF, true)               \
  CONV(conv_64x64_inside_##PRECISION, 64, 64, 32, 32, HALF, true)                   \
  GEMM(gemm_128x128_##PRECISION, 128, 128, 64, 32, HALF)                            \
  GEMM(gemm_64x64_##PRECISION, 64, 64, 32, 32, HALF)

ALL(tf32, false)
ALL(bf16, true)
