package org.pellucid.methods;

import java.util.List;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.explain.SaliencyReport;

/**
 * Guided backpropagation: the gradient at the input x [C, h, w], of which at every ReLU only what
 * is positive both forward and backward passes,
 *
 * <pre>
 * g' = g [y &gt; 0] [g &gt; 0] at a ReLU of output y, the gradient's rule everywhere else
 * map_ij = max_c |g'_cij|   [h, w]
 * </pre>
 *
 * <p>J. T. Springenberg et al.: "Striving for simplicity: the all convolutional net", ICLR 2015
 * workshop, arXiv 1412.6806 (source: secondary). The option {@code channels} has other ways to make
 * one map of the channels; {@link CleanGradientMethod#SMOOTHING} averages over noisy copies, as D.
 * Smilkov et al. 2017 (arXiv 1706.03825) do of this map too.
 *
 * <p>It is the rule of ReLU alone: a network without one (of GELU or SiLU) has its gradient for a
 * map, and a warning says so. The map depends little on the target.
 */
public final class GuidedBackpropagation extends CleanGradientMethod {
  /** The method; it has no state. */
  public GuidedBackpropagation() {
    super(
        ChannelReduction.MAX_ABS,
        "Springenberg et al. 2015, https://arxiv.org/abs/1412.6806",
        SMOOTHING_OPTIONS);
  }

  @Override
  public String id() {
    return "guided-backpropagation";
  }

  @Override
  public List<String> aliases() {
    return List.of("guided-backprop");
  }

  @Override
  public String description() {
    return "The gradient at each pixel, of which ReLUs pass only what is positive (Springenberg et"
        + " al. 2015, https://arxiv.org/abs/1412.6806)";
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.INPUT_GRADIENTS, Need.GRADIENT_RULES);
  }

  @Override
  ModelProbe asked(ModelProbe probe, SaliencyReport report) {
    return Guidance.of(probe, report);
  }

  @Override
  Field combine(Field input, Field gradient) {
    return gradient;
  }
}
