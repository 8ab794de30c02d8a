// The inside of a product of matrices on tensor cores: as Tile, but a warp makes WM by WN elements
// of the result, in pieces of 16 by 8 that one instruction adds 8 terms to (tf32) or 16 (bf16).
// Numbers travel from global to shared memory by themselves (cp.async), STAGES - 1 steps ahead.
//
// Where the threads of a warp hold the elements of a piece stands in the PTX manual, "Matrix
// fragments for mma.m16n8k8" and "m16n8k16": with g = lane / 4 and t = lane % 4, rows g and g + 8
// of the left matrix, column g of the right one, and columns 2 t and 2 t + 1 of the result.

// Room between rows, so that the threads of a warp read from different banks of shared memory.
#define SKEW 8

// Copies so many numbers; where there is no source, makes zeros.
template <int WIDTH>
__device__ __forceinline__ void copyAhead(float* target, const float* source, bool exists) {
  const unsigned to = (unsigned)__cvta_generic_to_shared(target);
  asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(to), "l"(source),
               "n"(4 * WIDTH), "r"(exists ? 4 * WIDTH : 0));
}
__device__ __forceinline__ void commitCopies() { asm volatile("cp.async.commit_group;"); }
template <int PENDING> __device__ __forceinline__ void awaitCopies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(PENDING));
}

// A number as tf32; those that are ROUNDED are it already.
template <bool ROUNDED> __device__ __forceinline__ unsigned tf32(float x) {
  if (ROUNDED) return __float_as_uint(x);
  unsigned rounded;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(x));
  return rounded;
}
// Two numbers in a register, the first one in the lower half.
__device__ __forceinline__ unsigned bf16(float first, float second) {
  unsigned rounded;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(rounded) : "f"(second), "f"(first));
  return rounded;
}

__device__ __forceinline__ void addProducts(float* d, const unsigned* a, const unsigned* b, bool half) {
  if (half) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  } else {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
  }
}

template <int BM, int BN, int WM, int WN, bool HALF>
struct TensorTile {
  enum { ROWS = BM, COLUMNS = BN, TERMS = 16, STAGES = 4, WIDTH = 4 };
  enum { WARPS_ACROSS = BN / WN, THREADS = 32 * (BM / WM) * (BN / WN) };
  enum { A_PITCH = BM + SKEW, B_PITCH = BN + SKEW, STAGE = TERMS * (A_PITCH + B_PITCH) };
  enum { HIGH = WM / 16, WIDE = WN / 8, AT_ONCE = HALF ? 16 : 8 };

  float sums[HIGH][WIDE][4];

  // Gives a step to the copies, and goes on to the next.
  template <class A, class B>
  __device__ __forceinline__ void fetch(A& a, B& b, float* stage) {
    const float* source;
#pragma unroll
    for (int i = 0; i < A::SHARE; i++) {
      const bool exists = a.find(i, source);
      copyAhead<A::WIDTH>(stage + a.term(i) * A_PITCH + a.place(i), source, exists);
    }
    stage += TERMS * A_PITCH;
#pragma unroll
    for (int i = 0; i < B::SHARE; i++) {
      const bool exists = b.find(i, source);
      copyAhead<B::WIDTH>(stage + b.term(i) * B_PITCH + b.place(i), source, exists);
    }
    a.next();
    b.next();
  }

