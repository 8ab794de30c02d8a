#include "pellucid.cuh"
#include "tile.cuh"
#include "conv.cuh"

#define CONV(NAME, BM, BN, BK, TM, TN, INPUTS)                                                     \
  KERNEL __launch_bounds__((BM / TM) * (BN / TN)) NAME(                                            \
      const ConvShape s, const Epilogue e, const real* __restrict__ x,                             \
      const real* __restrict__ w, const Term* __restrict__ terms, real* __restrict__ y) {          \
    convolve<Tile<BM, BN, BK, TM, TN>, INPUTS>(s, e, x, w, terms, y);                              \
  }

CONV(conv_128x128, 128, 128, 8, 8, 8, Patches)
CONV(conv_64x64, 64, 64, 16, 4, 4, Patches)
CONV(conv_16x64, 16, 64, 16, 2, 4, Patches)
CONV(conv_128x128_taps, 128, 128, 8, 8, 8, Taps)
CONV(conv_64x64_taps, 64, 64, 16, 4, 4, Taps)
CONV(conv_16x64_taps, 16, 64, 16, 2, 4, Taps)

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
  const real* weights = w + (size_t)group * s.terms * s.apart + (channel - group * s.rows);
  real sum = 0;
  for (int k = 0; k < s.terms; k++) {
    const Term t = terms[k];
    if (isInside(s, c, t)) sum += in[c.input + t.offset] * weights[k * s.apart];
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

// A float as tensor cores take it, rounded to the nearest number of 11 bits; ties away from zero.
__device__ __forceinline__ float tf32Of(float v) {
  if (!(fabsf(v) < __int_as_float(0x7f800000))) return v;
  return __int_as_float((__float_as_int(v) + 0x1000) & ~0x1fff);
}
__device__ __forceinline__ double tf32Of(double v) { return v; }

// Brings weights into the order [group][term][row] that the kernels above read, with zeros where
// terms have no position, and where rows are filled up.
KERNEL conv_pack(
    const real* __restrict__ w, const int* __restrict__ positions, real* __restrict__ packed,
    int groups, int terms, int rows, int apart, int groupStep, int rowStep, int rounded) {
  const int size = groups * terms * apart;
  for (int i = firstElement(); i < size; i += elementStep()) {
    const int m = i % apart, k = i / apart % terms, g = i / apart / terms;
    const int position = positions[k];
    const real v = m < rows && position >= 0 ? w[g * groupStep + m * rowStep + position] : (real)0;
    packed[i] = rounded ? tf32Of(v) : v;
  }
}
