package org.pellucid.api;

import org.pellucid.graph.Shape;

/**
 * Averages over noisy copies of the powers of a layer's gradient, D_p = sum_m omega_m g_m^p / sum_m
 * omega_m for p = 1, 2, 3 (omega = 1, or exp(S_m - max S)). To be safe against underflow they are
 * of g / scale: multiply by scale^p.
 *
 * @param shape K and the spatial lengths, as {@link LayerCapture}
 * @param samples how many copies were averaged
 * @param effectiveSamples (sum omega)^2 / sum omega^2; equal to samples for the logit
 * @param scale the largest magnitude of any g, or 1 where all are zero
 * @param first D_1 of g / scale, row-major
 * @param second D_2 of g / scale
 * @param third D_3 of g / scale
 * @param leaveOut for each of at most 10 groups of samples the same averages without that group,
 *     for the jackknife; empty when there are fewer than 2 samples, and in those without a group
 */
public record GradientMoments(
    Shape shape,
    int samples,
    double effectiveSamples,
    double scale,
    double[] first,
    double[] second,
    double[] third,
    java.util.List<GradientMoments> leaveOut) {
  /** Copies the list. */
  public GradientMoments {
    leaveOut = java.util.List.copyOf(leaveOut);
  }
}
