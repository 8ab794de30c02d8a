#include "pellucid.cuh"
#include "tile.cuh"
#include "conv.cuh"

#define CONV(NAME, BM, BN, BK, TM, TN, INSIDE)                                                     \
  KERNEL __launch_bounds__((BM / TM) * (BN / TN)) NAME(                                            \
      const ConvShape s, const Epilogue e, const real* __restrict__ x,                             \
      const real* __restrict__ w, const Term* __restrict__ terms, real* __restrict__ y) {          \
    convolve<Tile<BM, BN, BK, TM, TN>, INSIDE>(s, e, x, w, terms, y);                                    \
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
    const real* element = under<false>(s, c, terms[k], in);
    if (element) sum += *element * weights[k * s.rows];
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
