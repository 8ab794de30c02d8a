package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.Algebra;
import org.pellucid.api.explain.ClosedFormMethod;
import org.pellucid.api.explain.LayerTerms;
import org.pellucid.api.explain.WeightFormula;

/**
 * XGrad-CAM. With activations A [K, h, w] of a layer and gradients g = dS/dA of the target's score,
 *
 * <pre>
 * w_k = sum_ij (A_kij / sum_ab A_kab) g_kij
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>R. Fu et al.: "Axiom-based Grad-CAM: towards accurate visualization and explanation of CNNs",
 * BMVC 2020, arXiv 2008.02312 (source: secondary). The map's sum is that of {@link HiResCam}.
 *
 * <p>w_k is 0 where sum_ab A_kab is below 1e-6 of its terms' magnitudes, which happens where
 * negative activations cancel positive ones: the method is made for layers after a ReLU. A
 * selection of neurons with the role {@code weight} restricts the outer sum; sum_ab A stays full.
 */
public final class XGradCam extends ClosedFormMethod {
  /** The method; it has no state. */
  public XGradCam() {
    super(new Formula());
  }

  @Override
  public String id() {
    return "xgrad-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("xgradcam");
  }

  @Override
  public String description() {
    return "Feature maps weighted by their gradients, averaged in proportion to activation (Fu et"
        + " al. 2020, https://arxiv.org/abs/2008.02312)";
  }

  private static final class Formula implements WeightFormula {
    /** Below this fraction of its terms' magnitudes a sum of activations is rounding error. */
    private static final double VANISHING = 1e-6;

    @Override
    public <T> T weights(Algebra<T> algebra, LayerTerms<T> layer) {
      // Divided by a scale, so that the sum of huge activations does not overflow.
      T activations = algebra.div(layer.activations(), algebra.scaleOf(layer.activations()));
      T sum = algebra.sumCells(activations);
      T magnitude = algebra.sumCells(algebra.abs(activations));
      T holds =
          algebra.greater(algebra.abs(sum), algebra.mul(algebra.constant(VANISHING), magnitude));
      T divisor = algebra.where(holds, sum, algebra.constant(1));
      T shares = algebra.mul(algebra.div(activations, divisor), layer.weightCells());
      T weights = algebra.sumCells(algebra.mul(shares, layer.gradients()));
      return algebra.where(holds, weights, algebra.constant(0));
    }
  }
}
