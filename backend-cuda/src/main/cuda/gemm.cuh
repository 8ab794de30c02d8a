// result[m][n] = alpha * sum over k of a[m][k] b[k][n] + beta * c[m][n], for each of a batch. The
// matrices have any strides, so that a transpose costs nothing.
struct GemmShape {
  int rows, columns, terms;
  int aRow, aTerm;
  int bTerm, bColumn;
  int cRow, cColumn;
  int batch;
  int splits, splitTerms;
  real alpha, beta;
};

// Neighbouring threads take neighbours in memory: along the terms, or along the rows or columns.
template <int LENGTH, int BK, int THREADS>
struct Matrix {
  const real* m;
  int first, length;
  int step, termStep;
  bool alongTerms;
  __device__ __forceinline__ const real* start() const { return m; }
  __device__ __forceinline__ int place(int i) const {
    const int e = threadIdx.x + i * THREADS;
    return alongTerms ? e / BK : e % LENGTH;
  }
  __device__ __forceinline__ int term(int i) const {
    const int e = threadIdx.x + i * THREADS;
    return alongTerms ? e % BK : e / LENGTH;
  }
  __device__ __forceinline__ const real* source(int i, int from, int to) const {
    const int k = from + term(i), p = first + place(i);
    return k < to && p < length ? m + (size_t)p * step + (size_t)k * termStep : 0;
  }
};

// Grid: blocks of columns, blocks of rows, batch times splits. The offsets of a and b in a batch
// come in pairs.
template <class Sums>
__device__ __forceinline__ void multiply(
    const GemmShape& s, const Epilogue& e, const real* a, const real* b, const int* offsets, real* y) {
  const int item = blockIdx.z % s.batch, split = blockIdx.z / s.batch;
  const int row = blockIdx.y * Sums::ROWS, column = blockIdx.x * Sums::COLUMNS;
  Matrix<Sums::ROWS, Sums::TERMS, Sums::THREADS> left = {
      a + offsets[2 * item], row, s.rows, s.aRow, s.aTerm, s.aTerm == 1};
  Matrix<Sums::COLUMNS, Sums::TERMS, Sums::THREADS> right = {
      b + offsets[2 * item + 1], column, s.columns, s.bColumn, s.bTerm, s.bTerm == 1};
  const int from = split * s.splitTerms;
  const int to = min(from + s.splitTerms, s.terms);
  Sums sums;
  sums.add(left, right, from, to);
  const bool whole = s.splits == 1;
  const size_t size = (size_t)s.batch * s.rows * s.columns;
  sums.store([&](int j) {
    const int n = column + j;
    return [=, &s, &e](int i, real sum) {
      const int m = row + i;
      if (m < s.rows && n < s.columns) {
        const int at = (item * s.rows + m) * s.columns + n;
        if (whole) {
          const real c = e.bias ? s.beta * e.bias[m * s.cRow + n * s.cColumn] : (real)0;
          y[at] = finish(e, s.alpha * sum, c, at);
        } else {
          y[split * size + at] = sum;
        }
      }
    };
  });
}
