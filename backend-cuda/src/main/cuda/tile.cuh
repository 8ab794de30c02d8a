// The inside of every product of matrices: a block makes BM rows and BN columns of the result, a
// thread TM by TN of them, and BK terms of all sums pass through shared memory at a time. While
// they are added up the next ones are on their way from global memory.
//
// A loader knows its matrix and which elements are this thread's share of a step, SHARE times WIDTH
// neighbours:
//   find(i, source)    where the i-th of them is; false where it is zero
//   term(i), place(i)  where it goes in shared memory: term of the step, row or column of the block
//   next()             goes on to the next step

template <class L> __device__ __forceinline__ real read(const L& loader, int i) {
  const real* source;
  return loader.find(i, source) ? *source : (real)0;
}

template <int BM, int BN, int BK, int TM, int TN>
struct Tile {
  // An enumeration takes no memory.
  enum { ROWS = BM, COLUMNS = BN, TERMS = BK, THREADS = (BM / TM) * (BN / TN), WIDTH = 1 };

  real sums[TM][TN];

  // Adds up the terms from `from` to `to`.
  template <class A, class B>
  __device__ __forceinline__ void add(A& a, B& b, int from, int to) {
    __shared__ __align__(16) real as[BK][BM];
    __shared__ __align__(16) real bs[BK][BN];
    const int row = threadIdx.x / (BN / TN) * TM;
    const int column = threadIdx.x % (BN / TN) * TN;
    real nextA[A::SHARE], nextB[B::SHARE];
#pragma unroll
    for (int i = 0; i < TM; i++)
#pragma unroll
      for (int j = 0; j < TN; j++) sums[i][j] = 0;
#pragma unroll
    for (int i = 0; i < A::SHARE; i++) nextA[i] = read(a, i);
#pragma unroll
    for (int i = 0; i < B::SHARE; i++) nextB[i] = read(b, i);
    for (int k = from; k < to; k += BK) {
#pragma unroll
      for (int i = 0; i < A::SHARE; i++) as[a.term(i)][a.place(i)] = nextA[i];
#pragma unroll
      for (int i = 0; i < B::SHARE; i++) bs[b.term(i)][b.place(i)] = nextB[i];
      __syncthreads();
      if (k + BK < to) {
        a.next();
        b.next();
#pragma unroll
        for (int i = 0; i < A::SHARE; i++) nextA[i] = read(a, i);
#pragma unroll
        for (int i = 0; i < B::SHARE; i++) nextB[i] = read(b, i);
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

  // Gives the sums to the output, column by column.
  template <class Output>
  __device__ __forceinline__ void store(Output& output) {
    const int firstRow = threadIdx.x / (BN / TN) * TM;
    const int firstColumn = threadIdx.x % (BN / TN) * TN;
#pragma unroll
    for (int j = 0; j < TN; j++) {
      output.column(firstColumn + j);
      real of[TM];
#pragma unroll
      for (int i = 0; i < TM; i++) of[i] = sums[i][j];
      output.rows(firstRow, 1, of);
    }
  }
};
