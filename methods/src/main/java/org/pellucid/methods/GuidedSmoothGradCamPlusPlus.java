package org.pellucid.methods;

import java.util.EnumSet;
import java.util.Set;
import org.pellucid.api.Need;

/**
 * Guided Smooth Grad-CAM++: the map L of {@link SmoothGradCamPlusPlus} at a layer, enlarged to the
 * image bilinearly, times the gradient g' of {@link GuidedBackpropagation} at the clean input x [C,
 * h, w],
 *
 * <pre>
 * map_ij = max_c |g'_cij| enlarged(ReLU(L))_ij   [h, w]
 * </pre>
 *
 * <p>D. Omeiza et al.: "Smooth Grad-CAM++: an enhanced inference level visualization technique for
 * deep convolutional neural network models", 2019, arXiv 1908.01224; the product is that of {@link
 * GuidedGradCam} (source: secondary). It has a number per channel; the option {@code channels} says
 * how they become one.
 */
public final class GuidedSmoothGradCamPlusPlus extends GuidedCam {
  /** The method; it has no state. */
  public GuidedSmoothGradCamPlusPlus() {
    super(new SmoothGradCamPlusPlus(), "Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391");
  }

  @Override
  public String id() {
    return "guided-smooth-grad-cam++";
  }

  @Override
  public Set<Need> needs() {
    Set<Need> needs = EnumSet.copyOf(super.needs());
    needs.add(Need.NOISY_COPIES);
    return needs;
  }

  @Override
  public String description() {
    return "Smooth Grad-CAM++ times guided backpropagation (Omeiza et al. 2019,"
        + " https://arxiv.org/abs/1908.01224)";
  }
}
