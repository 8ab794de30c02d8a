package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.explain.ClosedFormMethod;

/**
 * Grad-CAM. With activations A [K, h, w] of a layer and gradients g = dS/dA of the target's score,
 *
 * <pre>
 * w_k = 1/(h w) sum_ij g_kij
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>R. R. Selvaraju et al.: "Grad-CAM: visual explanations from deep networks via gradient-based
 * localization", ICCV 2017, arXiv 1610.02391, equations 1 and 2.
 *
 * <p>A selection of neurons with the role {@code weight} restricts the sum over cells, which is
 * still divided by h w.
 */
public final class GradCam extends ClosedFormMethod {
  /** The method; it has no state. */
  public GradCam() {
    super(new MeanGradient());
  }

  @Override
  public String id() {
    return "grad-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("gradcam");
  }

  @Override
  public String description() {
    return "Feature maps weighted by the mean of their gradients (Selvaraju et al. 2017,"
        + " https://arxiv.org/abs/1610.02391)";
  }
}
