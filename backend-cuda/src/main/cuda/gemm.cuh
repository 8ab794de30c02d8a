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
template <int LENGTH, int TERMS, int THREADS>
struct Matrix {
  enum { ROUNDED = 0, WIDTH = 1, SHARE = LENGTH * TERMS / THREADS };
  const real* at;
  size_t apart, stepApart;   // from one of the share, or one step, to the next
  int firstPlace, firstTerm, places, terms;   // of the first of the share; from one to the next
  int room, left;            // places and terms that there are
  __device__ __forceinline__ Matrix(
      const real* m, int first, int length, int step, int termStep, int from, int to) {
    const bool alongTerms = termStep == 1;
    firstPlace = alongTerms ? threadIdx.x / TERMS : threadIdx.x % LENGTH;
    firstTerm = alongTerms ? threadIdx.x % TERMS : threadIdx.x / LENGTH;
    places = alongTerms ? THREADS / TERMS : 0;
    terms = alongTerms ? 0 : THREADS / LENGTH;
    at = m + (size_t)(first + firstPlace) * step + (size_t)(from + firstTerm) * termStep;
    apart = (size_t)places * step + (size_t)terms * termStep;
    stepApart = (size_t)TERMS * termStep;
    room = length - first;
    left = to - from;
  }
  __device__ __forceinline__ int place(int i) const { return firstPlace + i * places; }
  __device__ __forceinline__ int term(int i) const { return firstTerm + i * terms; }
  __device__ __forceinline__ bool find(int i, const real*& source) const {
    source = at + i * apart;
    return place(i) < room && term(i) < left;
  }
  __device__ __forceinline__ void next() {
    at += stepApart;
    left -= TERMS;
  }
};

// Where the sums of a block go.
struct GemmOutput {
  const GemmShape& s;
  const Epilogue& e;
  real* y;
  int firstRow, firstColumn, item;
  bool whole;
  int n;
  // Sums of this column follow.
  __device__ __forceinline__ void column(int j) { n = firstColumn + j; }
  // Sums of so many rows, `apart` from each other.
  template <int N>
  __device__ __forceinline__ void rows(int row, int apart, const real (&sums)[N]) {
    if (n >= s.columns) return;
    const int m = firstRow + row;
    real scaled[N];
#pragma unroll
    for (int i = 0; i < N; i++) scaled[i] = whole ? s.alpha * sums[i] : sums[i];
    finishAll<N>(
        e, whole, y, scaled, [&](int i) { return m + i * apart < s.rows; },
        [&](int i) { return (item * s.rows + m + i * apart) * s.columns + n; },
        [&](int i) { return e.bias ? s.beta * e.bias[(m + i * apart) * s.cRow + n * s.cColumn] : (real)0; });
  }
};

// Grid: blocks of columns, blocks of rows, batch times splits. The offsets of a and b in a batch
// come in pairs.
template <class Sums>
__device__ __forceinline__ void multiply(
    const GemmShape& s, const Epilogue& e, const real* a, const real* b, const int* offsets, real* y) {
  const int item = blockIdx.z % s.batch, split = blockIdx.z / s.batch;
  const int row = blockIdx.y * Sums::ROWS, column = blockIdx.x * Sums::COLUMNS;
  const int from = split * s.splitTerms;
  const int to = min(from + s.splitTerms, s.terms);
  Matrix<Sums::ROWS, Sums::TERMS, Sums::THREADS> left(
      a + offsets[2 * item], row, s.rows, s.aRow, s.aTerm, from, to);
  Matrix<Sums::COLUMNS, Sums::TERMS, Sums::THREADS> right(
      b + offsets[2 * item + 1], column, s.columns, s.bColumn, s.bTerm, from, to);
  Sums sums;
  sums.add(left, right, from, to);
  const size_t size = (size_t)s.batch * s.rows * s.columns;
  GemmOutput output = {s, e, y + split * size, row, column, item, s.splits == 1};
  sums.store(output);
}
