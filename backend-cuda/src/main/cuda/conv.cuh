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

// An input element under a window; zero in the padding.
template <bool INSIDE>
__device__ __forceinline__ real under(
    const ConvShape& s, const Column& c, const Term& t, const real* __restrict__ x) {
  if (!INSIDE) {
    const bool within = (unsigned)(c.z + t.z) < (unsigned)s.inZ
        && (unsigned)(c.y + t.y) < (unsigned)s.inY && (unsigned)(c.x + t.x) < (unsigned)s.inX;
    if (!within) return 0;
  }
  return x[c.input + t.offset];
}
