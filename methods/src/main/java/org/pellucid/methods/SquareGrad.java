package org.pellucid.methods;

import org.pellucid.api.ArrayAlgebra.Field;

/**
 * SquareGrad, or SmoothGrad squared: the square of the gradient of the target's score with respect
 * to the input x [C, h, w], averaged over n copies of it with Gaussian noise.
 *
 * <pre>
 * map_ij = sum_c 1/n sum_m (dS/dx_cij (x + z_m))^2   [h, w]
 * </pre>
 *
 * <p>S. Hooker et al.: "A benchmark for interpretability methods in deep neural networks", NeurIPS
 * 2019, arXiv 1806.10758 (source: secondary). The map has no sign: it tells what matters, not what
 * speaks for the target. {@link NoiseOptions} say which noise. The standard error of the map is the
 * jackknife's over at most 10 groups of samples.
 */
public final class SquareGrad extends NoisyGradientMethod {
  /** The method; it has no state. */
  public SquareGrad() {
    super(ChannelReduction.SUM, "Hooker et al. 2019, https://arxiv.org/abs/1806.10758");
  }

  @Override
  public String id() {
    return "square-grad";
  }

  @Override
  public String description() {
    return "The squared gradient at each pixel, averaged over noisy copies (Hooker et al. 2019,"
        + " https://arxiv.org/abs/1806.10758)";
  }

  @Override
  Field combine(Field first, Field second, Field scale) {
    return ALGEBRA.mul(ALGEBRA.mul(second, scale), scale);
  }
}
