package org.pellucid.methods;

import java.util.Optional;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.explain.Degeneracy;

/**
 * The input x [C, h, w] times the gradient of the target's score with respect to it: what each
 * pixel adds to the score, to first order and against an input of zeros.
 *
 * <pre>
 * map_ij = sum_c x_cij dS/dx_cij   [h, w]
 * </pre>
 *
 * <p>A. Shrikumar et al.: "Not just a black box: learning important features through propagating
 * activation differences", 2016, arXiv 1605.01713 (source: secondary). Of a network without biases
 * that is linear or made of ReLUs, the map's sum is the score. x is what the network takes, with
 * the mean already taken away: pixels of the mean colour have no evidence.
 */
public final class InputTimesGradient extends CleanGradientMethod {
  /** The method; it has no state. */
  public InputTimesGradient() {
    super(
        ChannelReduction.SUM,
        "Shrikumar et al. 2016, https://arxiv.org/abs/1605.01713",
        SMOOTHING_OPTIONS);
  }

  @Override
  public String id() {
    return "input-x-gradient";
  }

  @Override
  public String description() {
    return "Input times gradient, pixel by pixel (Shrikumar et al. 2016,"
        + " https://arxiv.org/abs/1605.01713)";
  }

  @Override
  Optional<String> degeneracy(LayerCapture input) {
    return Degeneracy.ofActivations(input.activationField()).or(() -> super.degeneracy(input));
  }

  @Override
  Field combine(Field input, Field gradient) {
    return ALGEBRA.mul(input, gradient);
  }
}
