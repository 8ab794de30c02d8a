// What a convolution is to the kernels, whatever its precision.
//
// It is a product of matrices that never exist: rows are the output channels of a group, columns
// the output elements of all samples, and the terms of a sum are the kernel's elements ("taps")
// times the group's input channels. A table says of each tap which input element it reads, relative
// to the first element under the window, and where that lies on the spatial axes; so the kernel
// knows nothing of dilations, padding or the number of axes, and a transposed convolution, whose
// output falls into phases of equal remainder to the strides, is the same with another table per
// phase.
//
// Terms go tap by tap, and a tap's channels are filled up with zeros to a multiple of what a step
// takes: then a thread stays under one tap for whole steps (Taps). Where channels are too few for
// that, the table is of each term, in any order (Patches).

struct __align__(16) Term {
  int offset;  // in elements of x
  int z, y, x; // relative to the output's position times the step
};

struct ConvShape {
  int samples, groups;
  int terms;                 // of a sum, those that fill up included
  int taps, channels, deep;  // deep: channels, filled up; only of use to Taps
  int rows, apart;           // output channels of a group, and filled up to a multiple of 4
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

// Whether a tap reads an input element, and not the padding.
__device__ __forceinline__ bool isInside(const ConvShape& s, const Column& c, const Term& t) {
  return (unsigned)(c.z + t.z) < (unsigned)s.inZ && (unsigned)(c.y + t.y) < (unsigned)s.inY
      && (unsigned)(c.x + t.x) < (unsigned)s.inX;
}

// Weights lie as [group][term][row], so that neighbouring threads read neighbouring rows, each WIDTH
// of them.
template <int BM, int TERMS, int THREADS, int ROWS_AT_ONCE>
struct Weights {
  // Whether conv_pack has rounded them where they are wanted as tf32.
  enum { ROUNDED = 1 };
  enum { WIDTH = ROWS_AT_ONCE, ACROSS = BM / WIDTH, STEP = THREADS / ACROSS, SHARE = TERMS / STEP };
  const real* at;
  int apart, left;
  bool exists;
  __device__ __forceinline__ Weights(const ConvShape& s, const real* w, int group, int row, int from, int to) {
    const int term = from + threadIdx.x / ACROSS, m = row + place(0);
    at = w + ((size_t)group * s.terms + term) * s.apart + m;
    apart = s.apart;
    left = to - term;
    exists = m < s.apart;
  }
  __device__ __forceinline__ int place(int i) const { return threadIdx.x % ACROSS * WIDTH; }
  __device__ __forceinline__ int term(int i) const { return threadIdx.x / ACROSS + i * STEP; }
  __device__ __forceinline__ bool find(int i, const real*& source) const {
    source = at + i * STEP * apart;
    return exists && i * STEP < left;
  }
  __device__ __forceinline__ void next() {
    at += TERMS * apart;
    left -= TERMS;
  }
};

// What a thread reads for its output element where each term has an entry in the table.
template <int BN, int TERMS, int THREADS>
struct Patches {
  enum { ROUNDED = 0, WIDTH = 1, STEP = THREADS / BN, SHARE = TERMS / STEP };
  const ConvShape& s;
  const Column column;
  const real* x;
  const Term* table;
  int left;
  __device__ __forceinline__ Patches(
      const ConvShape& s, const Column& column, const real* x, const Term* table, int from, int to)
      : s(s), column(column), x(x + column.input), table(table + from + term(0)), left(to - from - term(0)) {}
  __device__ __forceinline__ int place(int i) const { return threadIdx.x % BN; }
  __device__ __forceinline__ int term(int i) const { return threadIdx.x / BN + i * STEP; }
  __device__ __forceinline__ bool find(int i, const real*& source) const {
    source = x;
    if (i * STEP >= left) return false;
    const Term t = table[i * STEP];
    source = x + t.offset;
    return column.exists && isInside(s, column, t);
  }
  __device__ __forceinline__ void next() {
    table += TERMS;
    left -= TERMS;
  }
};

// The same where a step stays under one tap: from one term to the next it is a channel.
template <int BN, int TERMS, int THREADS>
struct Taps {
  enum { ROUNDED = 0, WIDTH = 1, STEP = THREADS / BN, SHARE = TERMS / STEP };
  const ConvShape& s;
  const Column column;
  const real* x;
  const Term* table;
  const real* at;
  int plane, tap, channel;
  bool exists;
  __device__ __forceinline__ Taps(
      const ConvShape& s, const Column& column, const real* x, const Term* table, int from, int to)
      : s(s), column(column), x(x + column.input), table(table), plane(s.inZ * s.inY * s.inX) {
    tap = from / s.deep;
    channel = from - tap * s.deep + term(0);
    locate();
  }
  __device__ __forceinline__ void locate() {
    const Term t = table[tap];
    exists = column.exists && isInside(s, column, t);
    at = x + t.offset + channel * plane;
  }
  __device__ __forceinline__ int place(int i) const { return threadIdx.x % BN; }
  __device__ __forceinline__ int term(int i) const { return threadIdx.x / BN + i * STEP; }
  __device__ __forceinline__ bool find(int i, const real*& source) const {
    source = at + i * STEP * plane;
    return exists && channel + i * STEP < s.channels;
  }
  __device__ __forceinline__ void next() {
    channel += TERMS;
    at += TERMS * plane;
    if (channel >= s.deep) {
      channel -= s.deep;
      if (++tap < s.taps) locate();
    }
  }
};

// Where the sums of a block go.
struct ConvOutput {
  const ConvShape& s;
  const Epilogue& e;
  real* y;
  int firstRow, firstColumn, group;
  bool whole, exists;
  int at;
  // Sums of this column follow.
  __device__ __forceinline__ void column(int j) {
    const Column c = columnAt(s, firstColumn + j);
    exists = c.exists;
    at = c.output + group * s.rows * s.yChannel;
  }
  // Sums of so many rows, `apart` from each other.
  template <int N>
  __device__ __forceinline__ void rows(int row, int apart, const real (&sums)[N]) {
    if (!exists) return;
    const int m = firstRow + row;
    finishAll<N>(
        e, whole, y, sums, [&](int n) { return m + n * apart < s.rows; },
        [&](int n) { return at + (m + n * apart) * s.yChannel; },
        [&](int n) { return e.bias ? e.bias[group * s.rows + m + n * apart] : (real)0; });
  }
};

// Grid: blocks of columns, blocks of rows, groups times splits.
template <class Sums, template <int, int, int> class Inputs>
__device__ __forceinline__ void convolve(
    const ConvShape& s, const Epilogue& e, const real* x, const real* w, const Term* table, real* y) {
  const int group = blockIdx.z % s.groups, split = blockIdx.z / s.groups;
  const int row = blockIdx.y * Sums::ROWS, column = blockIdx.x * Sums::COLUMNS;
  const int from = split * s.splitTerms;
  const int to = min(from + s.splitTerms, s.terms);
  Weights<Sums::ROWS, Sums::TERMS, Sums::THREADS, Sums::WIDTH> a(s, w, group, row, from, to);
  Inputs<Sums::COLUMNS, Sums::TERMS, Sums::THREADS> b(
      s, columnAt(s, column + threadIdx.x % Sums::COLUMNS), x + group * s.inGroup, table, from, to);
  Sums sums;
  sums.add(a, b, from, to);
  ConvOutput output = {s, e, y + (size_t)split * s.ySize, row, column, group, s.splits == 1};
  sums.store(output);
}
