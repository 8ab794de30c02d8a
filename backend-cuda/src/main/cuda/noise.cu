#include "pellucid.cuh"

// The noise of Pellucid's averages, bit for bit what the class GaussianNoise makes in Java: each
// product and each sum is rounded, so this file is compiled with -fmad=false, and nothing but the
// correctly rounded operations + - * / and square root is used.

// Copies number `first` to `first + count - 1` of an input of `size` elements.
struct Noise {
  int size, first, count;
  unsigned key0, key1;
  double sigma;
};

#define STREAM 0x4E4F4953u
#define SQRT_2 1.4142135623730951
#define LN_2 0.6931471805599453
#define TWO_TO_MINUS_33 0x1p-33
#define CENTRE 0.425

// Philox4x32-10 with the counter (block, 0, sample, STREAM).
__device__ __forceinline__ uint4 philox(unsigned block, unsigned sample, unsigned k0, unsigned k1) {
  uint4 c = {block, 0, sample, STREAM};
#pragma unroll
  for (int round = 0; round < 10; round++) {
    const unsigned high0 = __umulhi(0xD2511F53u, c.x), low0 = 0xD2511F53u * c.x;
    const unsigned high1 = __umulhi(0xCD9E8D57u, c.z), low1 = 0xCD9E8D57u * c.z;
    c = {high1 ^ c.y ^ k0, low1, high0 ^ c.w ^ k1, low0};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

// The natural logarithm of a positive normal number.
__device__ __forceinline__ double logarithm(double p) {
  const long long bits = __double_as_longlong(p);
  int exponent = (int)(bits >> 52) - 1023;
  double mantissa = __longlong_as_double((bits & 0x000FFFFFFFFFFFFFll) | 0x3FF0000000000000ll);
  if (mantissa > SQRT_2) {
    mantissa *= 0.5;
    exponent++;
  }
  const double s = (mantissa - 1) / (mantissa + 1);
  const double t = s * s;
  double series = 1.0 / 23;
  series = series * t + 1.0 / 21;
  series = series * t + 1.0 / 19;
  series = series * t + 1.0 / 17;
  series = series * t + 1.0 / 15;
  series = series * t + 1.0 / 13;
  series = series * t + 1.0 / 11;
  series = series * t + 1.0 / 9;
  series = series * t + 1.0 / 7;
  series = series * t + 1.0 / 5;
  series = series * t + 1.0 / 3;
  series = series * t + 1.0;
  return exponent * LN_2 + 2 * s * series;
}

// The normal number that a word stands for: the inverse of the normal distribution function by
// Wichura's rational functions (Algorithm AS 241).
__device__ __forceinline__ double normal(unsigned word) {
  const double q = (2 * (double)word + 1) * TWO_TO_MINUS_33 - 0.5;
  if (fabs(q) <= CENTRE) {
    const double r = 0.180625 - q * q;
    double a = 2.5090809287301226727e+3;
    a = a * r + 3.3430575583588128105e+4;
    a = a * r + 6.7265770927008700853e+4;
    a = a * r + 4.5921953931549871457e+4;
    a = a * r + 1.3731693765509461125e+4;
    a = a * r + 1.9715909503065514427e+3;
    a = a * r + 1.3314166789178437745e+2;
    a = a * r + 3.3871328727963666080e0;
    double b = 5.2264952788528545610e+3;
    b = b * r + 2.8729085735721942674e+4;
    b = b * r + 3.9307895800092710610e+4;
    b = b * r + 2.1213794301586595867e+4;
    b = b * r + 5.3941960214247511077e+3;
    b = b * r + 6.8718700749205790830e+2;
    b = b * r + 4.2313330701600911252e+1;
    b = b * r + 1;
    return q * a / b;
  }
  const double r = sqrt(-logarithm(0.5 - fabs(q))) - 1.6;
  double c = 7.74545014278341407640e-4;
  c = c * r + 2.27238449892691845833e-2;
  c = c * r + 2.41780725177450611770e-1;
  c = c * r + 1.27045825245236838258e0;
  c = c * r + 3.64784832476320460504e0;
  c = c * r + 5.76949722146069140550e0;
  c = c * r + 4.63033784615654529590e0;
  c = c * r + 1.42343711074968357734e0;
  double d = 1.05075007164441684324e-9;
  d = d * r + 5.47593808499534494600e-4;
  d = d * r + 1.51986665636164571966e-2;
  d = d * r + 1.48103976427480074590e-1;
  d = d * r + 6.89767334985100004550e-1;
  d = d * r + 1.67638483018380384940e0;
  d = d * r + 2.05319162663775882187e0;
  d = d * r + 1;
  return copysign(c / d, q);
}

// A thread makes the four numbers of a block of the generator. Element e, in the order of channels,
// rows and columns, is at places[e] of a sample; in that order itself without places.
KERNEL noisy_copies(
    const Noise n, const double* __restrict__ clean, const int* __restrict__ places,
    real* __restrict__ copies) {
  const int blocks = (n.size + 3) / 4;
  for (int i = firstElement(); i < blocks * n.count; i += elementStep()) {
    const int copy = i / blocks, block = i - copy * blocks;
    const uint4 words = philox(block, n.first + copy, n.key0, n.key1);
    const unsigned word[4] = {words.x, words.y, words.z, words.w};
#pragma unroll
    for (int k = 0; k < 4; k++) {
      const int e = 4 * block + k;
      if (e < n.size) {
        const int at = places ? places[e] : e;
        const double x = clean[at];
        copies[copy * n.size + at] = (real)(n.sigma == 0 ? x : x + n.sigma * normal(word[k]));
      }
    }
  }
}
