package org.pellucid.methods;

import java.util.List;
import java.util.OptionalInt;
import org.pellucid.api.Option;
import org.pellucid.api.Options;

/**
 * IS-CAM, Score-CAM with the integral over the strength of the mask: each feature map is tried in n
 * steps (H_k as in {@link ScoreCam}),
 *
 * <pre>
 * s_k = 1/n sum_m S(x H_k m/n), m = 1 to n
 * w_k = exp(s_k) / sum_l exp(s_l)
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>R. Naidu et al.: "IS-CAM: integrated Score-CAM for axiomatic-based explanations", 2020, arXiv
 * 2010.03023 (source: secondary). What is said of {@link ScoreCam} on weights, selections and cost
 * holds here, at n forward passes for each feature map.
 */
public final class IsCam extends MaskedScoreMethod {
  /** The steps of the integral. */
  public static final Option<Integer> STEPS =
      Option.integer(
          "steps",
          10,
          1,
          10_000,
          "How many strengths of the mask are tried for each feature map",
          "Naidu et al. 2020, https://arxiv.org/abs/2010.03023");

  /** The method; it has no state. */
  public IsCam() {
    super(STEPS);
  }

  @Override
  public String id() {
    return "is-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("iscam");
  }

  @Override
  public String description() {
    return "Score-CAM integrated over the strength of the mask (Naidu et al. 2020,"
        + " https://arxiv.org/abs/2010.03023)";
  }

  @Override
  int trials(Options values) {
    return values.get(STEPS);
  }

  /** The last step is the whole mask, which {@link ScoreCam} tries, too. */
  @Override
  OptionalInt plainTrial(Options values) {
    return OptionalInt.of(trials(values) - 1);
  }

  @Override
  double[] mask(double[] mask, int trial, Options values) {
    double strength = (trial + 1.0) / values.get(STEPS);
    for (int i = 0; i < mask.length; i++) {
      mask[i] *= strength;
    }
    return mask;
  }
}
