#include "pellucid.cuh"

// Windows over planes of up to three spatial axes.
struct PoolShape {
  int planes;
  int in[3], out[3];
  int kernel[3], stride[3], dilation[3];
  int before[3], after[3];
};

__device__ __forceinline__ int plane(const int* lengths) { return lengths[0] * lengths[1] * lengths[2]; }

struct Window {
  int plane;
  int first[3];  // may lie in the padding
};

__device__ __forceinline__ Window windowAt(const PoolShape& s, int output) {
  Window w;
  w.plane = output / plane(s.out);
  int rest = output - w.plane * plane(s.out);
  const int x = rest % s.out[2];
  rest /= s.out[2];
  const int y = rest % s.out[1];
  w.first[0] = rest / s.out[1] * s.stride[0] - s.before[0];
  w.first[1] = y * s.stride[1] - s.before[1];
  w.first[2] = x * s.stride[2] - s.before[2];
  return w;
}

// Calls a function with the position in its plane of each element under a window, in row-major
// order.
template <class F>
__device__ __forceinline__ void visit(const PoolShape& s, const Window& w, F f) {
  for (int kz = 0; kz < s.kernel[0]; kz++) {
    const int z = w.first[0] + kz * s.dilation[0];
    if ((unsigned)z >= (unsigned)s.in[0]) continue;
    for (int ky = 0; ky < s.kernel[1]; ky++) {
      const int y = w.first[1] + ky * s.dilation[1];
      if ((unsigned)y >= (unsigned)s.in[1]) continue;
      for (int kx = 0; kx < s.kernel[2]; kx++) {
        const int x = w.first[2] + kx * s.dilation[2];
        if ((unsigned)x < (unsigned)s.in[2]) f((z * s.in[1] + y) * s.in[2] + x);
      }
    }
  }
}

KERNEL max_pool(const PoolShape s, const real* __restrict__ x, real* __restrict__ y) {
  const int size = s.planes * plane(s.out);
  for (int i = firstElement(); i < size; i += elementStep()) {
    const Window w = windowAt(s, i);
    const real* in = x + (size_t)w.plane * plane(s.in);
    real largest = -INFINITE;
    visit(s, w, [&](int at) { largest = larger(largest, in[at]); });
    y[i] = largest;
  }
}

// Where in its plane the largest element of each window stands: the first of equals, NaN before
// all.
KERNEL max_pool_positions(const PoolShape s, const real* __restrict__ x, int* __restrict__ positions) {
  const int size = s.planes * plane(s.out);
  for (int i = firstElement(); i < size; i += elementStep()) {
    const Window w = windowAt(s, i);
    const real* in = x + (size_t)w.plane * plane(s.in);
    int best = -1;
    real largest = 0;
    visit(s, w, [&](int at) {
      const real v = in[at];
      if (best < 0 || v > largest || (v != v && largest == largest)) {
        best = at;
        largest = v;
      }
    });
    positions[i] = best;
  }
}

KERNEL max_pool_select(
    const PoolShape s, const int* __restrict__ positions, const real* __restrict__ v,
    real* __restrict__ y) {
  const int size = s.planes * plane(s.out);
  for (int i = firstElement(); i < size; i += elementStep()) {
    y[i] = v[(size_t)(i / plane(s.out)) * plane(s.in) + positions[i]];
  }
}

// For each input element, the gradients of the windows in which it was chosen, added up in window
// order: no two threads write to one place, and equal questions have equal answers.
KERNEL max_pool_gradient(
    const PoolShape s, const int* __restrict__ positions, const real* __restrict__ g,
    real* __restrict__ dx) {
  const int size = s.planes * plane(s.in);
  for (int i = firstElement(); i < size; i += elementStep()) {
    const int p = i / plane(s.in);
    const int at = i - p * plane(s.in);
    const int place[3] = {
        at / (s.in[1] * s.in[2]), at / s.in[2] % s.in[1], at % s.in[2]};
    int from[3], to[3];
#pragma unroll
    for (int a = 0; a < 3; a++) {
      // Windows that reach the element start at most a reach before it.
      const int last = place[a] + s.before[a];
      const int reach = (s.kernel[a] - 1) * s.dilation[a];
      from[a] = last - reach <= 0 ? 0 : (last - reach + s.stride[a] - 1) / s.stride[a];
      to[a] = min(last / s.stride[a], s.out[a] - 1);
    }
    real sum = 0;
    for (int z = from[0]; z <= to[0]; z++) {
      for (int y = from[1]; y <= to[1]; y++) {
        for (int x = from[2]; x <= to[2]; x++) {
          const int o = ((p * s.out[0] + z) * s.out[1] + y) * s.out[2] + x;
          if (positions[o] == at) sum += g[o];
        }
      }
    }
    dx[i] = sum;
  }
}

// The divisor is what lies in the input, or in the input and its declared padding.
KERNEL average_pool(
    const PoolShape s, int countPadding, const real* __restrict__ x, real* __restrict__ y) {
  const int size = s.planes * plane(s.out);
  for (int i = firstElement(); i < size; i += elementStep()) {
    const Window w = windowAt(s, i);
    const real* in = x + (size_t)w.plane * plane(s.in);
    int count = 1;
#pragma unroll
    for (int a = 0; a < 3; a++) {
      const int least = countPadding ? -s.before[a] : 0;
      const int end = countPadding ? s.in[a] + s.after[a] : s.in[a];
      int inside = 0;
      for (int k = 0; k < s.kernel[a]; k++) {
        const int position = w.first[a] + k * s.dilation[a];
        inside += position >= least && position < end;
      }
      count *= inside;
    }
    real sum = 0;
    visit(s, w, [&](int at) { sum += in[at]; });
    y[i] = sum / count;
  }
}
