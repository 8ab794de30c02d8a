#include "pellucid.cuh"

// x / (bias + alpha / size * sum of squares over a window of channels)^beta.
KERNEL lrn(
    const real* __restrict__ x, real* __restrict__ y, int size, int channels, int plane, int before,
    int after, real alpha, real beta, real bias) {
  for (int i = firstElement(); i < size; i += elementStep()) {
    const int channel = i / plane % channels;
    real sum = 0;
    for (int c = max(channel - before, 0); c <= min(channel + after, channels - 1); c++) {
      const real near = x[i + (c - channel) * plane];
      sum += near * near;
    }
    y[i] = x[i] / power(bias + alpha * sum, beta);
  }
}