  // Adds up the terms from `from` to `to`.
  template <class A, class B>
  __device__ __forceinline__ void add(A& a, B& b, int from, int to) {
    extern __shared__ __align__(16) float stages[];
    const int warp = threadIdx.x / 32, g = threadIdx.x % 32 / 4, t = threadIdx.x % 4;
    const int row = warp / WARPS_ACROSS * WM + g, column = warp % WARPS_ACROSS * WN + g;
#pragma unroll
    for (int i = 0; i < HIGH; i++)
#pragma unroll
      for (int j = 0; j < WIDE; j++)
#pragma unroll
        for (int e = 0; e < 4; e++) sums[i][j][e] = 0;
#pragma unroll 1
    for (int s = 0; s < STAGES - 1; s++) {
      if (from + s * TERMS < to) fetch(a, b, stages + s * STAGE);
      commitCopies();
    }
    int stage = 0;
    for (int k = from; k < to; k += TERMS) {
      awaitCopies<STAGES - 2>();
      // All see what all have fetched, and nobody reads any more what is overwritten next.
      __syncthreads();
      if (k + (STAGES - 1) * TERMS < to) fetch(a, b, stages + (stage + STAGES - 1) % STAGES * STAGE);
      commitCopies();
      const float* as = stages + stage * STAGE;
      const float* bs = as + TERMS * A_PITCH;
#pragma unroll
      for (int kk = 0; kk < TERMS; kk += AT_ONCE) {
        unsigned left[HIGH][4], right[WIDE][2];
#pragma unroll
        for (int i = 0; i < HIGH; i++) {
          const float* p = as + row + i * 16;
          if (HALF) {
            const float* q = p + (kk + 2 * t) * A_PITCH;
            left[i][0] = bf16(q[0], q[A_PITCH]);
            left[i][1] = bf16(q[8], q[A_PITCH + 8]);
            left[i][2] = bf16(q[8 * A_PITCH], q[9 * A_PITCH]);
            left[i][3] = bf16(q[8 * A_PITCH + 8], q[9 * A_PITCH + 8]);
          } else {
            const float* q = p + (kk + t) * A_PITCH;
            left[i][0] = tf32<A::ROUNDED>(q[0]);
            left[i][1] = tf32<A::ROUNDED>(q[8]);
            left[i][2] = tf32<A::ROUNDED>(q[4 * A_PITCH]);
            left[i][3] = tf32<A::ROUNDED>(q[4 * A_PITCH + 8]);
          }
        }
#pragma unroll
        for (int j = 0; j < WIDE; j++) {
          const float* p = bs + column + j * 8;
          if (HALF) {
            const float* q = p + (kk + 2 * t) * B_PITCH;
            right[j][0] = bf16(q[0], q[B_PITCH]);
            right[j][1] = bf16(q[8 * B_PITCH], q[9 * B_PITCH]);
          } else {
            const float* q = p + (kk + t) * B_PITCH;
            right[j][0] = tf32<B::ROUNDED>(q[0]);
            right[j][1] = tf32<B::ROUNDED>(q[4 * B_PITCH]);
          }
        }
#pragma unroll
        for (int i = 0; i < HIGH; i++)
#pragma unroll
          for (int j = 0; j < WIDE; j++) addProducts(sums[i][j], left[i], right[j], HALF);
      }
      stage = (stage + 1) % STAGES;
    }
  }

  // Gives the sums to the output. They go through shared memory, so that neighbouring threads store
  // neighbours, and each thread those of one column.
  template <class Output>
  __device__ __forceinline__ void store(Output& output) {
    extern __shared__ __align__(16) float stages[];
    static_assert(BM * B_PITCH <= STAGES * STAGE, "the sums fit where the terms were");
    const int warp = threadIdx.x / 32, g = threadIdx.x % 32 / 4, t = threadIdx.x % 4;
    const int row = warp / WARPS_ACROSS * WM + g, column = warp % WARPS_ACROSS * WN + 2 * t;
    __syncthreads();
#pragma unroll
    for (int i = 0; i < HIGH; i++)
#pragma unroll
      for (int j = 0; j < WIDE; j++)
#pragma unroll
        for (int half = 0; half < 2; half++) {
          float2* to = (float2*)(stages + (row + i * 16 + half * 8) * B_PITCH + column + j * 8);
          *to = make_float2(sums[i][j][2 * half], sums[i][j][2 * half + 1]);
        }
    __syncthreads();
    enum { STEP = THREADS / BN, TOGETHER = 8 };
    const int own = threadIdx.x % BN;
    output.column(own);
#pragma unroll 1
    for (int i = threadIdx.x / BN; i < BM; i += STEP * TOGETHER) {
      real of[TOGETHER];
#pragma unroll
      for (int n = 0; n < TOGETHER; n++) of[n] = stages[(i + n * STEP) * B_PITCH + own];
      output.rows(i, STEP, of);
    }
  }
};
