package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Saliency;
import org.pellucid.api.explain.Evidence;
import org.pellucid.api.explain.SaliencyReport;

/**
 * Seg-Eigen-CAM: {@link EigenCam} of activations A [K, h, w] weighted by the magnitudes of the
 * gradients g = dS/dA of the target's score, with the sign chosen by the map. With v the first
 * right singular vector of the matrix [h w, K] of |g| A,
 *
 * <pre>
 * m = sum_k v_k |g_k| A_k           [h, w]
 * map = m, or -m where -min m &gt; max m
 * </pre>
 *
 * <p>C.-T. Chung, J. J.-C. Ying: "Seg-Eigen-CAM: eigen-value-based visual explanations for semantic
 * segmentation models", Applied Sciences 15 (13), 2025, https://doi.org/10.3390/app15137562
 * (source: secondary). Nothing is centred, as in {@link EigenCam}; pytorch-grad-cam centres the
 * matrix, and so differs. Magnitudes forget whether a gradient speaks for the target or against it.
 *
 * <p>Made for targets that are regions of a segmentation, it works with any. The weight that is
 * reported of a feature map is v_k. A selection of neurons with the role {@code weight} restricts
 * the rows of the matrix; the sign is chosen by the map of all feature maps.
 */
public final class SegEigenCam extends EigenProductMethod {
  @Override
  public String id() {
    return "seg-eigen-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("segeigencam");
  }

  @Override
  public String description() {
    return "The leading direction of activations weighted by the gradient's magnitude (Chung and"
        + " Ying 2025, https://doi.org/10.3390/app15137562)";
  }

  @Override
  Field products(Field activations, Field gradients) {
    return ALGEBRA.mul(ALGEBRA.abs(gradients), activations);
  }

  @Override
  Saliency saliency(Evidence<Field> evidence, SaliencyReport report) {
    double min = 0;
    double max = 0;
    for (double cell : evidence.map(ALGEBRA, ALGEBRA.constant(1)).values()) {
      min = Math.min(min, cell);
      max = Math.max(max, cell);
    }
    Field sign = ALGEBRA.constant(-min > max ? -1 : 1);
    return report.saliency(
        new Evidence<>(
            ALGEBRA.mul(sign, evidence.weights()), ALGEBRA.mul(sign, evidence.contributions())));
  }
}
