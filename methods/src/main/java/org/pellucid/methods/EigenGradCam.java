package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.ArrayAlgebra.Field;

/**
 * Eigen-Grad-CAM: {@link EigenCam} of the products of activations A [K, h, w] and gradients g =
 * dS/dA of the target's score, and so dependent on the target. With v the first right singular
 * vector of the matrix [h w, K] of g A,
 *
 * <pre>
 * map = sum_k v_k g_k A_k      [h, w]
 * </pre>
 *
 * <p>No paper of its own is known to define it (source: secondary); it is what pytorch-grad-cam
 * calls EigenGradCAM, but for the centring of the matrix, which is not done here.
 *
 * <p>The sign of v is chosen so that the v_k sum to a positive number: the map agrees with {@link
 * HiResCam}'s, and is negative where products are. The weight that is reported of a feature map is
 * v_k. A selection of neurons with the role {@code weight} restricts the rows of the matrix.
 */
public final class EigenGradCam extends EigenProductMethod {
  @Override
  public String id() {
    return "eigen-grad-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("eigengradcam");
  }

  @Override
  public String description() {
    return "The leading direction of gradient times activation (as in pytorch-grad-cam, after"
        + " Muhammad and Yeasin 2020, https://arxiv.org/abs/2008.00299)";
  }

  @Override
  Field products(Field activations, Field gradients) {
    return ALGEBRA.mul(gradients, activations);
  }
}
