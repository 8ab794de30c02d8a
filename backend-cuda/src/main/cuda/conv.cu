#include "pellucid.cuh"
#include "tile.cuh"
#include "conv.cuh"

// Weights lie as [group][term][row], so that neighbouring threads read neighbouring rows.
template <int BM, int BK, int THREADS>
struct Weights {
  const real* w;
  int row, rows;
  __device__ __forceinline__ int place(int i) const { return (threadIdx.x + i * THREADS) % BM; }
  __device__ __forceinline__ int term(int i) const { return (threadIdx.x + i * THREADS) / BM; }
  __device__ __forceinline__ real load(int i, int from, int to) const {
    const int k = from + term(i), m = row + place(i);
    return k < to && m < rows ? w[(size_t)k * rows + m] : (real)0;
  }
};

// A thread always reads for the same output element.
template <int BN, int BK, int THREADS, bool INSIDE>
struct Patches {
  const ConvShape& s;
  const real* __restrict__ x;
  const Term* __restrict__ terms;
  Column column;
  __device__ __forceinline__ int place(int i) const { return threadIdx.x % BN; }
  __device__ __forceinline__ int term(int i) const { return threadIdx.x / BN + i * (THREADS / BN); }
  __device__ __forceinline__ real load(int i, int from, int to) const {
    const int k = from + term(i);
    return column.exists && k < to ? under<INSIDE>(s, column, terms[k], x) : (real)0;
  }
};

// Grid: blocks of columns, blocks of rows, groups times splits.
template <int BM, int BN, int BK, int TM, int TN, bool INSIDE>
__device__ __forceinline__ void convolve(
    const ConvShape& s, const Epilogue& e, const real* x, const real* w, const Term* terms, real* y) {
  typedef Tile<BM, BN, BK, TM, TN> Sums;
  const int group = blockIdx.z % s.groups, split = blockIdx.z / s.groups;
  const int row = blockIdx.y * BM, column = blockIdx.x * BN;
  Weights<BM, BK, Sums::THREADS> a = {w + (size_t)group * s.terms * s.rows, row, s.rows};
  Patches<BN, BK, Sums::THREADS, INSIDE> b = {
      s, x + group * s.inGroup, terms, columnAt(s, column + threadIdx.x % BN)};
  const int from = split * s.splitTerms;
  const int to = min(from + s.splitTerms, s.terms);
  Sums sums;
  sums.add(a, b, from, to);
  const int plane = s.outZ * s.outY * s.outX;
  const bool whole = s.splits == 1;
  real* part = y + (size_t)split * s.ySize;
  sums.store([&](int j) {
    const bool exists = column + j < s.samples * plane;
    const int output = columnAt(s, column + j).output;
    return [=, &s, &e](int i, real sum) {
      const int m = row + i;
      if (exists && m < s.rows) {
        const int channel = group * s.rows + m;
        const int at = output + channel * s.yChannel;
        part[at] = whole ? finish(e, sum, e.bias ? e.bias[channel] : (real)0, at) : sum;
      }
    };
  });
}

#define CONV(NAME, BM, BN, BK, TM, TN, INSIDE)                                                     \
  KERNEL __launch_bounds__((BM / TM) * (BN / TN)) NAME(                                            \
      const ConvShape s, const Epilogue e, const real* __restrict__ x,                             \
      const real* __restrict__ w, const Term* __restrict__ terms, real* __restrict__ y) {          \
    convolve<BM, BN, BK, TM, TN, INSIDE>(s, e, x, w, terms, y);                                    \
  }

CONV(conv_128x128, 128, 128, 8, 8, 8, false)
CONV(conv_64x64, 64, 64, 16, 4, 4, false)
CONV(conv_16x64, 16, 64, 16, 2, 4, false)
CONV(conv_128x128_inside, 128, 128, 8, 8, 8, true)
CONV(conv_64x64_inside, 64, 64, 16, 4, 4, true)
CONV(conv_16x64_inside, 16, 64, 16, 2, 4, true)

// Groups of few output channels, as in depthwise convolutions: a thread per output element, with
// no sums to share. Grid: blocks of columns, channels.
KERNEL conv_direct(
    const ConvShape s, const Epilogue e, const real* __restrict__ x, const real* __restrict__ w,
    const Term* __restrict__ terms, real* __restrict__ y) {
  const int channel = blockIdx.y;
  const int group = channel / s.rows;
  const Column c = columnAt(s, firstElement());
  if (!c.exists) return;
  const real* in = x + group * s.inGroup;
  const real* weights = w + (size_t)group * s.terms * s.rows + (channel - group * s.rows);
  real sum = 0;
  for (int k = 0; k < s.terms; k++) {
    sum += under<false>(s, c, terms[k], in) * weights[k * s.rows];
  }
  const int at = c.output + channel * s.yChannel;
  y[at] = finish(e, sum, e.bias ? e.bias[channel] : (real)0, at);
}

// Adds up the parts of split sums, in order, and finishes them.
KERNEL conv_combine(
    const Epilogue e, const real* __restrict__ parts, real* __restrict__ y, int size, int splits,
    int channels, int plane) {
  for (int i = firstElement(); i < size; i += elementStep()) {
    real sum = 0;
    for (int part = 0; part < splits; part++) sum += parts[(size_t)part * size + i];
    y[i] = finish(e, sum, e.bias ? e.bias[i / plane % channels] : (real)0, i);
  }
}

// Brings weights into the order [group][term][row] that the kernels above read.
KERNEL conv_pack(
    const real* __restrict__ w, const int* __restrict__ positions, real* __restrict__ packed,
    int groups, int terms, int rows, int groupStep, int rowStep) {
  const int size = groups * terms * rows;
  for (int i = firstElement(); i < size; i += elementStep()) {
    const int m = i % rows, k = i / rows % terms, g = i / rows / terms;
    packed[i] = w[g * groupStep + m * rowStep + positions[k]];
  }
}
