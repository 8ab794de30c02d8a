#include "pellucid.cuh"

#define MOST_AXES 8
#define OUTSIDE -1

// Where the elements of a result come from: along each axis, a table says for each index how far
// into the source it leads, or that there is nothing.
struct Arrangement {
  int size, axes;
  int lengths[MOST_AXES];
  int tables[MOST_AXES];  // the first entry of each axis
};

KERNEL arrange(
    const Arrangement a, const int* __restrict__ tables, real otherwise,
    const real* __restrict__ x, real* __restrict__ y) {
  for (int i = firstElement(); i < a.size; i += elementStep()) {
    int rest = i, from = 0;
    bool outside = false;
#pragma unroll
    for (int axis = MOST_AXES - 1; axis >= 0; axis--) {
      if (axis < a.axes) {
        const int outer = rest / a.lengths[axis];
        const int step = tables[a.tables[axis] + rest - outer * a.lengths[axis]];
        outside |= step == OUTSIDE;
        from += step;
        rest = outer;
      }
    }
    y[i] = outside ? otherwise : x[from];
  }
}

// Rows of one tensor into longer rows of another.
KERNEL copy_rows(
    const real* __restrict__ x, real* __restrict__ y, int size, int length, int pitch, int first) {
  for (int i = firstElement(); i < size; i += elementStep()) {
    const int row = i / length;
    y[row * pitch + first + i - row * length] = x[i];
  }
}

// Slices added up at places along an axis: those of place p are table[table[p]] to
// table[table[p + 1] - 1], in order.
KERNEL scatter_add(
    const real* __restrict__ g, const int* __restrict__ table, real* __restrict__ y, int size,
    int places, int inner, int count) {
  for (int i = firstElement(); i < size; i += elementStep()) {
    const int in = i % inner, p = i / inner % places, outer = i / inner / places;
    real sum = 0;
    for (int s = table[p]; s < table[p + 1]; s++) {
      sum += g[((size_t)outer * count + table[s]) * inner + in];
    }
    y[i] = sum;
  }
}
