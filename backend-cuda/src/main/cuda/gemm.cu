#include "pellucid.cuh"
#include "tile.cuh"
#include "gemm.cuh"

#define GEMM(NAME, BM, BN, BK, TM, TN)                                                             \
  KERNEL __launch_bounds__((BM / TM) * (BN / TN)) NAME(                                            \
      const GemmShape s, const Epilogue e, const real* __restrict__ a, const real* __restrict__ b, \
      const int* __restrict__ offsets, real* __restrict__ y) {                                     \
    multiply<Tile<BM, BN, BK, TM, TN>>(s, e, a, b, offsets, y);                                          \
  }

GEMM(gemm_128x128, 128, 128, 8, 8, 8)
GEMM(gemm_64x64, 64, 64, 16, 4, 4)
GEMM(gemm_16x64, 16, 64, 16, 2, 4)

// Adds up the parts of split sums, in order, and finishes them.
KERNEL gemm_combine(
    const GemmShape s, const Epilogue e, const real* __restrict__ parts, real* __restrict__ y) {
  const int size = s.batch * s.rows * s.columns;
  for (int i = firstElement(); i < size; i += elementStep()) {
    real sum = 0;
    for (int part = 0; part < s.splits; part++) sum += parts[(size_t)part * size + i];
    const int n = i % s.columns, m = i / s.columns % s.rows;
    const real c = e.bias ? s.beta * e.bias[m * s.cRow + n * s.cColumn] : (real)0;
    y[i] = finish(e, s.alpha * sum, c, i);
  }
}
