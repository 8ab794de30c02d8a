// What all kernels share. A kernel is written once, for numbers of type `real`, and compiled for
// float and for double (-DREAL=float). Tensors are dense and row-major; truth values are 0 and 1.

typedef REAL real;

#define INFINITE ((real)__int_as_float(0x7f800000))

// A kernel that the host finds by its name.
#define KERNEL extern "C" __global__ void

// The element that this thread begins with, and how far apart its elements are.
__device__ __forceinline__ int firstElement() { return blockIdx.x * blockDim.x + threadIdx.x; }
__device__ __forceinline__ int elementStep() { return gridDim.x * blockDim.x; }

// NaN goes through: a network that has one shows it.
template <typename T> __device__ __forceinline__ T atLeast(T x, T bound) { return x < bound ? bound : x; }
template <typename T> __device__ __forceinline__ T atMost(T x, T bound) { return x > bound ? bound : x; }
template <typename T> __device__ __forceinline__ T smaller(T a, T b) { return a < b || a != a ? a : b; }
template <typename T> __device__ __forceinline__ T larger(T a, T b) { return a > b || a != a ? a : b; }

// What is done to a sum of products before it is stored: bias, another tensor of the output's
// shape added, bounds (a ReLU has 0 and infinity), and zero where a third tensor is not positive
// (the gradient of a ReLU).
struct Epilogue {
  const real* bias;
  const real* added;
  const real* mask;
  real least;
  real most;
};

__device__ __forceinline__ real finish(const Epilogue& e, real sum, real bias, int position) {
  real v = sum + bias;
  if (e.added) v += e.added[position];
  v = atMost(atLeast(v, e.least), e.most);
  if (e.mask && !(e.mask[position] > 0)) v = 0;
  return v;
}

// Finishes N sums of a thread and stores them, or stores them as they are where they are not whole
// yet. What is read for them is read before anything is stored, so that the reads overlap. The
// functions tell of each sum whether it exists, its position, and its bias.
template <int N, class Exists, class Position, class Bias>
__device__ __forceinline__ void finishAll(
    const Epilogue& e, bool whole, real* __restrict__ y, const real (&sums)[N], Exists exists,
    Position position, Bias bias) {
  real v[N];
#pragma unroll
  for (int n = 0; n < N; n++) v[n] = sums[n];
  if (whole) {
#pragma unroll
    for (int n = 0; n < N; n++)
      if (exists(n)) v[n] += bias(n);
    if (e.added) {
#pragma unroll
      for (int n = 0; n < N; n++)
        if (exists(n)) v[n] += e.added[position(n)];
    }
#pragma unroll
    for (int n = 0; n < N; n++) v[n] = atMost(atLeast(v[n], e.least), e.most);
    if (e.mask) {
      real mask[N];
#pragma unroll
      for (int n = 0; n < N; n++) mask[n] = exists(n) ? e.mask[position(n)] : (real)0;
#pragma unroll
      for (int n = 0; n < N; n++)
        if (!(mask[n] > 0)) v[n] = 0;
    }
  }
#pragma unroll
  for (int n = 0; n < N; n++)
    if (exists(n)) y[position(n)] = v[n];
}

// a to the power of b. Of doubles by way of the logarithm: the compiler's own is a function that is
// called, and one in 10^14 is exact enough for what checks float32.
__device__ __forceinline__ float power(float a, float b) { return pow(a, b); }
__device__ __forceinline__ double power(double a, double b) {
  const double size = fabs(a);
  if (b == 0 || a == 1) return 1;
  if (a < 0 && !isinf(b) && b != floor(b)) return (a - a) / (a - a);
  const double result = size == 1 ? 1 : exp(b * log(size));
  return a < 0 && fabs(fmod(b, 2.0)) == 1 ? -result : result;
}

// sin(x + quadrant pi / 2): x is brought within pi / 4 of 0 by a multiple of pi / 2 in parts,
// exactly enough up to some 10^5, and Taylor's series does the rest.
template <typename T> __device__ __forceinline__ T sineOf(T r, T n, int quadrant) {
  const int q = (int)n + quadrant & 3;
  const T s = r * r;
  T v;
  if (q & 1) {
    v = (T)(-1.0 / 6402373705728000);
    v = v * s + (T)(1.0 / 20922789888000);
    v = v * s - (T)(1.0 / 87178291200);
    v = v * s + (T)(1.0 / 479001600);
    v = v * s - (T)(1.0 / 3628800);
    v = v * s + (T)(1.0 / 40320);
    v = v * s - (T)(1.0 / 720);
    v = v * s + (T)(1.0 / 24);
    v = v * s - (T)0.5;
    v = v * s + (T)1;
  } else {
    v = (T)(1.0 / 355687428096000);
    v = v * s - (T)(1.0 / 1307674368000);
    v = v * s + (T)(1.0 / 6227020800);
    v = v * s - (T)(1.0 / 39916800);
    v = v * s + (T)(1.0 / 362880);
    v = v * s - (T)(1.0 / 5040);
    v = v * s + (T)(1.0 / 120);
    v = v * s - (T)(1.0 / 6);
    v = v * s * r + r;
  }
  return q & 2 ? -v : v;
}
__device__ __forceinline__ float sine(float x, int quadrant) {
  const float n = rint(x * 0.636619772f);
  float r = fma(-n, 1.57079601f, x);
  r = fma(-n, 3.13916473e-7f, r);
  r = fma(-n, 5.39030253e-15f, r);
  return sineOf(r, n, quadrant);
}
__device__ __forceinline__ double sine(double x, int quadrant) {
  const double n = rint(x * 0.63661977236758134308);
  double r = fma(-n, 1.5707963267948966192, x);
  r = fma(-n, 6.1232339957367660359e-17, r);
  return sineOf(r, n, quadrant);
}
