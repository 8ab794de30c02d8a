package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.explain.ClosedFormMethod;

/**
 * HiResCAM. With activations A [K, h, w] of a layer and gradients g = dS/dA of the target's score,
 *
 * <pre>
 * map_ij = sum_k g_kij A_kij   [h, w]
 * </pre>
 *
 * <p>R. L. Draelos, L. Carin: "Use HiResCAM instead of Grad-CAM for faithful explanations of
 * convolutional neural networks", 2020, arXiv 2011.08891 (source: secondary). Where the network
 * after the layer is linear, the map's sum is the score less its bias.
 *
 * <p>The weight is a cell's own: the roles of a selection of neurons ({@code contribution}, {@code
 * weight}, {@code both}) all give the same map. The weight that is reported of a feature map is the
 * mean of its cells' weights, which is Grad-CAM's.
 */
public final class HiResCam extends ClosedFormMethod {
  /** The method; it has no state. */
  public HiResCam() {
    super(new CellGradient());
  }

  @Override
  public String id() {
    return "hires-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("hirescam");
  }

  @Override
  public String description() {
    return "Every cell weighted by its own gradient: what it adds to the score, to first order"
        + " (Draelos and Carin 2020, https://arxiv.org/abs/2011.08891)";
  }
}
