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
