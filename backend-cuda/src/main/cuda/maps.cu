#include "pellucid.cuh"

// The feature maps of one sample as formulas over averages read them: in the order [K, spatial...]
// and in float64. Element e is at places[e], or at e without places.
KERNEL feature_maps(
    const int size, const real* __restrict__ values, const int* __restrict__ places,
    double* __restrict__ maps) {
  for (int e = firstElement(); e < size; e += elementStep()) {
    maps[e] = (double)values[places ? places[e] : e];
  }
}
