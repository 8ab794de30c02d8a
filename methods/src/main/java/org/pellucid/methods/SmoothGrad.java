package org.pellucid.methods;

import org.pellucid.api.ArrayAlgebra.Field;

/**
 * SmoothGrad: the gradient of the target's score with respect to the input x [C, h, w], averaged
 * over n copies of it with Gaussian noise.
 *
 * <pre>
 * map_ij = max_c |1/n sum_m dS/dx_cij (x + z_m)|   [h, w]
 * </pre>
 *
 * <p>D. Smilkov et al.: "SmoothGrad: removing noise by adding noise", 2017, arXiv 1706.03825
 * (source: secondary). Signed gradients are averaged; the option {@code channels} then makes one
 * map of the channels. {@link NoiseOptions} say which noise. The standard error of the map is the
 * jackknife's over at most 10 groups of samples.
 */
public final class SmoothGrad extends NoisyGradientMethod {
  /** The method; it has no state. */
  public SmoothGrad() {
    super(ChannelReduction.MAX_ABS, "as for gradient");
  }

  @Override
  public String id() {
    return "smooth-grad";
  }

  @Override
  public String description() {
    return "The gradient at each pixel, averaged over noisy copies (Smilkov et al. 2017,"
        + " https://arxiv.org/abs/1706.03825)";
  }

  @Override
  Field combine(Field first, Field second, Field scale) {
    return ALGEBRA.mul(first, scale);
  }
}
