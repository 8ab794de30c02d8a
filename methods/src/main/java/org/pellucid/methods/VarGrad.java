package org.pellucid.methods;

import org.pellucid.api.ArrayAlgebra.Field;

/**
 * VarGrad: the variance of the gradient of the target's score with respect to the input x [C, h, w]
 * over n copies of it with Gaussian noise.
 *
 * <pre>
 * map_ij = sum_c 1/n sum_m (g_mcij - mean g_cij)^2 with g_m = dS/dx (x + z_m)   [h, w]
 * </pre>
 *
 * <p>J. Adebayo et al.: "Local explanation methods for deep neural networks lack sensitivity to
 * parameter values", 2018, arXiv 1810.03307 (source: secondary). The sum of squares is divided by
 * n, not by n - 1. The map has no sign, and is 0 where the gradient does not depend on the input:
 * {@code NO_POSITIVE_EVIDENCE} if that is so everywhere. {@link NoiseOptions} say which noise. The
 * standard error of the map is the jackknife's over at most 10 groups of samples.
 */
public final class VarGrad extends NoisyGradientMethod {
  /** The method; it has no state. */
  public VarGrad() {
    super(ChannelReduction.SUM, "Adebayo et al. 2018, https://arxiv.org/abs/1810.03307");
  }

  @Override
  public String id() {
    return "var-grad";
  }

  @Override
  public String description() {
    return "The variance of the gradient at each pixel over noisy copies (Adebayo et al. 2018,"
        + " https://arxiv.org/abs/1810.03307)";
  }

  @Override
  Field combine(Field first, Field second, Field scale) {
    // Rounding may leave a variance of zero negative.
    Field variance = ALGEBRA.relu(ALGEBRA.sub(second, ALGEBRA.mul(first, first)));
    return ALGEBRA.mul(ALGEBRA.mul(variance, scale), scale);
  }
}
