// The inside of every product of matrices: a block makes BM rows and BN columns of the result, a
// thread TM by TN of them, and BK terms of all sums pass through shared memory at a time. While
// they are added up the next ones are on their way from global memory.
//
// A loader knows its matrix and which elements are this thread's share:
//   source(i, k, to)   where the i-th of them is in the step from term k; null where it is zero
//   start()            some address in the matrix
//   term(i), place(i)  where it goes in shared memory: term of the step, row or column of the block

__device__ __forceinline__ real read(const real* source) { return source ? *source : (real)0; }

template <int BM, int BN, int BK, int TM, int TN>
struct Tile {
  // An enumeration takes no memory.
  enum { ROWS = BM, COLUMNS = BN, TERMS = BK, THREADS = (BM / TM) * (BN / TN) };
  enum { A_SHARE = BM * BK / THREADS, B_SHARE = BN * BK / THREADS };

  real sums[TM][TN];

  // Adds up the terms from `from` to `to`.
  template <class A, class B>
  __device__ __forceinline__ void add(A& a, B& b, int from, int to) {
    __shared__ __align__(16) real as[BK][BM];
    __shared__ __align__(16) real bs[BK][BN];
    const int row = threadIdx.x / (BN / TN) * TM;
    const int column = threadIdx.x % (BN / TN) * TN;
    real nextA[A_SHARE], nextB[B_SHARE];
#pragma unroll
    for (int i = 0; i < TM; i++)
#pragma unroll
      for (int j = 0; j < TN; j++) sums[i][j] = 0;
#pragma unroll
    for (int i = 0; i < A_SHARE; i++) nextA[i] = read(a.source(i, from, to));
#pragma unroll
    for (int i = 0; i < B_SHARE; i++) nextB[i] = read(b.source(i, from, to));
    for (int k = from; k < to; k += BK) {
#pragma unroll
      for (int i = 0; i < A_SHARE; i++) as[a.term(i)][a.place(i)] = nextA[i];
#pragma unroll
      for (int i = 0; i < B_SHARE; i++) bs[b.term(i)][b.place(i)] = nextB[i];
      __syncthreads();
      if (k + BK < to) {
#pragma unroll
        for (int i = 0; i < A_SHARE; i++) nextA[i] = read(a.source(i, k + BK, to));
#pragma unroll
        for (int i = 0; i < B_SHARE; i++) nextB[i] = read(b.source(i, k + BK, to));
      }
#pragma unroll
      for (int kk = 0; kk < BK; kk++) {
        real left[TM], right[TN];
#pragma unroll
        for (int i = 0; i < TM; i++) left[i] = as[kk][row + i];
#pragma unroll
        for (int j = 0; j < TN; j++) right[j] = bs[kk][column + j];
#pragma unroll
        for (int i = 0; i < TM; i++)
#pragma unroll
          for (int j = 0; j < TN; j++) sums[i][j] += left[i] * right[j];
      }
      __syncthreads();
    }
  }

  // Gives each sum to a function of its row and column in the block, column by column; the function
  // is made by another from the column.
  template <class F>
  __device__ __forceinline__ void store(F column) {
    const int firstRow = threadIdx.x / (BN / TN) * TM;
    const int firstColumn = threadIdx.x % (BN / TN) * TN;
#pragma unroll
    for (int j = 0; j < TN; j++) {
      const auto f = column(firstColumn + j);
#pragma unroll
      for (int i = 0; i < TM; i++) f(firstRow + i, sums[i][j]);
    }
  }
};
