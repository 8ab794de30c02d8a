#include "pellucid.cuh"

#define MOST_AXES 8

// Axes of x, with the steps between neighbours.
struct Axes {
  int count;
  int lengths[MOST_AXES], steps[MOST_AXES];
};

struct Reduction {
  int results, length;
  Axes kept, reduced;
  int what;
  real scale;
};

enum What { SUM = 0, LARGEST = 1, SMALLEST = 2, PRODUCT = 3 };

__device__ __forceinline__ int offset(const Axes& axes, int index) {
  int at = 0;
#pragma unroll
  for (int axis = MOST_AXES - 1; axis >= 0; axis--) {
    if (axis < axes.count) {
      const int outer = axis == 0 ? 0 : index / axes.lengths[axis];
      at += (index - outer * axes.lengths[axis]) * axes.steps[axis];
      index = outer;
    }
  }
  return at;
}

__device__ __forceinline__ real neutral(int what) {
  return what == SUM ? (real)0 : what == PRODUCT ? (real)1 : what == LARGEST ? (real)-INFINITE : (real)INFINITE;
}

__device__ __forceinline__ real combine(int what, real a, real b) {
  return what == SUM ? a + b : what == PRODUCT ? a * b : what == LARGEST ? larger(a, b) : smaller(a, b);
}

__device__ __forceinline__ real part(const Reduction& r, const real* x, int first, int step) {
  real result = neutral(r.what);
  for (int i = first; i < r.length; i += step) {
    result = combine(r.what, result, x[offset(r.reduced, i)]);
  }
  return result;
}

// A thread per result: right where results lie next to each other.
KERNEL reduce_thread(const Reduction r, const real* __restrict__ x, real* __restrict__ y) {
  for (int i = firstElement(); i < r.results; i += elementStep()) {
    y[i] = part(r, x + offset(r.kept, i), 0, 1) * r.scale;
  }
}

__device__ __forceinline__ real acrossWarp(int what, real value) {
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) {
    value = combine(what, value, __shfl_xor_sync(0xffffffffu, value, lanes));
  }
  return value;
}

// A warp per result.
KERNEL reduce_warp(const Reduction r, const real* __restrict__ x, real* __restrict__ y) {
  const int lane = threadIdx.x % 32;
  for (int i = firstElement() / 32; i < r.results; i += elementStep() / 32) {
    const real* in = x + offset(r.kept, i);
    const real result = acrossWarp(r.what, part(r, in, lane, 32));
    if (lane == 0) y[i] = result * r.scale;
  }
}

// A block of 256 threads per result.
KERNEL __launch_bounds__(256) reduce_block(
    const Reduction r, const real* __restrict__ x, real* __restrict__ y) {
  __shared__ real parts[8];
  const real* in = x + offset(r.kept, blockIdx.x);
  const real own = acrossWarp(r.what, part(r, in, threadIdx.x, 256));
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = own;
  __syncthreads();
  if (threadIdx.x == 0) {
    real result = parts[0];
    for (int i = 1; i < 8; i++) result = combine(r.what, result, parts[i]);
    y[blockIdx.x] = result * r.scale;
  }
}
