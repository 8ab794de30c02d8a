package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.Algebra;
import org.pellucid.api.explain.ClosedFormMethod;
import org.pellucid.api.explain.LayerTerms;
import org.pellucid.api.explain.WeightFormula;

/**
 * Layer-CAM. With activations A [K, h, w] of a layer and gradients g = dS/dA of the target's score,
 *
 * <pre>
 * w_kij = ReLU(g_kij)
 * map_ij = sum_k w_kij A_kij   [h, w], before ReLU
 * </pre>
 *
 * <p>P.-T. Jiang et al.: "LayerCAM: exploring hierarchical class activation maps for localization",
 * IEEE Transactions on Image Processing 2021 (source: secondary). The paper's fusion of several
 * layers, and the tanh by which it scales early ones, are no part of this.
 *
 * <p>The weight is a cell's own: the roles of a selection of neurons ({@code contribution}, {@code
 * weight}, {@code both}) all give the same map. The weight that is reported of a feature map is the
 * mean of its cells' weights.
 */
public final class LayerCam extends ClosedFormMethod {
  /** The method; it has no state. */
  public LayerCam() {
    super(new Formula());
  }

  @Override
  public String id() {
    return "layer-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("layercam");
  }

  @Override
  public String description() {
    return "Every cell weighted by its own positive gradient; also for early layers (Jiang et al."
        + " 2021, https://doi.org/10.1109/TIP.2021.3089943)";
  }

  private static final class Formula implements WeightFormula {
    @Override
    public <T> T weights(Algebra<T> algebra, LayerTerms<T> layer) {
      return algebra.mul(algebra.relu(layer.gradients()), layer.weightCells());
    }
  }
}
