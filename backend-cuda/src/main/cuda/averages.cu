#include "pellucid.cuh"

// Averages over samples of the powers of gradients, made of their sums (powers.cu) as the class
// SampleAverage makes them in Java; compiled with -fmad=false, so that equal sums have equal
// averages.

#define MOST_PARTS 16

// A difference below this part of what it is of has lost digits.
#define CANCELLING 0.01

// Which samples averages are of: all but those of the group `without`, or all of them where it is
// negative; and what their sum is divided by.
struct Parts {
  double weights[MOST_PARTS];
  int without[MOST_PARTS];
};

// The sum of all samples but those of a group: a difference where little is lost by it, and
// elsewhere, so where the other groups are zero or the group is not finite, the sum of the others.
__device__ __forceinline__ double rest(
    const double* __restrict__ sums, size_t step, int groups, int without) {
  const double all = sums[0];
  if (without < 0) return all;
  const double left = sums[(without + 1) * step], difference = all - left;
  const double size = fabs(difference);
  if (size >= CANCELLING * (fabs(all) + fabs(left)) && size <= 1.7976931348623157e308) {
    return difference;
  }
  double others = 0;
  for (int group = 0; group < groups; group++) {
    if (group != without) others += sums[(group + 1) * step];
  }
  return others;
}

// Averages of `count` parts, of sums of all samples and of `groups` groups, of the first, second and
// third powers of `size` elements each; and the scale that they are in units of: the second of three
// numbers.
KERNEL averages(
    const int size, const int groups, const int count, const Parts parts,
    const double* __restrict__ sums, const double* __restrict__ scale, double* __restrict__ first,
    double* __restrict__ second, double* __restrict__ third, double* __restrict__ unit) {
  const size_t step = 3 * (size_t)size;
  for (int i = firstElement(); i < size * count; i += elementStep()) {
    const int part = i / size;
    const double* sum = sums + i % size;
    const int without = parts.without[part];
    const double weight = parts.weights[part];
    const double d1 = rest(sum, step, groups, without);
    const double d2 = rest(sum + size, step, groups, without);
    const double d3 = rest(sum + 2 * (size_t)size, step, groups, without);
    first[i] = weight == 0 ? 0 : d1 / weight;
    second[i] = weight == 0 ? 0 : d2 / weight;
    third[i] = weight == 0 ? 0 : d3 / weight;
    if (i == 0) unit[0] = scale[1];
  }
}
