package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.explain.ClosedFormMethod;

/**
 * Grad-CAM++. With activations A [K, h, w] of a layer and gradients g = dS/dA of the target's
 * score,
 *
 * <pre>
 * alpha_kij = g_kij^2 / (2 g_kij^2 + (sum_ab A_kab) g_kij^3), 0 where g_kij = 0
 * w_k = sum_ij alpha_kij ReLU(g_kij)
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>A. Chattopadhyay et al.: "Grad-CAM++: improved visual explanations for deep convolutional
 * networks", WACV 2018, arXiv 1710.11063, equations 10 to 15 with Y = exp(S), whose factor cancels
 * in alpha and only scales w, and is left out. The closed form of alpha is exact only where the
 * network after the layer is piecewise linear (ReLU, max-pooling); behind GELU, SiLU and the like
 * it is an approximation.
 *
 * <p>alpha is 0 where the denominator is below 1e-6 of its terms' magnitudes. Cells with a positive
 * gradient and a negative denominator (negative activations) are counted, in the measure {@code
 * negativeDenominators}, and warned about.
 */
public final class GradCamPlusPlus extends ClosedFormMethod {
  /** The method; it has no state. */
  public GradCamPlusPlus() {
    super(new AlphaWeightedGradient(AlphaWeightedGradient.Numerator.SECOND_MOMENT));
  }

  @Override
  public String id() {
    return "grad-cam++";
  }

  @Override
  public List<String> aliases() {
    return List.of("gradcampp");
  }

  @Override
  public String description() {
    return "Feature maps weighted by positive gradients with pixel-wise coefficients"
        + " (Chattopadhyay et al. 2018, https://arxiv.org/abs/1710.11063)";
  }
}
