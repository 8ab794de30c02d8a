package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.Algebra;
import org.pellucid.api.explain.ClosedFormMethod;
import org.pellucid.api.explain.LayerTerms;
import org.pellucid.api.explain.WeightFormula;

/**
 * Element-wise Grad-CAM. With activations A [K, h, w] of a layer and gradients g = dS/dA of the
 * target's score,
 *
 * <pre>
 * w_kij = g_kij where g_kij A_kij &gt; 0, otherwise 0
 * map_ij = sum_k w_kij A_kij = sum_k ReLU(g_kij A_kij)   [h, w]
 * </pre>
 *
 * <p>No paper of its own is known to define it (source: secondary); it is what pytorch-grad-cam
 * calls GradCAMElementWise. It differs from {@link HiResCam} in that nothing weighs against the
 * target, and from {@link LayerCam} only where activations are negative.
 *
 * <p>The weight is a cell's own: the roles of a selection of neurons ({@code contribution}, {@code
 * weight}, {@code both}) all give the same map. The weight that is reported of a feature map is the
 * mean of its cells' weights.
 */
public final class ElementwiseGradCam extends ClosedFormMethod {
  /** The method; it has no state. */
  public ElementwiseGradCam() {
    super(new Formula());
  }

  @Override
  public String id() {
    return "grad-cam-elementwise";
  }

  @Override
  public List<String> aliases() {
    return List.of("gradcamelementwise");
  }

  @Override
  public String description() {
    return "The positive products of gradient and activation, cell by cell (as in"
        + " pytorch-grad-cam, https://github.com/jacobgil/pytorch-grad-cam)";
  }

  private static final class Formula implements WeightFormula {
    @Override
    public <T> T weights(Algebra<T> algebra, LayerTerms<T> layer) {
      T product = algebra.mul(layer.gradients(), layer.activations());
      T zero = algebra.constant(0);
      T weights = algebra.where(algebra.greater(product, zero), layer.gradients(), zero);
      return algebra.mul(weights, layer.weightCells());
    }
  }
}
