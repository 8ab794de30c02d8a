#include "pellucid.cuh"

// Sums over samples of the powers of gradients, in float64 and in the order of the samples, as the
// classes MomentSums and SampleAverage add them in Java; compiled with -fmad=false, so that equal
// gradients have equal sums.

// Gradients of `count` samples with `size` elements each: element e of sample m is at
// m * stride + places[e], or m * stride + e without places. The first is in group `group` of
// `groups`, the next in the next, in turns.
struct Gradients {
  int size, count, stride, groups, group;
};

// What sums are in units of: the largest magnitude of any gradient so far, the highest power of two
// that does not exceed it, and that of before divided by it.
struct Scale {
  double largest, scale, ratio;
};

#define PARTS 32

__device__ __forceinline__ double acrossWarp(double value) {
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) {
    value = larger(value, __shfl_xor_sync(0xffffffffu, value, lanes));
  }
  return value;
}

// The largest magnitudes of parts of a sample, one block of 256 threads for each of the PARTS parts;
// not a number where one is not.
KERNEL __launch_bounds__(256) largest_gradients(
    const Gradients g, const real* __restrict__ gradients, const int* __restrict__ places,
    double* __restrict__ parts) {
  __shared__ double warps[8];
  const real* sample = gradients + (size_t)blockIdx.y * g.stride;
  double largest = 0;
  for (int e = firstElement(); e < g.size; e += elementStep()) {
    largest = larger(largest, fabs((double)sample[places ? places[e] : e]));
  }
  largest = acrossWarp(largest);
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = largest;
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int i = 1; i < 8; i++) largest = larger(largest, warps[i]);
    parts[blockIdx.y * PARTS + blockIdx.x] = largest;
  }
}

// Raises the scale to that of new samples, but for those that have a number that is not finite. One
// warp does it.
KERNEL raise_scale(const Gradients g, const double* __restrict__ parts, Scale* scale) {
  double largest = 0;
  for (int m = 0; m < g.count; m++) {
    const double of = acrossWarp(parts[m * PARTS + threadIdx.x]);
    if (of > largest && of < __longlong_as_double(0x7FF0000000000000ll)) largest = of;
  }
  if (threadIdx.x == 0) {
    scale->ratio = 1;
    if (largest > scale->largest) {
      // The exponent alone, and for subnormal numbers that of the least normal one.
      const long long bits = __double_as_longlong(largest) & 0x7FF0000000000000ll;
      const double raised = __longlong_as_double(bits > 0 ? bits : 0x0010000000000000ll);
      if (scale->largest > 0) scale->ratio = scale->scale / raised;
      scale->largest = largest;
      scale->scale = raised;
    }
  }
}

// Adds samples to sums of the first, second and third powers of gradient / scale: those of all
// samples, and then those of each group. Sample m comes with its weight factors[2 m], and with
// factors[2 m + 1], by which what was summed before it is multiplied.
KERNEL add_powers(
    const Gradients g, const real* __restrict__ gradients, const int* __restrict__ places,
    const double* __restrict__ factors, const Scale* __restrict__ scale,
    double* __restrict__ sums) {
  const double inverse = 1 / scale->scale, ratio = scale->ratio;
  for (int i = firstElement(); i < g.size * (g.groups + 1); i += elementStep()) {
    const int group = i / g.size - 1, e = i % g.size;
    double* sum = sums + (size_t)(group + 1) * 3 * g.size + e;
    const real* gradient = gradients + (places ? places[e] : e);
    double first = sum[0] * ratio;
    double second = sum[g.size] * (ratio * ratio);
    double third = sum[2 * (size_t)g.size] * (ratio * ratio * ratio);
    int turn = g.group;
    for (int m = 0; m < g.count; m++) {
      const double weight = factors[2 * m], before = factors[2 * m + 1];
      first *= before;
      second *= before;
      third *= before;
      if (group < 0 || group == turn) {
        const double v = (double)gradient[(size_t)m * g.stride] * inverse;
        first += weight * v;
        second += weight * (v * v);
        third += weight * (v * v * v);
      }
      if (++turn >= g.groups) turn = 0;
    }
    sum[0] = first;
    sum[g.size] = second;
    sum[2 * (size_t)g.size] = third;
  }
}
