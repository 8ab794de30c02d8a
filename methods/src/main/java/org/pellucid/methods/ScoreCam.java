package org.pellucid.methods;

import java.util.List;
import java.util.OptionalInt;
import org.pellucid.api.Options;

/**
 * Score-CAM: feature maps weighted by the score of the image seen through them. With activations A
 * [K, h, w] of a layer and H_k the feature map A_k enlarged to the image x bilinearly and then
 * brought to 0 to 1,
 *
 * <pre>
 * w_k = exp(S(x H_k)) / sum_l exp(S(x H_l))
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>H. Wang et al.: "Score-CAM: score-weighted visual explanations for convolutional neural
 * networks", CVPR workshops 2020, arXiv 1910.01279 (source: secondary). The score of a baseline
 * image, which is taken away from each S, cancels in the softmax. S is the logit; implementations
 * differ here.
 *
 * <p>A feature map that is the same in all cells makes no mask and has weight 0; so have those that
 * {@link #TOP} leaves out. The measure {@code tried} says how many were tried, each at the cost of
 * a forward pass. A selection of feature maps does not change the weights of those that are left. A
 * selection of neurons with the role {@code weight} makes the masks of the selected cells alone.
 */
public final class ScoreCam extends MaskedScoreMethod {
  @Override
  public String id() {
    return "score-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("scorecam");
  }

  @Override
  public String description() {
    return "Feature maps weighted by the score of the image seen through them; no gradients (Wang"
        + " et al. 2020, https://arxiv.org/abs/1910.01279)";
  }

  @Override
  int trials(Options values) {
    return 1;
  }

  @Override
  OptionalInt plainTrial(Options values) {
    return OptionalInt.of(0);
  }

  @Override
  double[] mask(double[] mask, int trial, Options values) {
    return mask;
  }
}
