// What a convolution is to the kernels, whatever its precision.
//
// It is a product of matrices that never exist: rows are the output channels of a group, columns
// the output elements of all samples, and the terms of a sum are the group's input channels times
// the kernel's elements. A table says of each term which input element it reads, relative to the
// first element under the window, and where that lies on the spatial axes; so the kernel knows
// nothing of dilations, padding or the number of axes, and a transposed convolution, whose output
// falls into phases of equal remainder to the strides, is the same with another table per phase.

struct Term {
  int offset;  // in elements of x
  int z, y, x; // relative to the output's position times the step
};

struct ConvShape {
  int samples, groups;
  int terms;                 // of a sum
  int rows;                  // output channels of a group
  int inZ, inY, inX;         // spatial lengths of x
  int inSample, inGroup;     // from one sample or group to the next, in elements of x
  int outZ, outY, outX;      // output elements of the phase per axis
  int stepZ, stepY, stepX;   // from one to the next, in positions of x
  int ySample, yChannel;     // strides in y
  int yFirst, yZ, yY, yX;    // the phase's first element and its strides in y
  int splits, splitTerms;    // parts of the sums that are added up by combine, terms of each
  int ySize;                 // elements of y: how far the parts are apart
};

// Where an output element of the phase reads and writes.
struct Column {
  bool exists;
  int z, y, x;   // of its window in the input
  int input;     // the element of x at that place, in the first group
  int output;    // the element of y, in the first channel
};

__device__ __forceinline__ Column columnAt(const ConvShape& s, int n) {
  Column c;
  const int plane = s.outZ * s.outY * s.outX;
  c.exists = n < s.samples * plane;
  const int m = c.exists ? n : 0;
  const int sample = m / plane;
  int rest = m - sample * plane;
  const int oz = rest / (s.outY * s.outX);
  rest -= oz * s.outY * s.outX;
  const int oy = rest / s.outX;
  const int ox = rest - oy * s.outX;
  c.z = oz * s.stepZ;
  c.y = oy * s.stepY;
  c.x = ox * s.stepX;
  c.input = sample * s.inSample + (c.z * s.inY + c.y) * s.inX + c.x;
  c.output = sample * s.ySample + s.yFirst + oz * s.yZ + oy * s.yY + ox * s.yX;
  return c;
}

// An input element under a window; none in the padding.
template <bool INSIDE>
__device__ __forceinline__ const real* under(
    const ConvShape& s, const Column& c, const Term& t, const real* __restrict__ x) {
  if (!INSIDE) {
    const bool within = (unsigned)(c.z + t.z) < (unsigned)s.inZ
        && (unsigned)(c.y + t.y) < (unsigned)s.inY && (unsigned)(c.x + t.x) < (unsigned)s.inX;
    if (!within) return 0;
  }
  return x + c.input + t.offset;
}

// Weights lie as [group][term][row], so that neighbouring threads read neighbouring rows.
template <int BM, int THREADS>
struct Weights {
  const real* w;
  int row, rows;
  __device__ __forceinline__ const real* start() const { return w; }
  __device__ __forceinline__ int place(int i) const { return (threadIdx.x + i * THREADS) % BM; }
  __device__ __forceinline__ int term(int i) const { return (threadIdx.x + i * THREADS) / BM; }
  __device__ __forceinline__ const real* source(int i, int from, int to) const {
    const int k = from + term(i), m = row + place(i);
    return k < to && m < rows ? w + (size_t)k * rows + m : 0;
  }
};

// A thread always reads for the same output element.
template <int BN, int THREADS, bool INSIDE>
struct Patches {
  const ConvShape& s;
  const real* __restrict__ x;
  const Term* __restrict__ terms;
  Column column;
  __device__ __forceinline__ const real* start() const { return x; }
  __device__ __forceinline__ int place(int i) const { return threadIdx.x % BN; }
  __device__ __forceinline__ int term(int i) const { return threadIdx.x / BN + i * (THREADS / BN); }
  __device__ __forceinline__ const real* source(int i, int from, int to) const {
    const int k = from + term(i);
    return column.exists && k < to ? under<INSIDE>(s, column, terms[k], x) : 0;
  }
};

// Grid: blocks of columns, blocks of rows, groups times splits.
template <class Sums, bool INSIDE>
__device__ __forceinline__ void convolve(
    const ConvShape& s, const Epilogue& e, const real* x, const real* w, const Term* terms, real* y) {
  const int group = blockIdx.z % s.groups, split = blockIdx.z / s.groups;
  const int row = blockIdx.y * Sums::ROWS, column = blockIdx.x * Sums::COLUMNS;
  Weights<Sums::ROWS, Sums::THREADS> a = {w + (size_t)group * s.terms * s.rows, row, s.rows};
  Patches<Sums::COLUMNS, Sums::THREADS, INSIDE> b = {
      s, x + group * s.inGroup, terms, columnAt(s, column + threadIdx.x % Sums::COLUMNS)};
  const int from = split * s.splitTerms;
  const int to = min(from + s.splitTerms, s.terms);
  Sums sums;
  sums.add(a, b, from, to);
  const int plane = s.outZ * s.outY * s.outX;
  const bool whole = s.splits == 1;
  real* part = y + (size_t)split * s.ySize;
  sums.store([&](int j) {
    const bool exists = column + j < s.samples * plane;
    const int output = columnAt(s, column + j).output;
    return [=, &s, &e](int i, real sum) {
      const int m = row + i;
      if (exists && m < s.rows) {
        const int channel = group * s.rows + m;
        const int at = output + channel * s.yChannel;
        part[at] = whole ? finish(e, sum, e.bias ? e.bias[channel] : (real)0, at) : sum;
      }
    };
  });
}
