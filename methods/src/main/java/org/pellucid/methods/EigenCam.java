package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.explain.LayerActivationMethod;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * Eigen-CAM: what a layer sees most of, whatever the target. With the activations A of a layer as a
 * matrix [h w, K] and its singular value decomposition A = U Sigma V^T,
 *
 * <pre>
 * v = the first column of V
 * map = sum_k v_k A_k          [h, w]
 * </pre>
 *
 * <p>M. B. Muhammad, M. Yeasin: "Eigen-CAM: class activation map using principal components", IJCNN
 * 2020, arXiv 2008.00299 (source: secondary). Nothing is centred, so that v is not the first
 * principal component in the strict sense; pytorch-grad-cam centres, and so differs.
 *
 * <p>The sign of v is not determined by the decomposition. Here the v_k sum to a positive number,
 * and the map agrees with the plain sum of the feature maps; after a ReLU no v_k is negative. Where
 * they sum to 0, the v_k of the largest magnitude is positive.
 *
 * <p>A selection of neurons with the role {@code weight} restricts the rows of the matrix that is
 * decomposed. The measure {@code share} is the part of the sum of squares of A that v accounts for.
 */
public final class EigenCam extends LayerActivationMethod {
  @Override
  public String id() {
    return "eigen-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("eigencam");
  }

  @Override
  public String description() {
    return "The leading direction of the activations, whatever the class (Muhammad and Yeasin 2020,"
        + " https://arxiv.org/abs/2008.00299)";
  }

  @Override
  protected Saliency explain(
      Field activations, SelectedLayer layer, SaliencyReport report, Options values) {
    return report.saliency(LeadingDirection.evidence(activations, layer, report));
  }
}
