package org.pellucid.methods;

/**
 * Guided Grad-CAM: the map L of {@link GradCam} at a layer, enlarged to the image bilinearly, times
 * the gradient g' of {@link GuidedBackpropagation} at the input x [C, h, w],
 *
 * <pre>
 * map_ij = max_c |g'_cij| enlarged(ReLU(L))_ij   [h, w]
 * </pre>
 *
 * <p>R. R. Selvaraju et al.: "Grad-CAM: visual explanations from deep networks via gradient-based
 * localization", ICCV 2017, arXiv 1610.02391 (source: secondary). The product has a number per
 * channel; the option {@code channels} says how they become one.
 */
public final class GuidedGradCam extends GuidedCam {
  /** The method; it has no state. */
  public GuidedGradCam() {
    super(new GradCam(), "Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391");
  }

  @Override
  public String id() {
    return "guided-grad-cam";
  }

  @Override
  public String description() {
    return "Grad-CAM times guided backpropagation (Selvaraju et al. 2017,"
        + " https://arxiv.org/abs/1610.02391)";
  }
}
