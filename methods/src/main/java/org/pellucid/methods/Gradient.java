package org.pellucid.methods;

import org.pellucid.api.ArrayAlgebra.Field;

/**
 * The gradient of the target's score with respect to the input x [C, h, w]: how the score moves
 * when a pixel does.
 *
 * <pre>
 * map_ij = max_c |dS/dx_cij|   [h, w]
 * </pre>
 *
 * <p>K. Simonyan, A. Vedaldi, A. Zisserman: "Deep inside convolutional networks: visualising image
 * classification models and saliency maps", 2013, arXiv 1312.6034 (source: secondary). The option
 * {@code channels} has other ways to make one map of the channels; {@code sum} keeps the sign.
 */
public final class Gradient extends CleanGradientMethod {
  /** The method; it has no state. */
  public Gradient() {
    super(ChannelReduction.MAX_ABS, "Simonyan et al. 2013, https://arxiv.org/abs/1312.6034");
  }

  @Override
  public String id() {
    return "gradient";
  }

  @Override
  public String description() {
    return "The gradient of the score at each pixel (Simonyan et al. 2013,"
        + " https://arxiv.org/abs/1312.6034)";
  }

  @Override
  Field combine(Field input, Field gradient) {
    return gradient;
  }
}
