package org.pellucid.methods;

import java.util.List;
import org.pellucid.api.GaussianNoise;
import org.pellucid.api.Option;
import org.pellucid.api.Options;

/**
 * SS-CAM, Score-CAM smoothed by noise: each feature map is tried n times, with Gaussian noise z_m
 * on its mask H_k (from 0 to 1, see {@link ScoreCam}),
 *
 * <pre>
 * s_k = 1/n sum_m S(x (H_k + z_m))
 * w_k = exp(s_k) / sum_l exp(s_l)
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>H. Wang et al.: "SS-CAM: smoothed Score-CAM for sharper visual feature localization", 2020,
 * arXiv 2006.14255 (source: secondary): the first of the paper's two kinds, noise on the mask. The
 * standard deviation is in units of the mask; its default and that of n are the usual ones. All
 * feature maps are tried with the same noise, so that chance does not favour one of them. What is
 * said of {@link ScoreCam} on weights, selections and cost holds here, at n forward passes for each
 * feature map.
 */
public final class SsCam extends MaskedScoreMethod {
  private static final String PAPER = "Wang et al. 2020, https://arxiv.org/abs/2006.14255";

  /** How often each feature map is tried. */
  public static final Option<Integer> TRIALS =
      Option.integer(
          "trials", 35, 1, 10_000, "How many noisy masks are made of each feature map", PAPER);

  /** How strong the noise is. */
  public static final Option<Double> MASK_NOISE =
      Option.number(
          "mask-noise",
          2,
          0,
          Double.POSITIVE_INFINITY,
          "Standard deviation of the noise on masks, which go from 0 to 1",
          PAPER);

  /** The method; it has no state. */
  public SsCam() {
    super(TRIALS, MASK_NOISE, NoiseOptions.SEED);
  }

  @Override
  public String id() {
    return "ss-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("sscam");
  }

  @Override
  public String description() {
    return "Score-CAM with noise on the masks, averaged (Wang et al. 2020,"
        + " https://arxiv.org/abs/2006.14255)";
  }

  @Override
  int trials(Options values) {
    return values.get(TRIALS);
  }

  @Override
  double[] mask(double[] mask, int trial, Options values) {
    double[] noise = new double[mask.length];
    GaussianNoise.fill(values.get(NoiseOptions.SEED), trial, noise);
    double sigma = values.get(MASK_NOISE);
    for (int i = 0; i < mask.length; i++) {
      mask[i] += sigma * noise[i];
    }
    return mask;
  }
}
